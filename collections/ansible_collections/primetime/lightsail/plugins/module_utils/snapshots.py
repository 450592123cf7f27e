# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Snapshots of instances, disks and databases: three families of Lightsail's operations, one shape here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .convergence import every, find
from .tags import from_wire


@dataclass(frozen=True)
class Kind:
    """Lightsail's words for one kind of snapshot."""

    noun: str  # in the operations' names, such as instance_snapshot
    member: str  # of its name
    source_member: str  # of the source's name, in the call that creates
    reply: str  # the structure's name in a reply
    from_member: str  # of the source's name, in a description

    def describe(self, client: Any, name: str) -> Any:
        """Lightsail's structure, or None."""
        found = find(client, f"get_{self.noun}", **{self.member: name})
        return found[self.reply] if found else None

    def every(self, client: Any) -> list[Any]:
        """All snapshots of the kind in the region."""
        return every(client, f"get_{self.noun}s", f"{self.reply}s")


KINDS = {
    "instance": Kind(
        "instance_snapshot", "instanceSnapshotName", "instanceName", "instanceSnapshot", "fromInstanceName"
    ),
    "disk": Kind("disk_snapshot", "diskSnapshotName", "diskName", "diskSnapshot", "fromDiskName"),
    "database": Kind(
        "relational_database_snapshot",
        "relationalDatabaseSnapshotName",
        "relationalDatabaseName",
        "relationalDatabaseSnapshot",
        "fromRelationalDatabaseName",
    ),
}


def snapshot_view(kind: str, description: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the modules return of a snapshot; empty for one that isn't there."""
    if description is None:
        return {}
    created = description.get("createdAt")
    return {
        "name": description["name"],
        "kind": kind,
        "arn": description.get("arn"),
        "state": description.get("state"),
        "source_name": description.get(KINDS[kind].from_member) or "",
        "size_gb": description.get("sizeInGb"),
        "created_at": created.isoformat() if isinstance(created, datetime) else created,
        "tags": from_wire(description.get("tags")),
    }
