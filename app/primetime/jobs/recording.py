"""Runs written down while they go on: each step's outcome, time, processor seconds, peak memory and counts."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import structlog
from psycopg.types.json import Jsonb

from primetime.analysis.storing import EVERYTHING
from primetime.database.connection import connect
from primetime.database.locks import exclusive
from primetime.database.queries import load_queries
from primetime.errors import PrimeTimeError
from primetime.memory import return_large_blocks, return_small_blocks
from primetime.settings import Settings
from primetime.telemetry.metrics import ML_PROCESSING_TIME

QUERIES = load_queries("primetime.jobs", "runs.sql")
ALERTS = load_queries("primetime.jobs", "alerts.sql")
# One run at a time on a database; a row that says running while nobody holds this lock is of a process that died.
LOCK = "analysis run"
_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")

log = structlog.get_logger(__name__)


class StepRecord:
    """What a step found, filled in by whoever does it."""

    def __init__(self, amount: int) -> None:
        self.amount = amount
        """of what its cost grows with"""
        self.counts: dict[str, int] = {}
        self.paced = False
        """it rests by itself as it goes: no rest is due when it has ended"""
        self.skipped = ""
        """why nothing could be done yet, in words"""


class RunRecord:
    """One run, on a connection of its own: what is written stays whatever becomes of the work's transactions."""

    def __init__(self, connection: psycopg.Connection, run_id: int, rest: Callable[[float], None] | None) -> None:
        self.id = run_id
        self.besides: list[str] = []
        """causes of what else failed than the error that ends the run, each in a line"""
        self._connection = connection
        self._rest = rest
        self._position = 0
        self._busy = 0.0

    @contextmanager
    def step(self, name: str, amount: int = 0) -> Iterator[StepRecord]:
        """Record what happens inside as a step; an error is recorded as its cause and goes on its way.

        Before it begins, the pace's rest for the step before is taken, and the memory that it freed given back.
        """
        if self._rest is not None and self._busy > 0:
            self._rest(self._busy)
        key = {"run_id": self.id, "position": self._position}
        self._position += 1
        self._connection.execute(QUERIES["begin_step"], {**key, "name": name, "amount": amount})
        record = StepRecord(amount)
        return_small_blocks()
        forgotten = _forget_peak()
        before = _cpu_seconds()
        outcome, cause = "failed", ""
        try:
            with ML_PROCESSING_TIME.labels(name).time():
                yield record
            outcome = "done"
        except BaseException as error:
            cause = cause_of(error)
            raise
        finally:
            if record.skipped:
                outcome, cause = "skipped", record.skipped
            cpu_seconds = _cpu_seconds() - before
            self._busy = 0.0 if record.paced else cpu_seconds
            _write(
                self._connection,
                "end_step",
                {
                    **key,
                    "outcome": outcome,
                    "cause": cause,
                    "amount": record.amount,
                    "counts": Jsonb(record.counts),
                    "cpu_seconds": round(cpu_seconds, 3),
                    "peak_memory": _peak_memory() if forgotten else None,
                },
            )


@contextmanager
def recorded_run(
    settings: Settings,
    *,
    kind: str,
    asked_by: str,
    scope: str = EVERYTHING,
    rest: Callable[[float], None] | None = None,
) -> Iterator[RunRecord]:
    """A run that is alone on its database and is recorded, however it ends; `scope` names the articles that it is of.

    `rest` is called before each step with the processor seconds of the step before. Raises Busy while another run goes
    on. Runs whose process died are marked as lost first.
    """
    return_large_blocks()
    with connect(settings) as connection:
        connection.autocommit = True
        with exclusive(connection, LOCK):
            connection.execute(QUERIES["lose_steps"])
            connection.execute(QUERIES["lose_runs"])
            connection.execute(ALERTS["alert_failed_runs"])
            values = {"kind": kind, "asked_by": asked_by, "release_id": settings.release_id, "scope": scope}
            row = connection.execute(QUERIES["begin_run"], values).fetchone()
            assert row is not None
            record = RunRecord(connection, int(row[0]), rest)
            outcome, cause = "failed", ""
            try:
                yield record
                outcome = "done"
            except BaseException as error:
                cause = "; besides: ".join([cause_of(error), *record.besides])
                raise
            finally:
                _write(connection, "end_run", {"id": record.id, "outcome": outcome, "cause": cause})
                if outcome == "failed":
                    _write(connection, "alert_failed_runs", {})


def cause_of(error: BaseException) -> str:
    """An error in one line, for a record that a reader of the site may see."""
    if isinstance(error, PrimeTimeError):
        return error.one_line
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        return "it was stopped"
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _write(connection: psycopg.Connection, query: str, values: dict[str, object]) -> None:
    try:
        connection.execute((ALERTS if query in ALERTS else QUERIES)[query], values)
    except psycopg.OperationalError as error:
        # The work's own error, if there is one, must reach the caller; the row is found to be lost later.
        log.error("the run could not be recorded", query=query, error=cause_of(error))


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _forget_peak() -> bool:
    """Let the kernel measure this process's peak from here on; False where it does not."""
    try:
        _CLEAR.write_text("5")
    except OSError:
        return False
    return True


def _peak_memory() -> int | None:
    """Bytes; None where the system does not tell."""
    try:
        lines = _STATUS.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)
