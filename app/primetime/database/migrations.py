"""Numbered plain-SQL migrations: each applied once, in order, with its checksum kept."""

import hashlib
import re
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

import psycopg
from psycopg import sql

from primetime.errors import DatabaseUnavailable

_FILE_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.sql")
# Two releases may migrate at once (blue and green); the number is arbitrary but must never change.
_LOCK = 7_236_001

_LEDGER = sql.SQL(
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    " name text PRIMARY KEY,"
    " checksum text NOT NULL,"
    " applied_at timestamptz NOT NULL DEFAULT now())"
)


@dataclass(frozen=True, kw_only=True)
class Migration:
    name: str  # the file's name without .sql: 0001_articles
    text: str  # its SQL, one transaction

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_migrations(folder: Traversable | None = None) -> list[Migration]:
    """The migrations of a folder (the platform's own by default), in order.

    Raises ValueError for a number used twice.
    """
    folder = folder or resources.files("primetime.database").joinpath("migrations")
    files = [file for file in folder.iterdir() if _FILE_NAME.fullmatch(file.name)]
    found = sorted(
        (Migration(name=file.name.removesuffix(".sql"), text=file.read_text(encoding="utf-8")) for file in files),
        key=lambda migration: migration.name,
    )
    numbers = [migration.name[:4] for migration in found]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"{folder} uses a migration number twice: {', '.join(numbers)}")
    return found


def applied(connection: psycopg.Connection) -> dict[str, str]:
    """The names and checksums of the migrations that this database has."""
    row = connection.execute("SELECT to_regclass('schema_migrations') IS NOT NULL").fetchone()
    if row is None or not row[0]:
        return {}
    return dict(connection.execute("SELECT name, checksum FROM schema_migrations ORDER BY name").fetchall())


def pending(connection: psycopg.Connection) -> list[str]:
    """The names of the migrations that this database still lacks.

    Raises DatabaseUnavailable when an applied one differs from this release's file of that name.
    """
    return [migration.name for migration in _outstanding(connection, read_migrations())]


def migrate(connection: psycopg.Connection, migrations: list[Migration] | None = None) -> list[str]:
    """Apply what is pending, each in a transaction of its own; returns the names applied now.

    The connection must not be in a transaction. Raises DatabaseUnavailable when a migration fails (it leaves
    nothing behind; those before it stay) or an applied one has changed.
    """
    autocommit = connection.autocommit
    connection.autocommit = True
    try:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        try:
            connection.execute(_LEDGER)
            outstanding = _outstanding(connection, read_migrations() if migrations is None else migrations)
            for migration in outstanding:
                _apply(connection, migration)
            return [migration.name for migration in outstanding]
        finally:
            if not connection.broken:
                connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
    finally:
        if not connection.closed:
            connection.autocommit = autocommit


def _outstanding(connection: psycopg.Connection, migrations: list[Migration]) -> list[Migration]:
    have = applied(connection)
    for migration in migrations:
        if have.get(migration.name, migration.checksum) != migration.checksum:
            raise DatabaseUnavailable(
                f"migration {migration.name} was changed after this database applied it",
                remedy="restore that file, and put the change into a new migration",
            )
    return [migration for migration in migrations if migration.name not in have]


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(sql.SQL(migration.text))
            connection.execute(
                "INSERT INTO schema_migrations (name, checksum) VALUES (%s, %s)", (migration.name, migration.checksum)
            )
    except psycopg.Error as error:
        cause = str(error).strip().partition("\n")[0]
        raise DatabaseUnavailable(
            f"migration {migration.name} failed and was rolled back: {cause}",
            remedy="mend the cause and run `primetime migrate` again",
        ) from error
