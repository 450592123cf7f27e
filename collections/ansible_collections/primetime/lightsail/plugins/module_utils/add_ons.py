# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Automatic snapshots of an instance or disk: seen, compared, switched on and off."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .convergence import Step
from .errors import RefusedError

ADD_ON = "AutoSnapshot"
FULL_HOUR = re.compile(r"([01]\d|2[0-3]):00")
AUTO_SNAPSHOT_OPTIONS: dict[str, Any] = {
    "auto_snapshots": {"type": "bool"},
    "auto_snapshot_time": {"type": "str"},
}


def auto_snapshot_time(description: Mapping[str, Any] | None) -> str | None:
    """When automatic snapshots are made, as V(06:00) in UTC; None when they are off."""
    for add_on in (description or {}).get("addOns") or []:
        if add_on.get("name") == ADD_ON and str(add_on.get("status", "Enabled")).lower().startswith("enabl"):
            return str(add_on.get("snapshotTimeOfDay") or "")
    return None


def wanted_time(there: str | None, wanted: Mapping[str, Any]) -> str | None:
    """The time that there should be: empty for one that Lightsail chooses, None for no snapshots.

    Raises:
        RefusedError: the time is no full hour.
    """
    time = wanted.get("auto_snapshot_time")
    if time is not None and not FULL_HOUR.fullmatch(time):
        raise RefusedError(f"auto_snapshot_time '{time}' is no full hour: write it like '06:00', in UTC")
    if wanted.get("auto_snapshots") is None:
        return there
    if not wanted["auto_snapshots"]:
        return None
    return time or there or ""


def kept_snapshots(there: str | None, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The options for what comes in the place of another, which has automatic snapshots as that had unless told."""
    time = wanted_time(there, wanted)
    return {"auto_snapshots": time is not None, "auto_snapshot_time": time or None}


def request(time: str) -> dict[str, Any]:
    """Lightsail's AddOnRequest."""
    chosen = {"autoSnapshotAddOnRequest": {"snapshotTimeOfDay": time}} if time else {}
    return {"addOnType": ADD_ON, **chosen}


def add_on_steps(name: str, there: str | None, after: str | None) -> list[Step]:
    """The call that turns what is there into what shall be."""
    if there == after:
        return []
    if after is None:
        arguments = {"resourceName": name, "addOnType": ADD_ON}
        return [Step("disable_add_on", arguments, settled=has_time(None))]
    return [Step("enable_add_on", {"resourceName": name, "addOnRequest": request(after)}, settled=has_time(after))]


def has_time(time: str | None) -> Callable[[Any], bool]:
    """A test of a description: automatic snapshots at this time, at any for an empty one, none for None."""

    def settled(description: Any) -> bool:
        there = auto_snapshot_time(description)
        return there is not None if time == "" else there == time

    return settled
