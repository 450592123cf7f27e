#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: snapshot
short_description: Take, keep and delete snapshots of Lightsail instances, disks and databases
version_added: 0.1.0
description:
  - Makes sure that a snapshot of this name exists or is gone.
  - With O(keep) or O(keep_days) it also deletes older snapshots of the same source whose names begin with
    O(keep_prefix). Others are never touched, and neither is the snapshot named by O(name).
  - A snapshot of an instance holds its attached disks too.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Name of the snapshot. Lightsail's names are unique in a region over all kinds of resource.
    type: str
    required: true
  kind:
    description: What it is a snapshot of.
    type: str
    choices: [instance, disk, database]
    required: true
  state:
    description:
      - V(present) takes it if it isn't there. One that is there stays as it is, whatever has changed in its source.
      - V(absent) deletes it.
    type: str
    choices: [present, absent]
    default: present
  source_name:
    description: Name of the instance, disk or database. Needed with O(state=present).
    type: str
  keep:
    description: How many snapshots of the source are kept, this one included. At least 1. Failed ones go uncounted.
    type: int
  keep_days:
    description: For how many days snapshots of the source are kept. At least 1. Failed ones go at once.
    type: int
  keep_prefix:
    description: Beginning of the names of the snapshots that O(keep) or O(keep_days) is about.
    type: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.wait
  - primetime.lightsail.tags
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: Today's snapshot of the server; seven are kept
  primetime.lightsail.snapshot:
    kind: instance
    name: "prime-time-production-{{ now(utc=true, fmt='%Y-%m-%d') }}"
    source_name: prime-time-production
    keep: 7
    keep_prefix: prime-time-production-

- name: A snapshot of the database before a migration, and none older than 30 days
  primetime.lightsail.snapshot:
    kind: database
    name: before-release-42
    source_name: prime-time-production
    keep_days: 30
    keep_prefix: before-release-
    wait_timeout: 1800

- name: Delete it
  primetime.lightsail.snapshot:
    kind: database
    name: before-release-42
    state: absent
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_instance_snapshot, delete_instance_snapshot]
deleted:
  description: Names of the older snapshots that were deleted; in check mode those that would have been.
  returned: always
  type: list
  elements: str
snapshot:
  description: The snapshot as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str}
    kind: {description: What it is a snapshot of., type: str, sample: instance}
    arn: {description: Its ARN., type: str}
    state: {description: Its state., type: str, sample: available}
    source_name: {description: Instance disk or database that it was taken of., type: str}
    size_gb: {description: Size of what it holds in GB., type: int}
    created_at: {description: When it was taken., type: str}
    tags: {description: Tags., type: dict}
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import (
    Plan,
    Step,
    converge,
    has_failed,
    left_rest,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import (
    TAG_OPTIONS,
    WAIT_OPTIONS,
    open_client,
    run,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.snapshots import KINDS, snapshot_view
from ansible_collections.primetime.lightsail.plugins.module_utils.tags import tag_steps, to_wire, wanted_tags

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "kind": {"type": "str", "choices": ["instance", "disk", "database"], "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "source_name": {"type": "str"},
    "keep": {"type": "int"},
    "keep_days": {"type": "int"},
    "keep_prefix": {"type": "str"},
    **TAG_OPTIONS,
    **WAIT_OPTIONS,
}

READY = ("available", "completed")


def is_absent(description: Any) -> bool:
    return description is None


def is_ready(description: Any) -> bool:
    """Whether the snapshot can be used."""
    return description is not None and description.get("state") in READY


def is_stable(description: Any) -> bool:
    """Whether the snapshot is neither being taken nor being deleted."""
    return description is None or is_ready(description) or has_failed(description)


def comparable(kind: str, description: Any) -> dict[str, Any]:
    view = snapshot_view(kind, description)
    return {key: view[key] for key in ("name", "kind", "source_name", "tags")} if view else {}


def delete_step(kind: str, description: Any) -> Step:
    return Step(
        f"delete_{KINDS[kind].noun}",
        {KINDS[kind].member: description["name"]},
        settled=is_absent,
        begun=left_rest(description, is_stable),
    )


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that take, tag or delete the snapshot.

    Args:
        description: Lightsail's structure of the kind, or None.
        wanted: the module's options.

    Raises:
        RefusedError: a snapshot of another source has the name.
    """
    kind, name = wanted["kind"], wanted["name"]
    words, before = KINDS[kind], comparable(kind, description)
    if wanted["state"] == "absent":
        return Plan(before, {}, () if description is None else (delete_step(kind, description),))
    source = wanted["source_name"]
    if description is None:
        tags = wanted_tags({}, wanted.get("tags"), purge=False)
        arguments = {words.member: name, words.source_member: source}
        if tags:
            arguments["tags"] = to_wire(tags)
        after = {"name": name, "kind": kind, "source_name": source, "tags": tags}
        return Plan(before, after, (Step(f"create_{words.noun}", arguments, settled=is_ready),))
    if before["source_name"] != source:
        raise RefusedError(
            f"snapshot {name} was taken of {before['source_name'] or 'something that is not told'}, not of {source}: "
            "choose another name, or delete it first (state: absent)"
        )
    tags = wanted_tags(before["tags"], wanted.get("tags"), wanted.get("purge_tags", False))
    return Plan(before, {**before, "tags": tags}, tuple(tag_steps(name, before["tags"], tags)))


def check_keep(wanted: Mapping[str, Any]) -> None:
    """Raises a RefusedError when fewer than one snapshot or day shall be kept."""
    for option in ("keep", "keep_days"):
        if wanted.get(option) is not None and wanted[option] < 1:
            raise RefusedError(f"{option} is {wanted[option]}: keep 1 at least, or delete by name (state: absent)")


def superfluous(listed: Iterable[Mapping[str, Any]], wanted: Mapping[str, Any], moment: datetime) -> list[str]:
    """Names of the snapshots that keep or keep_days gives up, oldest first.

    Args:
        listed: Lightsail's structures of the kind; whether the named snapshot is among them makes no difference.
        moment: now.
    """
    count, days = wanted.get("keep"), wanted.get("keep_days")
    if count is None and days is None:
        return []
    prefix, source = wanted["keep_prefix"], wanted["source_name"]
    others = [
        one
        for one in listed
        if one["name"] != wanted["name"]
        and one["name"].startswith(prefix)
        and one.get(KINDS[wanted["kind"]].from_member) == source
        # One that is being taken can't be deleted; a later run finds it.
        and is_stable(one)
    ]
    oldest_first = sorted(others, key=lambda one: one["createdAt"])
    usable = [one["name"] for one in oldest_first if is_ready(one)]
    old = [one["name"] for one in oldest_first if days and one["createdAt"] < moment - timedelta(days=days)]
    given_up = old if days else usable[: max(0, len(usable) - (count - 1))]
    return [one["name"] for one in oldest_first if has_failed(one) or one["name"] in given_up]


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")
    kind, words = wanted["kind"], KINDS[wanted["kind"]]
    check_keep(wanted)
    older: list[str] = []
    if wanted["state"] == "present":
        listed = words.every(client) if wanted["keep"] or wanted["keep_days"] else []
        older = superfluous(listed, wanted, datetime.now(timezone.utc))  # noqa: UP017 (older Pythons)
    outcome = converge(
        module,
        client,
        f"{kind} snapshot {wanted['name']}",
        lambda: words.describe(client, wanted["name"]),
        lambda description: plan(description, wanted),
        stable=is_stable,
    )
    result = outcome.fields()
    # Older ones go only once the new one is there.
    for name in older:
        gone = converge(
            module,
            client,
            f"{kind} snapshot {name}",
            lambda name=name: words.describe(client, name),
            lambda description, name=name: plan(description, {"kind": kind, "name": name, "state": "absent"}),
            stable=is_stable,
        ).fields()
        result["actions"] += gone["actions"]
        result["changed"] = result["changed"] or gone["changed"]
        result["diff"]["before"].setdefault("older", []).append(name)
        result["diff"]["after"].setdefault("older", [])
    return {**result, "deleted": older, "snapshot": snapshot_view(kind, outcome.description)}


def main() -> None:
    run(
        ARGUMENT_SPEC,
        body,
        mutually_exclusive=[("keep", "keep_days")],
        required_by={"keep": ("keep_prefix",), "keep_days": ("keep_prefix",)},
        required_if=[("state", "present", ["source_name"])],
    )


if __name__ == "__main__":
    main()
