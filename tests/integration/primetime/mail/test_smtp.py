"""Handing e-mail to a real SMTP server, and what is said when it does not take it."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner

from primetime.commands.mail import mail_group
from primetime.errors import BadInput, MailUnavailable
from primetime.mail.messages import trial_message
from primetime.mail.smtp import RefusedRecipientError, send
from primetime.settings import Settings
from tests.integration.primetime.mail.conftest import MailServer


def trial() -> EmailMessage:
    return trial_message(
        sender="Prime Time <prime-time@example.org>",
        recipient="reader@example.org",
        message_id="<1@example.org>",
        public_url="https://papers.example.org",
        at=datetime(2026, 1, 2, tzinfo=UTC),
    )


def test_a_message_goes_encrypted_and_signed_in(mail_settings: Settings, server: MailServer) -> None:
    send(mail_settings, trial())
    (taken,) = server.taken
    assert (taken["From"], taken["To"]) == ("Prime Time <prime-time@example.org>", "reader@example.org")
    assert taken["Subject"] == "Prime Time can send e-mail"
    assert "https://papers.example.org" in taken.get_content()


@pytest.mark.parametrize(
    ("changed", "told", "remedy"),
    [
        ({"smtp_password": "wrong"}, "refused the sign-in: 535", "PRIMETIME_SMTP_PASSWORD"),
        ({"smtp_ca_file": None}, "no encrypted connection", "starttls with 587"),
        ({"smtp_security": "tls"}, "no encrypted connection", "tls with 465"),
        ({"smtp_port": 9}, "cannot be reached", "PRIMETIME_SMTP_PORT"),
        ({"smtp_host": "nowhere.invalid"}, "nowhere.invalid:", "PRIMETIME_SMTP_HOST"),
    ],
)
def test_what_keeps_the_server_from_being_used_is_said(
    mail_settings: Settings, changed: dict[str, object], told: str, remedy: str, server: MailServer
) -> None:
    with pytest.raises(MailUnavailable, match=told) as failure:
        send(mail_settings.model_copy(update=changed), trial())
    assert remedy in failure.value.remedy
    assert server.taken == []


@pytest.mark.parametrize(
    ("recipient", "message", "error"),
    [
        ("550 no such user", "250 OK", RefusedRecipientError),
        ("450 try later", "250 OK", MailUnavailable),
        ("250 OK", "451 try later", MailUnavailable),
        ("250 OK", "554 not from you", MailUnavailable),
    ],
)
def test_a_refusal_for_good_is_told_from_one_for_now(
    mail_settings: Settings, server: MailServer, recipient: str, message: str, error: type[Exception]
) -> None:
    server.to_recipient, server.to_message = recipient, message
    with pytest.raises(error):
        send(mail_settings, trial())


def test_the_command_says_what_the_server_said(
    mail_settings: Settings, server: MailServer, monkeypatch: pytest.MonkeyPatch, certificate: tuple[Path, Path]
) -> None:
    for name in ("smtp_host", "smtp_port", "smtp_user", "smtp_password", "mail_from", "public_url"):
        monkeypatch.setenv(f"PRIMETIME_{name.upper()}", str(getattr(mail_settings, name)))
    monkeypatch.setenv("PRIMETIME_SMTP_CA_FILE", str(certificate[0]))
    run = CliRunner().invoke(mail_group, ["test", "Reader@Example.org"], catch_exceptions=False)
    assert run.stdout == "127.0.0.1 took an e-mail for reader@example.org\n"
    assert len(server.taken) == 1
    with pytest.raises(BadInput, match="is not an e-mail address"):
        CliRunner().invoke(mail_group, ["test", "nobody"], catch_exceptions=False)
    monkeypatch.delenv("PRIMETIME_SMTP_HOST")
    with pytest.raises(BadInput, match="PRIMETIME_SMTP_HOST is not set"):
        CliRunner().invoke(mail_group, ["test", "reader@example.org"], catch_exceptions=False)
