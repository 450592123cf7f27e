"""Things that run one at a time, over all processes and machines on one database."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from primetime.errors import Busy


@contextmanager
def exclusive(connection: psycopg.Connection, name: str) -> Iterator[None]:
    """Hold the lock `name` over any number of transactions of this connection.

    Raises Busy when somebody else holds it. PostgreSQL frees it when the connection ends, however it ends.
    """
    key = _key(name)
    _require(connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone(), name)
    connection.commit()
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()
            connection.execute("SELECT pg_advisory_unlock(%s)", (key,))
            connection.commit()


def transaction_lock(connection: psycopg.Connection, name: str) -> None:
    """Hold the lock `name` until this transaction ends. Raises Busy when somebody else holds it."""
    _require(connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (_key(name),)).fetchone(), name)


def is_held(connection: psycopg.Connection, name: str) -> bool:
    """Whether anybody holds the lock `name` now."""
    key = _key(name) & (2**64 - 1)
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND classid::bigint = %s AND objid::bigint = %s)",
        (key >> 32, key & (2**32 - 1)),
    ).fetchone()
    return bool(row and row[0])


def _require(row: tuple[bool] | None, name: str) -> None:
    if row is None or not row[0]:
        raise Busy(f"another {name} is running on this database", remedy="wait until it has ended and try again")


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"prime-time {name}".encode()).digest()[:8], "big", signed=True)
