#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: disk
short_description: Create, attach, detach and delete Lightsail disks
version_added: 0.1.0
description:
  - Makes sure that a block storage disk exists, is attached to an instance, or is gone.
  - Size and zone can't be changed in place. A difference fails the task and says what to do; the disk is replaced,
    and its data lost, only with O(replace=true).
  - The module makes no file system and mounts nothing.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Name of the disk.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that it exists, and leaves it attached as it is unless O(instance_name) is given.
      - V(attached) needs O(instance_name) and O(path).
      - V(detached) detaches it. Lightsail detaches disks from stopped instances only.
      - V(absent) deletes it with its data, after detaching it.
    type: str
    choices: [present, attached, detached, absent]
    default: present
  size_gb:
    description: Size in GB, from 8. Needed to create.
    type: int
  availability_zone:
    description: Zone, such as V(eu-central-1a). Only an instance in the same zone can have it. Needed to create.
    type: str
  snapshot_name:
    description: Disk snapshot to create it from. It makes no difference to a disk that exists.
    type: str
  instance_name:
    description: Instance that it is to be attached to.
    type: str
  path:
    description: Where the instance sees it, such as V(/dev/xvdf).
    type: str
  replace:
    description:
      - Whether a disk that differs in size or zone is deleted and created anew. Its data is lost.
      - What isn't named is as it was, its other tags and its automatic snapshots too.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.auto_snapshots
  - primetime.lightsail.wait
  - primetime.lightsail.tags
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: A disk for the server, with a snapshot every night
  primetime.lightsail.disk:
    name: prime-time-data
    state: attached
    size_gb: 64
    availability_zone: eu-central-1a
    instance_name: prime-time-production
    path: /dev/xvdf
    auto_snapshots: true
    auto_snapshot_time: "02:00"

- name: The same data at another instance
  primetime.lightsail.disk:
    name: prime-time-trial
    size_gb: 64
    availability_zone: eu-central-1b
    snapshot_name: prime-time-data-2026-11-24
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_disk, attach_disk]
disk:
  description: The disk as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
    state: {description: Its state., type: str, sample: in-use}
    size_gb: {description: Size in GB., type: int}
    availability_zone: {description: Zone., type: str, sample: eu-central-1a}
    attached_to: {description: Instance that has it; empty for none., type: str}
    path: {description: Where that instance sees it., type: str, sample: /dev/xvdf}
    auto_snapshot_time: {description: When it is copied every day in UTC; null for never., type: str}
    tags: {description: Tags., type: dict}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.add_ons import (
    AUTO_SNAPSHOT_OPTIONS,
    add_on_steps,
    auto_snapshot_time,
    kept_snapshots,
    request,
    wanted_time,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import (
    Plan,
    Step,
    converge,
    left_rest,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.disks import describe_disk, disk_view
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.instances import describe_instance, power
from ansible_collections.primetime.lightsail.plugins.module_utils.module import (
    TAG_OPTIONS,
    WAIT_OPTIONS,
    open_client,
    run,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.tags import tag_steps, to_wire, wanted_tags

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "attached", "detached", "absent"], "default": "present"},
    "size_gb": {"type": "int"},
    "availability_zone": {"type": "str"},
    "snapshot_name": {"type": "str"},
    "instance_name": {"type": "str"},
    "path": {"type": "str"},
    "replace": {"type": "bool", "default": False},
    **AUTO_SNAPSHOT_OPTIONS,
    **TAG_OPTIONS,
    **WAIT_OPTIONS,
}

FIXED_AT_CREATION = ("size_gb", "availability_zone")
# The power of the instance that has the disk, beside what Lightsail says of the disk.
INSTANCE_STATE = "attachedInstanceState"


def is_absent(description: Any) -> bool:
    return description is None


def is_free(description: Any) -> bool:
    return description is not None and description["state"] == "available"


def is_stable(description: Any) -> bool:
    """Whether a disk is in no passing state."""
    return is_absent(description) or description["state"] in ("available", "in-use", "error")


def comparable(description: Any) -> dict[str, Any]:
    view = disk_view(description)
    shown = ("size_gb", "availability_zone", "attached_to", "path", "auto_snapshot_time", "tags")
    return {key: view[key] for key in shown} if view else {}


def create_step(wanted: Mapping[str, Any]) -> Step:
    """The call that creates the disk.

    Raises:
        RefusedError: an option that creation needs isn't given.
    """
    if missing := [option for option in FIXED_AT_CREATION if not wanted.get(option)]:
        raise RefusedError(
            f"disk {wanted['name']} doesn't exist, and to create it these are missing: {', '.join(missing)}"
        )
    arguments: dict[str, Any] = {
        "diskName": wanted["name"],
        "availabilityZone": wanted["availability_zone"],
        "sizeInGb": wanted["size_gb"],
    }
    if (time := wanted_time(None, wanted)) is not None:
        arguments["addOns"] = [request(time)]
    if wanted.get("tags"):
        arguments["tags"] = to_wire(wanted["tags"])
    if wanted.get("snapshot_name"):
        arguments["diskSnapshotName"] = wanted["snapshot_name"]
        return Step("create_disk_from_snapshot", arguments, settled=is_free)
    return Step("create_disk", arguments, settled=is_free)


def detach_step(description: Any) -> Step:
    """The call that detaches.

    Raises:
        RefusedError: the instance isn't stopped, so that Lightsail would refuse.
    """
    if description.get(INSTANCE_STATE) not in (None, "stopped"):
        raise RefusedError(
            f"disk {description['name']} is attached to {description['attachedTo']}, which is "
            f"{description[INSTANCE_STATE]}: unmount it there and stop the instance first (state: stopped)"
        )
    return Step("detach_disk", {"diskName": description["name"]}, settled=is_free, begun=is_free)


def delete_step(description: Any) -> Step:
    arguments = {"diskName": description["name"], "forceDeleteAddOns": True}
    return Step("delete_disk", arguments, settled=is_absent, begun=left_rest(description, is_stable))


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that make the disk as wanted.

    Args:
        description: Lightsail's Disk structure with INSTANCE_STATE, or None.
        wanted: the module's options.

    Raises:
        RefusedError: it differs in what can't be changed in place, or can't be created or detached.
    """
    name, state, before = wanted["name"], wanted["state"], comparable(description)
    there = (before.get("attached_to", ""), before.get("path", ""))
    goal = attachment(there, wanted)
    release = [detach_step(description)] if there[0] and (goal != there or state == "absent") else []
    if state == "absent":
        return Plan(before, {}, () if description is None else (*release, delete_step(description)))
    steps: list[Step] = []
    if description is None:
        steps.append(create_step(wanted))
        after = created(wanted)
    elif differs := [key for key in FIXED_AT_CREATION if wanted.get(key) and before[key] != wanted[key]]:
        if not wanted.get("replace"):
            told = ", ".join(f"{key} is {before[key]}, wanted {wanted[key]}" for key in differs)
            raise RefusedError(
                f"disk {name}: {told}. Lightsail can't change this in place: set the option back, or create a larger "
                "disk from a snapshot of this one, or set replace: true to delete it with its data"
            )
        detach = [detach_step(description)] if there[0] else []
        successor = in_its_place(before, wanted)
        steps += [*detach, delete_step(description), create_step(successor)]
        after, there = created(successor), ("", "")
    else:
        steps += release
        after = dict(before)
        after["tags"] = wanted_tags(before["tags"], wanted.get("tags"), wanted.get("purge_tags", False))
        after["auto_snapshot_time"] = wanted_time(before["auto_snapshot_time"], wanted)
        steps += tag_steps(name, before["tags"], after["tags"])
        steps += add_on_steps(name, auto_snapshot_time(description), after["auto_snapshot_time"])
    if goal[0] and goal != there:
        arguments = {"diskName": name, "instanceName": goal[0], "diskPath": goal[1]}
        steps.append(
            Step(
                "attach_disk",
                arguments,
                settled=is_attached_to(*goal),
                begun=lambda found: found is not None and (found.get("attachedTo"), found.get("path")) == goal,
            )
        )
    after["attached_to"], after["path"] = goal
    return Plan(before, after, tuple(steps))


def in_its_place(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The module's options for the disk that comes in the place of another: what they don't name is as it was."""
    return {
        **{option: before[option] for option in FIXED_AT_CREATION},
        **{option: value for option, value in wanted.items() if value is not None},
        **kept_snapshots(before["auto_snapshot_time"], wanted),
        "tags": wanted_tags(before["tags"], wanted.get("tags"), wanted.get("purge_tags", False)),
    }


def created(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What the diff shows of a disk that is to be created."""
    return {
        "size_gb": wanted["size_gb"],
        "availability_zone": wanted["availability_zone"],
        "auto_snapshot_time": wanted_time(None, wanted),
        "tags": wanted_tags({}, wanted.get("tags"), purge=False),
    }


def attachment(there: tuple[str, str], wanted: Mapping[str, Any]) -> tuple[str, str]:
    """Instance and path that the disk shall be attached to; empty for none.

    Raises:
        RefusedError: an instance is named, but no path that is known.
    """
    if wanted["state"] in ("detached", "absent"):
        return ("", "")
    instance = wanted.get("instance_name")
    if not instance:
        return there
    path = wanted.get("path") or (there[1] if there[0] == instance else "")
    if not path:
        raise RefusedError(f"disk {wanted['name']} is to be attached to {instance}: say where, such as path: /dev/xvdf")
    return (instance, path)


def is_attached_to(instance: str, path: str) -> Any:
    """A test of a description: in use by this instance at this path."""

    def settled(description: Any) -> bool:
        view = disk_view(description)
        done = bool(view) and description["state"] == "in-use" and bool(description.get("isAttached"))
        return done and (view["attached_to"], view["path"]) == (instance, path)

    return settled


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")

    def describe() -> Any:
        disk = describe_disk(client, wanted["name"])
        if disk is not None and disk.get("attachedTo"):
            instance = describe_instance(client, disk["attachedTo"])
            disk[INSTANCE_STATE] = power(instance) if instance else None
        return disk

    outcome = converge(
        module,
        client,
        f"disk {wanted['name']}",
        describe,
        lambda description: plan(description, wanted),
        stable=is_stable,
    )
    return {**outcome.fields(), "disk": disk_view(outcome.description)}


def main() -> None:
    run(
        ARGUMENT_SPEC,
        body,
        required_if=[("state", "attached", ["instance_name", "path"])],
        required_by={"auto_snapshot_time": ("auto_snapshots",)},
    )


if __name__ == "__main__":
    main()
