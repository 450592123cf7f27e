"""What happened that somebody should know of: told once, and to each account until it has seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from primetime.database.queries import load_queries
from primetime.mail.outbox import put_mails
from primetime.searches.saved import saved_searches

QUERIES = load_queries("primetime.jobs", "alerts.sql")
# A topic rises if its velocity is at this place of the reference or above, and its share grows so much a year.
RISING_PLACE, RISING_GROWTH = 0.8, 0.1
KEPT_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert, as one account sees it."""

    id: int
    at: datetime
    kind: str
    """topic born, topic merged, topic rising, new papers, run failed"""
    title: str
    detail: str
    seen: bool
    topic_id: int | None
    """in the newest analysis of everything; None: it is of no topic, or of one that is gone"""
    search_id: int | None
    work_run_id: int | None


def alert_of_topics(connection: psycopg.Connection, run_id: int) -> int:
    """Tell what an analysis of everything found born, merged and rising; how many alerts are new. Does not commit."""
    new = connection.execute(QUERIES["alert_changed_topics"], {"run_id": run_id}).rowcount
    values = {"run_id": run_id, "place": RISING_PLACE, "growth": RISING_GROWTH}
    return new + connection.execute(QUERIES["alert_rising_topics"], values).rowcount


def alert_of_new_papers(connection: psycopg.Connection) -> int:
    """Tell of saved searches whose newest run found papers that none before had; how many alerts are new.

    Those who asked for it are told by e-mail as well. Does not commit.
    """
    new = 0
    for saved in saved_searches(connection):
        if saved.newest_done_id is not None and saved.new_since:
            papers = "1 new paper" if saved.new_since == 1 else f"{saved.new_since:,} new papers"
            values = {
                "subject": f"search {saved.newest_done_id}",
                "title": f"{saved.name}: {papers}",
                "search_id": saved.newest_done_id,
            }
            if connection.execute(QUERIES["alert_new_papers"], values).rowcount:
                put_mails(connection, saved.id, saved.newest_done_id)
                new += 1
    return new


def alerts_for(
    connection: psycopg.Connection, account_id: int, *, operator: bool, limit: int = 50
) -> tuple[list[Alert], int]:
    """The newest alerts for an account, newest first, and how many in all it has not seen."""
    who = {"account_id": account_id, "operator": operator}
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        found = cursor.execute(QUERIES["alerts"], {**who, "limit": limit}).fetchall()
    row = connection.execute(QUERIES["count_unseen"], who).fetchone()
    return found, int(row[0]) if row else 0


def see(connection: psycopg.Connection, account_id: int, *, operator: bool, ids: Sequence[int] | None = None) -> None:
    """Note that an account has seen some of its alerts, or all."""
    values = {"account_id": account_id, "operator": operator, "ids": None if ids is None else list(ids)}
    connection.execute(QUERIES["see"], values)
