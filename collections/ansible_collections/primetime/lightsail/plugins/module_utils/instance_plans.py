# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What differs between a Lightsail instance and the one that is wanted, and the calls that end the difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .add_ons import add_on_steps, kept_snapshots, wanted_time
from .convergence import Plan, Step
from .errors import RefusedError
from .instance_steps import created, creation_steps, delete_step, stop_step
from .instances import FIXED_AT_CREATION, comparable, drift, is_in, is_running, is_stable
from .metadata_options import UNTOLD, given, metadata_steps, metadata_view
from .tags import from_wire, tag_steps, wanted_tags


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that make the instance as wanted.

    Args:
        description: Lightsail's Instance structure, or None.
        wanted: the module's options.

    Raises:
        RefusedError: it differs in what can't be changed in place, or can't be created.
    """
    name, state, before = wanted["name"], wanted["state"], comparable(description)
    if state == "absent":
        return Plan(before, {}, () if description is None else (delete_step(name),))
    if description is None:
        return Plan(before, created(wanted), creation_steps(wanted))
    if differs := drift(before, wanted):
        if not wanted.get("replace"):
            told = ", ".join(f"{option} is {there}, wanted {want}" for option, (there, want) in differs.items())
            raise RefusedError(
                f"instance {name}: {told}. Lightsail can't change this in place: set the option back, or create "
                "another instance from a snapshot, or set replace: true to delete it with its disk and create it anew"
            )
        successor = in_its_place(before, wanted)
        return Plan(before, created(successor), (delete_step(name), *creation_steps(successor)))
    return changes_in_place(description, before, wanted)


def changes_in_place(description: Any, before: Mapping[str, Any], wanted: Mapping[str, Any]) -> Plan:
    """The calls for what Lightsail can change of an instance that stays, from its addresses to its power."""
    name, steps, after = wanted["name"], [], dict(before)
    if wanted.get("ip_address_type") and before["ip_address_type"] != wanted["ip_address_type"]:
        after["ip_address_type"] = wanted["ip_address_type"]
        arguments = {"resourceType": "Instance", "resourceName": name, "ipAddressType": wanted["ip_address_type"]}
        steps.append(Step("set_ip_address_type", arguments, settled=is_stable))
    after["tags"] = wanted_tags(before["tags"], wanted.get("tags"), wanted.get("purge_tags", False))
    steps.extend(tag_steps(name, from_wire(description.get("tags")), after["tags"]))
    after["auto_snapshot_time"] = wanted_time(before["auto_snapshot_time"], wanted)
    steps.extend(add_on_steps(name, before["auto_snapshot_time"], after["auto_snapshot_time"]))
    after["metadata_options"] = {**before["metadata_options"], **given(wanted)}
    steps.extend(metadata_steps(name, metadata_view(description), wanted))
    if wanted["state"] == "running" and before["state"] not in ("running", "pending", "starting"):
        after["state"] = "running"
        begun = is_in("pending", "running")
        steps.append(Step("start_instance", {"instanceName": name}, settled=is_running, begun=begun))
    if wanted["state"] == "stopped" and before["state"] not in ("stopped", "stopping"):
        after["state"] = "stopped"
        steps.append(stop_step(name))
    return Plan(before, after, tuple(steps))


def in_its_place(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The module's options for the instance that comes in the place of another: what they don't name is as it was."""
    kept = {option: before[option] for option in (*FIXED_AT_CREATION, "ip_address_type")}
    metadata = {option: value for option, value in before["metadata_options"].items() if value != UNTOLD[option]}
    stopped = wanted["state"] == "present" and before["state"] == "stopped"
    return {
        **kept,
        **{option: value for option, value in wanted.items() if value is not None},
        **kept_snapshots(before["auto_snapshot_time"], wanted),
        "state": "stopped" if stopped else wanted["state"],
        "metadata_options": {**metadata, **given(wanted)},
        "tags": wanted_tags(before["tags"], wanted.get("tags"), wanted.get("purge_tags", False)),
    }
