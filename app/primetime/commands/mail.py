"""`primetime mail test`, `primetime mail status`."""

from dataclasses import asdict
from datetime import UTC, datetime
from uuid import uuid4

import click
import orjson

from primetime.accounts.people import normal_email
from primetime.commands.session import begin, read_only
from primetime.errors import BadInput
from primetime.mail.messages import trial_message
from primetime.mail.outbox import counts, message_id
from primetime.mail.smtp import send


@click.group("mail")
def mail_group() -> None:
    """See whether e-mail can be sent, and what waits."""


@mail_group.command("test")
@click.argument("address")
def test_command(address: str) -> None:
    """Send a short e-mail to ADDRESS now, and say what the mail server said."""
    settings = begin()
    recipient = normal_email(address)
    if not settings.smtp_host:
        raise BadInput("PRIMETIME_SMTP_HOST is not set, so no e-mail is sent", remedy="docs/mail.md says what to set")
    message = trial_message(
        sender=settings.mail_from,
        recipient=recipient,
        message_id=message_id(settings, str(uuid4())),
        public_url=settings.public_url,
        at=datetime.now(UTC),
    )
    send(settings, message)
    click.echo(f"{settings.smtp_host} took an e-mail for {recipient}")


@mail_group.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status_command(as_json: bool) -> None:
    """How many e-mails wait, went, and were given up, of the last 90 days."""
    settings = begin()
    with read_only(settings) as connection:
        found = counts(connection)
    if as_json:
        click.echo(orjson.dumps(asdict(found) | {"set_up": bool(settings.smtp_host)}))
        return
    click.echo(f"e-mail is {'sent by ' + settings.smtp_host if settings.smtp_host else 'not set up'}")
    click.echo(f"{found.waiting} waiting, {found.sent} sent, {found.given_up} given up")
