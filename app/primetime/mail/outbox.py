"""The e-mails to be sent: put in the transaction that finds the news, taken by one worker, tried until they go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

import psycopg
import structlog
from psycopg.rows import class_row

from primetime.articles.listing import ArticleSummary, summaries_of
from primetime.database.queries import load_queries
from primetime.errors import BadInput, MailUnavailable
from primetime.mail.messages import NewPapers, Paper, new_papers_message
from primetime.mail.smtp import RefusedRecipientError, send
from primetime.searches.saved import find_saved, new_in_run
from primetime.settings import Settings

SHOWN = 20
GIVE_UP_DAYS = 3
KEPT_DAYS = 90
_FIRST_WAIT, _LONGEST_WAIT = 60, 6 * 3600  # seconds
_QUERIES = load_queries("primetime.mail")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How e-mail about a saved search stands with an account."""

    wanted: bool
    sent_at: datetime | None
    """when the newest was sent; None: none was, or it still waits"""
    problem: str
    """why the newest could not be sent until now; empty: nothing"""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """E-mails of the last 90 days."""

    waiting: int
    given_up: int
    sent: int


@dataclass(frozen=True, kw_only=True)
class _Mail:
    id: int
    message_id: str
    attempts: int
    saved_search_id: int
    search_id: int
    recipient: str
    search: str
    too_old: bool


def ask_for_mail(connection: psycopg.Connection, settings: Settings, saved_id: int, account_id: int) -> None:
    """Tell an account by e-mail of what is new in a saved search. Raises NotFound, BadInput where none is sent."""
    find_saved(connection, saved_id)
    if not settings.smtp_host:
        raise BadInput("e-mail is not set up here", remedy="ask who operates this for PRIMETIME_SMTP_HOST")
    connection.execute(_QUERIES["ask_for_mail"], {"saved_id": saved_id, "account_id": account_id})


def end_mail(connection: psycopg.Connection, saved_id: int, account_id: int) -> None:
    """No longer, and what waits is not sent. Raises NotFound for a saved search that is not there."""
    find_saved(connection, saved_id)
    for query in ("end_mail", "forget_waiting"):
        connection.execute(_QUERIES[query], {"saved_id": saved_id, "account_id": account_id})


def standing(connection: psycopg.Connection, saved_id: int, account_id: int) -> Standing:
    """Raises NotFound."""
    find_saved(connection, saved_id)
    with connection.cursor(row_factory=class_row(Standing)) as cursor:
        found = cursor.execute(_QUERIES["standing"], {"saved_id": saved_id, "account_id": account_id}).fetchone()
    assert found is not None
    return found


def put_mails(connection: psycopg.Connection, saved_id: int, search_id: int) -> int:
    """Let those who asked for it be told of a run's new papers, once; to how many. Does not commit."""
    return connection.execute(_QUERIES["put"], {"saved_id": saved_id, "search_id": search_id}).rowcount


def send_waiting(connection: psycopg.Connection, settings: Settings) -> int:
    """Send what is due, each in a transaction of its own; how many went.

    A server that cannot be reached ends the round: what waits is tried again after one minute, two, four, … six hours,
    and given up after three days; an address that is refused for good is given up at once. Where this process dies
    between the server's yes and ours, the next sends the same message again, under the same Message-ID.
    """
    sent = 0
    while settings.smtp_host:
        with connection.transaction(), connection.cursor(row_factory=class_row(_Mail)) as cursor:
            mail = cursor.execute(_QUERIES["take"], {"days": GIVE_UP_DAYS}).fetchone()
            if mail is None:
                break
            try:
                if mail.too_old:
                    raise RefusedRecipientError(f"it could not be sent for {GIVE_UP_DAYS} days")
                send(settings, _message(connection, settings, mail))
            except (RefusedRecipientError, ValueError) as error:
                cursor.execute(_QUERIES["give_up"], {"id": mail.id, "problem": str(error)})
                log.warning("an e-mail is given up", mail_id=mail.id, cause=_nameless(str(error), mail.recipient))
                continue
            except MailUnavailable as error:
                wait = min(_FIRST_WAIT * 2**mail.attempts, _LONGEST_WAIT)
                cursor.execute(_QUERIES["later"], {"id": mail.id, "seconds": wait, "problem": error.one_line})
                log.warning(
                    "an e-mail waits", mail_id=mail.id, seconds=wait, cause=_nameless(error.one_line, mail.recipient)
                )
                break
            cursor.execute(_QUERIES["sent"], {"id": mail.id})
            sent += 1
    return sent


def counts(connection: psycopg.Connection) -> Counts:
    with connection.cursor(row_factory=class_row(Counts)) as cursor:
        found = cursor.execute(_QUERIES["counts"]).fetchone()
    assert found is not None
    return found


def forget_old_mails(connection: psycopg.Connection) -> int:
    """Forget those of more than 90 days ago; how many."""
    return connection.execute(_QUERIES["forget"], {"days": KEPT_DAYS}).rowcount


def message_id(settings: Settings, unique: str) -> str:
    """A message's name for ever (RFC 5322, 3.6.4)."""
    return f"<{unique}@{urlsplit(settings.public_url).hostname or 'localhost'}>"


def _nameless(cause: str, recipient: str) -> str:
    """A cause for the log, which names nobody: mail servers repeat the address that they refuse, or where it leads."""
    return re.sub(r"[^\s<>'\"]+@[^\s<>'\"]+", "…", cause.replace(recipient, "…"))


def _message(connection: psycopg.Connection, settings: Settings, mail: _Mail) -> EmailMessage:
    pmids = new_in_run(connection, mail.search_id)
    found = NewPapers(
        search=mail.search,
        papers=[_paper(settings, one) for one in summaries_of(connection, pmids[:SHOWN])],
        count=len(pmids),
        run_address=f"{settings.public_url}/searches/{mail.search_id}",
        saved_address=f"{settings.public_url}/searches/saved/{mail.saved_search_id}",
    )
    return new_papers_message(
        found,
        sender=settings.mail_from,
        recipient=mail.recipient,
        message_id=message_id(settings, mail.message_id),
        at=datetime.now(UTC),
    )


def _paper(settings: Settings, article: ArticleSummary) -> Paper:
    printed = ", ".join(str(part) for part in (article.journal, article.year) if part)
    return Paper(title=article.title, printed=printed, address=f"{settings.public_url}/articles/{article.pmid}")
