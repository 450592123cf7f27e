"""Queries that take long leave their text and their plan in the log; a query is a span of the trace it runs in."""

import re
import time
from typing import Any, Self

import psycopg
import structlog
from opentelemetry import trace
from psycopg.pq import TransactionStatus

from primetime.telemetry.database_errors import without_values

# What stands between quotes in a plan may be what somebody searched for.
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_tracer = trace.get_tracer(__name__)

log = structlog.get_logger(__name__)


def timed_cursor(slow_milliseconds: int) -> type[psycopg.Cursor[Any]]:
    """A cursor class for connections whose queries are timed; 0: spans alone."""

    class TimedCursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
            with _tracer.start_as_current_span("query") as span:
                if span.is_recording():
                    span.set_attribute("db.query.text", _text(self.connection, query))
                began = time.perf_counter()
                try:
                    super().execute(query, params, **options)
                except psycopg.Error as error:
                    without_values(error)  # here, so that the traces that it ends do not tell them either
                    raise
                finally:  # also of one that ran into the time allowed
                    milliseconds = (time.perf_counter() - began) * 1000
                    if slow_milliseconds and milliseconds >= slow_milliseconds:
                        _tell(self.connection, query, params, milliseconds)
            return self

    return TimedCursor


def _tell(connection: psycopg.Connection[Any], query: Any, params: Any, milliseconds: float) -> None:
    text = _text(connection, query)
    log.warning("slow query", milliseconds=round(milliseconds), query=text, plan=_plan(connection, text, params))


def _text(connection: psycopg.Connection[Any], query: Any) -> str:
    if isinstance(query, psycopg.sql.Composable):
        query = query.as_string(connection)
    text = query.decode() if isinstance(query, bytes) else str(query)
    return " ".join(text.split())


def _plan(connection: psycopg.Connection[Any], text: str, params: Any) -> str | None:
    """The plan, without the values asked for; None where PostgreSQL explains no such statement."""
    if connection.info.transaction_status is not TransactionStatus.INTRANS:
        return None
    if ";" in text.rstrip("; "):
        return None  # EXPLAIN is of the first statement alone: the others would be carried out once more
    try:
        # A savepoint: a plan that cannot be had must not undo the transaction it is about.
        with connection.transaction(), psycopg.Cursor(connection) as cursor:
            rows = cursor.execute(f"EXPLAIN {text}".encode(), params, prepare=False).fetchall()
    except psycopg.Error as error:
        log.debug("no plan", cause=type(error).__name__)
        return None
    return _QUOTED.sub("'…'", "\n".join(str(row[0]) for row in rows))
