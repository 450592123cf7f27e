"""Which snapshot a call means: one with a name, or an automatic one by its source and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from localcloud.lightsail.cloud import Members
from localcloud.lightsail.errors import InvalidInputException, NotFoundException, does_not_exist
from localcloud.lightsail.records import DiskSnapshot, InstanceSnapshot, SnapshotState

S = TypeVar("S", DiskSnapshot, InstanceSnapshot)


def choose(snapshots: Sequence[S], members: Members, by_name: str, by_source: str, resource_type: str) -> S:
    """The snapshot that a request names.

    Args:
        snapshots: those of the region.
        by_name: the member that names a snapshot; by_source: the one that names an automatic snapshot's source.

    Raises:
        InvalidInputException: both or neither are named, or an automatic one without its day.
        NotFoundException: there is no such snapshot.
    """
    if (by_name in members) == (by_source in members):
        raise InvalidInputException(f"Either {by_name} or {by_source} must be given, and not both")
    if by_name in members:
        for snapshot in snapshots:
            if snapshot.name == members[by_name] and snapshot.automatic_on is None:
                return snapshot
        raise does_not_exist(resource_type, members[by_name])
    day, latest = members.get("restoreDate"), members.get("useLatestRestorableAutoSnapshot", False)
    if bool(day) == bool(latest):
        raise InvalidInputException("Either restoreDate or useLatestRestorableAutoSnapshot must be given, and not both")
    source = members[by_source]
    own = [item for item in snapshots if item.automatic_on and item.from_name == source]
    if latest:
        own = sorted((item for item in own if item.state is SnapshotState.READY), key=lambda item: item.created_at)
    else:
        own = [item for item in own if item.automatic_on == parse_day(str(day))]
    if not own:
        raise NotFoundException(f"{source} has no automatic snapshot {f'of {day}' if day else 'that can be used'}")
    return own[-1]


def parse_day(text: str) -> date:
    """Raises InvalidInputException for what is no day of the calendar."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInputException(f"The date is not valid: {text}", "write it like 2026-11-24") from None
