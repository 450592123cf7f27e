"""The recorded runs, for whoever shows them or plans the next one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from primetime.database.locks import is_held
from primetime.jobs.recording import LOCK, QUERIES


@dataclass(frozen=True, kw_only=True)
class WorkStep:
    """One step of a run."""

    run_id: int
    name: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str  # running, done, skipped, failed, lost
    cause: str
    amount: int
    counts: dict[str, Any]
    cpu_seconds: float | None
    peak_memory: int | None  # bytes


@dataclass(frozen=True, kw_only=True)
class WorkRun:
    """One run with its steps in their order."""

    id: int
    kind: str
    scope: str
    """the articles that it is of: everything, or the name of a selection"""
    asked_by: str
    release_id: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str  # running, done, failed, lost
    cause: str
    steps: list[WorkStep]


def work_runs(connection: psycopg.Connection, *, limit: int = 20, scope: str | None = None) -> list[WorkRun]:
    """The runs, of one scope or of all, newest first.

    One whose process died is lost, even before another run has found that out.
    """
    alive = is_held(connection, LOCK)
    with connection.cursor(row_factory=class_row(WorkStep)) as cursor:
        steps = cursor.execute(QUERIES["steps"], {"limit": limit, "scope": scope}).fetchall()
    with connection.cursor(row_factory=dict_row) as rows:
        found = rows.execute(QUERIES["runs"], {"limit": limit, "scope": scope}).fetchall()
    # Looked at again, since a run may have begun in between.
    if not (alive or is_held(connection, LOCK)):
        steps = [replace(step, outcome=_dead(step.outcome)) for step in steps]
        found = [{**row, "outcome": _dead(row["outcome"])} for row in found]
    return [WorkRun(**row, steps=[step for step in steps if step.run_id == row["id"]]) for row in found]


def rates(connection: psycopg.Connection) -> dict[str, float]:
    """Processor seconds a unit of each step's amount: the median of its last five runs that had something to do.

    Of runs of everything, as a selection's topics cost otherwise: they are compared with all that is stored.
    """
    return dict(connection.execute(QUERIES["rates"]).fetchall())


def _dead(outcome: str) -> str:
    return "lost" if outcome == "running" else outcome
