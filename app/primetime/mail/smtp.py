"""Handing e-mail to an SMTP server: Amazon SES, or any other."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import certifi

from primetime.errors import MailUnavailable, PrimeTimeError
from primetime.settings import Settings

SECONDS = 30.0
_PERMANENT = range(500, 600)


class RefusedRecipientError(PrimeTimeError):
    """The server will never take e-mail for this address."""


def send(settings: Settings, message: EmailMessage) -> None:
    """Hand one message over; when this returns the server has taken it.

    Raises RefusedRecipientError for an address that the server refuses for good, MailUnavailable for all that another
    attempt may mend: nobody there, no encryption, a wrong password, come back later.
    """
    with _session(settings) as server:
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            if code in _PERMANENT:
                raise RefusedRecipientError(f"the address was refused: {code} {_text(said)}") from error
            raise _unavailable(f"said {code} {_text(said)}", "nothing needs doing unless it lasts") from error


@contextmanager
def _session(settings: Settings) -> Iterator[smtplib.SMTP]:
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    # The image has no certificates of a system.
    tls = ssl.create_default_context(cafile=settings.smtp_ca_file or certifi.where())
    try:
        if settings.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=SECONDS, context=tls
            )
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS)
        with server:
            if settings.smtp_security == "starttls":
                server.starttls(context=tls)
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            yield server
    except smtplib.SMTPAuthenticationError as error:
        raise _unavailable(
            f"{where} refused the sign-in: {error.smtp_code}", "check PRIMETIME_SMTP_USER and PRIMETIME_SMTP_PASSWORD"
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise _unavailable(
            f"{where} does not offer what is wanted of it ({error})",
            "try PRIMETIME_SMTP_SECURITY=tls with port 465, or ask who runs it",
        ) from error
    except smtplib.SMTPSenderRefused as error:
        raise _unavailable(
            f"{where} refused the sender: {error.smtp_code} {_text(error.smtp_error)}",
            "check PRIMETIME_MAIL_FROM; with SES its address or domain must be verified",
        ) from error
    except smtplib.SMTPResponseException as error:
        raise _unavailable(
            f"{where} said {error.smtp_code} {_text(error.smtp_error)}", "nothing needs doing unless it lasts"
        ) from error
    except ssl.SSLError as error:
        raise _unavailable(
            f"no encrypted connection to {where}: {error.reason or error}",
            "check PRIMETIME_SMTP_SECURITY and the port: starttls with 587, tls with 465",
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise _unavailable(
            f"{where} cannot be reached: {error or type(error).__name__}",
            "check PRIMETIME_SMTP_HOST and PRIMETIME_SMTP_PORT, and that the network lets it through",
        ) from error


def _unavailable(cause: str, remedy: str) -> MailUnavailable:
    return MailUnavailable(f"the mail server {cause}", remedy=remedy)


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]
