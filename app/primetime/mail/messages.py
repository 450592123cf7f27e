"""E-mails as they are sent: plain text, and the same as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from html import escape

LONGEST_SUBJECT = 150


@dataclass(frozen=True, kw_only=True)
class Paper:
    title: str
    printed: str
    """where and when it appeared: Lancet, 2024"""
    address: str


@dataclass(frozen=True, kw_only=True)
class NewPapers:
    """What one run of a saved search brought that no run before had."""

    search: str
    """the saved search's name"""
    papers: Sequence[Paper]
    """the first of them, by rank"""
    count: int
    """of all of them"""
    run_address: str
    saved_address: str
    """where the reader says that no more are wanted"""


def new_papers_message(found: NewPapers, *, sender: str, recipient: str, message_id: str, at: datetime) -> EmailMessage:
    """The e-mail that tells of new papers. A retry has the same `message_id`, by which a reader's program knows it.

    Raises ValueError for a recipient that the rules of e-mail (RFC 5322) do not know as an address.
    """
    papers = "1 new paper" if found.count == 1 else f"{found.count:,} new papers"
    message = _message(f"{papers}: {found.search}", sender=sender, recipient=recipient, message_id=message_id, at=at)
    message["List-Unsubscribe"] = f"<{found.saved_address}>"
    more = found.count - len(found.papers)
    told = f"The saved search “{found.search}” found {papers} that no run before had."
    rest = f"{more:,} more are among its results: " if more else "The run's results: "
    why = "You get this because you asked for it on the saved search's page, where you can also stop it: "
    lines = [told, ""]
    for number, paper in enumerate(found.papers, 1):
        about = [paper.printed] if paper.printed else []
        lines += [f"{number}. {paper.title}", *(f"   {line}" for line in (*about, paper.address)), ""]
    lines += [f"{rest}{found.run_address}", "", f"{why}{found.saved_address}", ""]
    message.set_content("\n".join(lines))
    items = "".join(
        f'<li><a href="{escape(paper.address)}">{escape(paper.title)}</a><br>{escape(paper.printed)}</li>'
        for paper in found.papers
    )
    message.add_alternative(
        f"<p>{escape(told)}</p><ol>{items}</ol>"
        f"<p>{escape(rest)}{_link(found.run_address)}</p><p>{escape(why)}{_link(found.saved_address)}</p>",
        subtype="html",
    )
    return message


def trial_message(*, sender: str, recipient: str, message_id: str, public_url: str, at: datetime) -> EmailMessage:
    """The e-mail of `primetime mail test`."""
    message = _message("Prime Time can send e-mail", sender=sender, recipient=recipient, message_id=message_id, at=at)
    message.set_content(f"This is the e-mail that was asked for to see whether {public_url} can send any.\n")
    return message


def _message(subject: str, *, sender: str, recipient: str, message_id: str, at: datetime) -> EmailMessage:
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["From"] = Address(display_name=name, addr_spec=address)
    try:
        message["To"] = Address(addr_spec=recipient)
    except (MessageError, ValueError, IndexError) as error:
        raise ValueError(f"{recipient!r} is no address that e-mail can be sent to") from error
    # A line break in a name of somebody's making would begin another header; the library refuses it.
    message["Subject"] = " ".join(subject.split())[:LONGEST_SUBJECT]
    message["Date"] = at.astimezone(UTC)
    message["Message-ID"] = message_id
    # Answering machines stay silent (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    return message


def _link(address: str) -> str:
    return f'<a href="{escape(address)}">{escape(address)}</a>'
