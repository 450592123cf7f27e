"""The audit trail: sign-ins, and changes to accounts and by them. Events are only ever added."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from primetime.accounts.people import QUERIES, Account

COMMAND_LINE = "command line"
NOBODY = "nobody"
_noticed: ContextVar[list[str] | None] = ContextVar("noticed", default=None)


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    id: int
    at: datetime
    actor: str  # an e-mail, or one of the two above
    action: str
    subject: str
    details: dict[str, Any]
    address: str  # empty: it came with no request


def record(
    connection: psycopg.Connection,
    action: str,
    *,
    actor: Account | None = None,
    subject: str = "",
    address: str = "",
    otherwise: str = NOBODY,
    **details: Any,
) -> None:
    """Add an event in this transaction: it stays when what it tells of stays. `otherwise`: who, without an account."""
    connection.execute(
        QUERIES["add_audit_event"],
        {
            "actor_id": actor.id if actor else None,
            "actor": actor.email if actor else otherwise,
            "action": action,
            "subject": subject,
            "details": Jsonb(details),
            "address": address,
        },
    )
    noticed = _noticed.get()
    if noticed is not None:
        noticed.append(action)


@contextmanager
def noticing() -> Iterator[list[str]]:
    """The actions recorded meanwhile, by this task and the threads that it asks: what has told of itself already."""
    actions: list[str] = []
    token = _noticed.set(actions)
    try:
        yield actions
    finally:
        _noticed.reset(token)


def list_events(connection: psycopg.Connection, *, before: int | None = None, limit: int = 50) -> list[AuditEvent]:
    """Newest first; `before` is the id of the last event of the page before."""
    with connection.cursor(row_factory=class_row(AuditEvent)) as cursor:
        return cursor.execute(QUERIES["list_audit_events"], {"before": before, "limit": limit}).fetchall()
