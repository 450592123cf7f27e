# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A Lightsail instance as the service describes it, and as the modules show and compare it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .add_ons import auto_snapshot_time
from .convergence import find
from .metadata_options import metadata_view
from .tags import from_wire

NEEDED_TO_CREATE = ("blueprint_id", "bundle_id", "availability_zone")
FIXED_AT_CREATION = (*NEEDED_TO_CREATE, "key_pair_name")


def describe_instance(client: Any, name: str) -> dict[str, Any] | None:
    """Lightsail's Instance structure, or None."""
    found = find(client, "get_instance", instanceName=name)
    return found["instance"] if found else None


def power(description: dict[str, Any]) -> str:
    """The name of an instance's state, such as running or stopping."""
    return str(description["state"]["name"])


def instance_view(description: dict[str, Any] | None) -> dict[str, Any]:
    """What the modules return of an instance; empty for one that isn't there."""
    if description is None:
        return {}
    return {
        "name": description["name"],
        "arn": description.get("arn"),
        "state": power(description),
        "public_ip_address": description.get("publicIpAddress"),
        "private_ip_address": description.get("privateIpAddress"),
        "ipv6_addresses": description.get("ipv6Addresses") or [],
        "ip_address_type": description.get("ipAddressType"),
        "is_static_ip": bool(description.get("isStaticIp")),
        "blueprint_id": description.get("blueprintId"),
        "bundle_id": description.get("bundleId"),
        "availability_zone": description.get("location", {}).get("availabilityZone"),
        "key_pair_name": description.get("sshKeyName"),
        "username": description.get("username"),
        "auto_snapshot_time": auto_snapshot_time(description),
        "metadata_options": metadata_view(description),
        "disks": [
            disk["name"]
            for disk in description.get("hardware", {}).get("disks") or []
            if not disk.get("isSystemDisk") and disk.get("name")
        ],
        "tags": from_wire(description.get("tags")),
    }


def is_running(description: Any) -> bool:
    return description is not None and power(description) == "running"


def is_stopped(description: Any) -> bool:
    return description is not None and power(description) == "stopped"


def is_in(*states: str) -> Any:
    """A test of a description: the instance is in one of these states."""
    return lambda description: description is not None and power(description) in states


def is_absent(description: Any) -> bool:
    return description is None


def is_stable(description: Any) -> bool:
    """Whether an instance is in no passing state, such as pending or stopping."""
    return is_absent(description) or is_running(description) or is_stopped(description)


def comparable(description: Any) -> dict[str, Any]:
    """What the module compares and shows in its diff."""
    if description is None:
        return {}
    view = instance_view(description)
    changeable = ("ip_address_type", "auto_snapshot_time", "metadata_options", "tags")
    return {key: view[key] for key in ("state", *FIXED_AT_CREATION, *changeable)}


def drift(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs and can't be changed in place: option to (there, wanted)."""
    return {
        option: (before[option], wanted[option])
        for option in FIXED_AT_CREATION
        if wanted.get(option) is not None and before[option] != wanted[option]
    }
