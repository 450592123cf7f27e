"""What every command begins with: settings, logs, and a database whose schema fits this release."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import click
import psycopg
from tqdm import tqdm

from primetime.accounts import audit
from primetime.database.connection import connect, unavailable
from primetime.database.migrations import migrate, pending
from primetime.errors import DatabaseUnavailable
from primetime.settings import Settings, load_settings
from primetime.telemetry.logs import configure_logs


class Progress(Protocol):
    """Told how much is done, of how much; 0 is unknown."""

    def __call__(self, done: int, total: int) -> None: ...


def begin() -> Settings:
    """The settings; logs of a command are its warnings, since its results tell the rest."""
    settings = load_settings()
    configure_logs(settings, level=logging.WARNING)
    return settings


@contextmanager
def database(settings: Settings) -> Iterator[psycopg.Connection]:
    """A connection to a migrated database; the embedded one is migrated here, as nobody else does it.

    Raises DatabaseUnavailable when an outside database lacks migrations, or goes away.
    """
    try:
        with connect(settings) as connection:
            if settings.uses_embedded_database:
                migrate(connection)
            else:
                missing = pending(connection)
                connection.commit()
                if missing:
                    raise DatabaseUnavailable(
                        f"the database lacks {', '.join(missing)}", remedy="run `primetime migrate`"
                    )
            yield connection
    except psycopg.OperationalError as error:
        raise unavailable(error) from error


@contextmanager
def read_only(settings: Settings) -> Iterator[psycopg.Connection]:
    """The same for a command that changes nothing: PostgreSQL holds it to that. Whatever changes something says so."""
    with database(settings) as connection:
        connection.commit()
        connection.read_only = True
        yield connection


def leave_record(connection: psycopg.Connection, *, subject: str = "", **details: Any) -> None:
    """Tell the audit trail, in this transaction, what the command has changed: which and how many, no words of anybody.

    The action is the command's own name, such as `primetime import`.
    """
    action = click.get_current_context().command_path
    audit.record(connection, action, otherwise=audit.COMMAND_LINE, subject=subject, **details)


@contextmanager
def progress_bar(unit: str) -> Iterator[Progress]:
    """A bar on stderr, only on a terminal; the function given is told (done, of how many)."""
    with tqdm(unit=f" {unit}", disable=None, leave=False) as bar:

        def update(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        yield update
