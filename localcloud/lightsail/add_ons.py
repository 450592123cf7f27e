"""The add-on of automatic snapshots, as instances and disks have it."""

from __future__ import annotations

from localcloud.lightsail.cloud import Members
from localcloud.lightsail.errors import InvalidInputException
from localcloud.lightsail.records import AddOn, Disk, Instance

AUTO_SNAPSHOT = "AutoSnapshot"
# What a region takes when nobody says an hour.
DEFAULT_HOUR = 6


def parse(request: Members) -> AddOn:
    """An `AddOnRequest`.

    Raises:
        InvalidInputException: another add-on, or a time that is no full hour.
    """
    if request["addOnType"] != AUTO_SNAPSHOT:
        raise InvalidInputException(f"{request['addOnType']} is an add-on of Lightsail for Research alone")
    time = request.get("autoSnapshotAddOnRequest", {}).get("snapshotTimeOfDay", f"{DEFAULT_HOUR:02}:00")
    hour, _, minute = time.partition(":")
    if minute != "00":
        raise InvalidInputException(f"snapshotTimeOfDay is not valid: {time}", "give a full hour, such as 06:00 (UTC)")
    return AddOn(snapshot_hour=int(hour))


def parse_list(requests: list[Members]) -> AddOn | None:
    """The add-ons that a new resource is asked for with."""
    found = [parse(request) for request in requests]
    if len(found) > 1:
        raise InvalidInputException(f"{AUTO_SNAPSHOT} is asked for more than once")
    return found[0] if found else None


def describe(add_on: AddOn | None) -> list[Members]:
    if add_on is None:
        return []
    time = f"{add_on.snapshot_hour:02}:00"
    return [
        {"name": AUTO_SNAPSHOT, "status": "Enabled", "snapshotTimeOfDay": time, "nextSnapshotTimeOfDay": time},
    ]


def check_deletable(resource: Instance | Disk, members: Members) -> None:
    """Raises InvalidInputException when add-ons are on and the call does not say that they go too."""
    if resource.add_on is not None and not members.get("forceDeleteAddOns", False):
        raise InvalidInputException(
            f"You cannot delete the {resource.resource_type} {resource.name} with addons",
            f"specify the forceDeleteAddOns parameter to delete the {resource.resource_type} and its add-ons",
        )
