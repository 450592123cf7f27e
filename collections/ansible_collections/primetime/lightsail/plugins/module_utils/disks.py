# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A Lightsail disk as the service describes it, and as the modules show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .add_ons import auto_snapshot_time
from .convergence import find
from .tags import from_wire


def describe_disk(client: Any, name: str) -> dict[str, Any] | None:
    """Lightsail's Disk structure, or None."""
    found = find(client, "get_disk", diskName=name)
    return found["disk"] if found else None


def disk_view(description: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the modules return of a disk; empty for one that isn't there."""
    if description is None:
        return {}
    return {
        "name": description["name"],
        "arn": description.get("arn"),
        "state": description.get("state"),
        "size_gb": description.get("sizeInGb"),
        "availability_zone": description.get("location", {}).get("availabilityZone"),
        "attached_to": description.get("attachedTo") or "",
        "path": description.get("path") or "",
        "auto_snapshot_time": auto_snapshot_time(description),
        "tags": from_wire(description.get("tags")),
    }
