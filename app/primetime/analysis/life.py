"""What became of topics over all analyses of a scope: one topic's course, and every birth, split, merge and death."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from primetime.analysis.reading import Change
from primetime.analysis.storing import EVERYTHING
from primetime.database.queries import load_queries

QUERIES = load_queries("primetime.analysis", "life.sql")


@dataclass(frozen=True, kw_only=True)
class Appearance:
    """A topic as one analysis found it."""

    run_id: int
    finished_at: datetime
    topic_id: int
    """in that run"""
    name: str
    articles: int
    agreement: float | None
    """Jaccard index with its former self; None: new"""
    score: float | None
    """None: not scored"""
    low: float | None
    high: float | None


def life(connection: Connection[Any], topic_key: int, *, scope: str = EVERYTHING, limit: int = 100) -> list[Appearance]:
    """A topic in the analyses that found it, newest first."""
    with connection.cursor(row_factory=class_row(Appearance)) as cursor:
        values = {"topic_key": topic_key, "scope": scope, "limit": limit}
        return cursor.execute(QUERIES["life"], values).fetchall()


def changes_of_all(connection: Connection[Any], *, scope: str = EVERYTHING, limit: int = 100) -> list[Change]:
    """What every analysis but the first changed, newest first."""
    with connection.cursor(row_factory=class_row(Change)) as cursor:
        return cursor.execute(QUERIES["changes_of_all"], {"scope": scope, "limit": limit}).fetchall()
