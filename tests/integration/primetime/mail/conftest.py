"""A real SMTP server in this process: STARTTLS, sign-in, and the ways in which one refuses."""

import datetime
import email
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from primetime.settings import Settings

USER, PASSWORD = "prime-time", "a-password"


class MailServer:
    """What it has taken, and what it says next: to a recipient, and at the end of a message."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.to_recipient = "250 OK"
        self.to_message = "250 OK"
        self.hangs_up_after_message = False

    async def handle_RCPT(  # noqa: N802 (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del session
        message: Message = email.message_from_bytes(cast(bytes, envelope.content), policy=default)
        if self.to_message.startswith("250"):
            self.taken.append(cast(EmailMessage, message))
        if self.hangs_up_after_message:
            assert server.transport is not None
            server.transport.close()
        return self.to_message


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    certificate, private = folder / "server.pem", folder / "server.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


@pytest.fixture
def server() -> MailServer:
    return MailServer()


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    del server, session, envelope, mechanism
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@pytest.fixture
def smtp(server: MailServer, certificate: tuple[Path, Path]) -> Iterator[Controller]:
    """The server, listening: STARTTLS and a sign-in are needed before anything else."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(*certificate)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=port,
        tls_context=tls,
        require_starttls=True,
        auth_required=True,
        auth_require_tls=True,
        authenticator=_authenticate,
    )
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def mail_settings(settings: Settings, smtp: Controller, certificate: tuple[Path, Path]) -> Settings:
    return settings.model_copy(
        update={
            "smtp_host": "127.0.0.1",
            "smtp_port": smtp.port,
            "smtp_ca_file": certificate[0],
            "smtp_user": USER,
            "smtp_password": PASSWORD,
            "mail_from": "Prime Time <prime-time@example.org>",
            "public_url": "https://papers.example.org",
        }
    )
