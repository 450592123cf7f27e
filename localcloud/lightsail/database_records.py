"""A database's record while its server is worked on: reading it anew, changing it, its state and events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.records import DatabaseEvent, DatabaseState, RelationalDatabase

EVENTS_KEPT = 200
BACKUP_WINDOW = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
MAINTENANCE_WINDOW = re.compile(
    r"(?i:mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(?i:mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d"
)
DEFAULT_BACKUP_WINDOW = "03:00-03:30"
DEFAULT_MAINTENANCE_WINDOW = "Mon:04:00-Mon:04:30"


def backup_window(members: Members, default: str = DEFAULT_BACKUP_WINDOW) -> str:
    return _window(members, "preferredBackupWindow", BACKUP_WINDOW, default)


def maintenance_window(members: Members, default: str = DEFAULT_MAINTENANCE_WINDOW) -> str:
    return _window(members, "preferredMaintenanceWindow", MAINTENANCE_WINDOW, default)


def _window(members: Members, member: str, pattern: re.Pattern[str], default: str) -> str:
    window: str = members.get(member, default)
    if not pattern.fullmatch(window):
        raise InvalidInputException(f"{member} is not valid: {window}", f"write it like {default} (UTC)")
    return window


def current(cloud: Cloud, database: RelationalDatabase) -> RelationalDatabase | None:
    """A copy of the record as it is; None for a database that is gone or going."""
    with cloud.store.reading() as account:
        found = account.record_of(database)
        return None if found is None or found.state is DatabaseState.DELETING else found.model_copy(deep=True)


@contextmanager
def changing(cloud: Cloud, database: RelationalDatabase) -> Iterator[RelationalDatabase]:
    """The record to change; of a database that is gone or going, a copy that nobody will read."""
    with cloud.changing(database) as record:
        yield database.model_copy(deep=True) if record.state is DatabaseState.DELETING else record


def set_state(cloud: Cloud, database: RelationalDatabase, state: DatabaseState) -> None:
    with changing(cloud, database) as found:
        found.state = state


def note(database: RelationalDatabase, message: str, *categories: str) -> None:
    """Remember an event, as GetRelationalDatabaseEvents tells it."""
    event = DatabaseEvent(message=message, categories=list(categories))
    database.events = [*database.events, event][-EVENTS_KEPT:]


def require_state(database: RelationalDatabase, verb: str, *allowed: DatabaseState) -> None:
    """Raises an OperationFailureException for a database that is in none of the states."""
    if database.state not in allowed:
        raise OperationFailureException(
            f"{database.name} cannot be {verb}: it is {database.state.value}",
            f"wait until it is {' or '.join(state.value for state in allowed)}",
        )
