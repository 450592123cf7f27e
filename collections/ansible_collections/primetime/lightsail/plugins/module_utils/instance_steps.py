# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The calls that create, stop and delete a Lightsail instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .add_ons import request, wanted_time
from .convergence import Step
from .errors import RefusedError
from .instances import FIXED_AT_CREATION, NEEDED_TO_CREATE, is_absent, is_in, is_running, is_stopped
from .metadata_options import given, metadata_steps
from .tags import to_wire, wanted_tags


def create_step(wanted: Mapping[str, Any]) -> Step:
    """The call that creates the instance.

    Raises:
        RefusedError: an option that creation needs isn't given.
    """
    from_snapshot = snapshot_arguments(wanted)
    needed = [option for option in NEEDED_TO_CREATE if not (from_snapshot and option == "blueprint_id")]
    if missing := [option for option in needed if not wanted.get(option)]:
        raise RefusedError(
            f"instance {wanted['name']} doesn't exist, and to create it these are missing: {', '.join(missing)}"
        )
    arguments: dict[str, Any] = {
        "instanceNames": [wanted["name"]],
        "availabilityZone": wanted["availability_zone"],
        "bundleId": wanted["bundle_id"],
        **(from_snapshot or {"blueprintId": wanted["blueprint_id"]}),
    }
    optional = {"keyPairName": "key_pair_name", "userData": "user_data", "ipAddressType": "ip_address_type"}
    arguments.update({member: wanted[option] for member, option in optional.items() if wanted.get(option)})
    if wanted.get("tags"):
        arguments["tags"] = to_wire(wanted["tags"])
    if (time := wanted_time(None, wanted)) is not None:
        arguments["addOns"] = [request(time)]
    operation = "create_instances_from_snapshot" if from_snapshot else "create_instances"
    return Step(operation, arguments, settled=is_running)


def snapshot_arguments(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What names the snapshot that the instance is to be created from; empty for none."""
    if wanted.get("snapshot_name"):
        return {"instanceSnapshotName": wanted["snapshot_name"]}
    if not wanted.get("source_instance_name"):
        return {}
    day = wanted["restore_date"]
    chosen = {"useLatestRestorableAutoSnapshot": True} if day == "latest" else {"restoreDate": day}
    return {"sourceInstanceName": wanted["source_instance_name"], **chosen}


def creation_steps(wanted: Mapping[str, Any]) -> tuple[Step, ...]:
    """The calls that create the instance; Lightsail starts each new one, so a stopped one is stopped afterwards."""
    name = wanted["name"]
    stop = (stop_step(name),) if wanted["state"] == "stopped" else ()
    return (create_step(wanted), *metadata_steps(name, {}, wanted), *stop)


def created(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What the diff shows of an instance that is to be created."""
    options = {option: wanted[option] for option in (*FIXED_AT_CREATION, "ip_address_type") if wanted.get(option)}
    state = "stopped" if wanted["state"] == "stopped" else "running"
    extras: dict[str, Any] = {"auto_snapshot_time": wanted_time(None, wanted)}
    if options_given := given(wanted):
        extras["metadata_options"] = options_given
    return {"state": state, **options, **extras, "tags": wanted_tags({}, wanted.get("tags"), purge=False)}


def delete_step(name: str) -> Step:
    arguments = {"instanceName": name, "forceDeleteAddOns": True}
    return Step("delete_instance", arguments, settled=is_absent, begun=is_in("shutting-down", "terminated"))


def stop_step(name: str) -> Step:
    return Step("stop_instance", {"instanceName": name}, settled=is_stopped, begun=is_in("stopping", "stopped"))
