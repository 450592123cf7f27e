# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Where a new database's data comes from: a snapshot, or another database's backups at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .convergence import find
from .databases import describe_database, in_utc
from .errors import RefusedError

LATEST = "latest"


def is_restore(wanted: Mapping[str, Any]) -> bool:
    return bool(wanted.get("restore_snapshot") or wanted.get("restore_database"))


def restore_arguments(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """CreateRelationalDatabaseFromSnapshot's members that say where the data comes from.

    Raises:
        RefusedError: restore_time is no time.
    """
    if snapshot := wanted.get("restore_snapshot"):
        return {"relationalDatabaseSnapshotName": snapshot}
    source = {"sourceRelationalDatabaseName": wanted["restore_database"]}
    if wanted["restore_time"] == LATEST:
        return {**source, "useLatestRestorableTime": True}
    return {**source, "restoreTime": parse_time(wanted["restore_time"])}


def parse_time(text: str) -> datetime:
    """A time with its zone; the service counts whole seconds.

    Raises:
        RefusedError: it is none.
    """
    try:
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise RefusedError(
            f"restore_time '{text}' is no time with a zone: write it like 2026-11-24T20:00:00Z, or '{LATEST}'"
        )
    return in_utc(time).replace(microsecond=0)


def require_source(client: Any, wanted: Mapping[str, Any]) -> None:
    """Raises a RefusedError when what is to be restored isn't there, or doesn't reach that time."""
    if snapshot := wanted.get("restore_snapshot"):
        found = find(client, "get_relational_database_snapshot", relationalDatabaseSnapshotName=snapshot)
        if found is None:
            raise RefusedError(f"restore_snapshot: there is no database snapshot {snapshot} in this region")
        return
    name = wanted["restore_database"]
    source = describe_database(client, name)
    if source is None:
        raise RefusedError(f"restore_database: there is no database {name} in this region; restore a snapshot of it")
    latest = source.get("latestRestorableTime")
    if latest is None:
        raise RefusedError(f"restore_database: {name} has no backups to restore from; restore a snapshot of it")
    if wanted["restore_time"] != LATEST and parse_time(wanted["restore_time"]) > latest:
        told = in_utc(latest).strftime("%Y-%m-%dT%H:%M:%SZ")
        raise RefusedError(f"restore_time {wanted['restore_time']} is after {told}, the latest that {name} has")
