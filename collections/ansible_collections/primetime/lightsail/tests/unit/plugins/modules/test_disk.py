"""The plans of the module disk."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.disk import INSTANCE_STATE, is_attached_to, plan

WANTED: dict[str, Any] = {
    "name": "data",
    "state": "present",
    "size_gb": 8,
    "availability_zone": "eu-central-1a",
    "snapshot_name": None,
    "instance_name": None,
    "path": None,
    "replace": False,
    "auto_snapshots": None,
    "auto_snapshot_time": None,
    "tags": None,
    "purge_tags": False,
}


def described(**changes: Any) -> dict[str, Any]:
    return {
        "name": "data",
        "state": "available",
        "sizeInGb": 8,
        "location": {"availabilityZone": "eu-central-1a"},
        "addOns": [],
        "tags": [],
        **changes,
    }


def attached(power: str = "stopped", **changes: Any) -> dict[str, Any]:
    there = {"state": "in-use", "isAttached": True, "attachedTo": "web", "path": "/dev/xvdf", INSTANCE_STATE: power}
    return described(**there, **changes)


def operations(description: Any, **options: Any) -> list[str]:
    return [step.operation for step in plan(description, {**WANTED, **options}).steps]


HERE = {"instance_name": "web", "path": "/dev/xvdf"}


@pytest.mark.parametrize(
    ("there", "options", "calls"),
    [
        (None, {}, ["create_disk"]),
        (None, {"snapshot_name": "copy"}, ["create_disk_from_snapshot"]),
        (None, {"state": "attached", **HERE}, ["create_disk", "attach_disk"]),
        (None, {"state": "absent"}, []),
        (described(), {}, []),
        (described(), {"snapshot_name": "copy"}, []),
        (described(), {"state": "attached", **HERE}, ["attach_disk"]),
        (described(), {"state": "detached"}, []),
        (described(), {"state": "absent"}, ["delete_disk"]),
        (attached("running"), {}, []),
        (attached("running"), {"state": "attached", **HERE}, []),
        (attached("running"), {"instance_name": "web"}, []),
        (attached(), {"state": "detached"}, ["detach_disk"]),
        (attached(), {"state": "absent"}, ["detach_disk", "delete_disk"]),
        (attached(), {"instance_name": "other", "path": "/dev/xvdf"}, ["detach_disk", "attach_disk"]),
        (attached(), {"instance_name": "web", "path": "/dev/xvdg"}, ["detach_disk", "attach_disk"]),
        (described(), {"size_gb": 16, "replace": True}, ["delete_disk", "create_disk"]),
        (
            attached(),
            {"size_gb": 16, "replace": True},
            ["detach_disk", "delete_disk", "create_disk", "attach_disk"],
        ),
        (described(), {"tags": {"a": 1}}, ["tag_resource"]),
        (described(), {"auto_snapshots": True}, ["enable_add_on"]),
        (described(), {"auto_snapshots": False}, []),
    ],
)
def test_the_calls_that_are_missing(there: Any, options: dict[str, Any], calls: list[str]) -> None:
    assert operations(there, **options) == calls


@pytest.mark.parametrize(
    ("there", "options", "told"),
    [
        (None, {"size_gb": None}, "size_gb"),
        (described(), {"size_gb": 16}, "size_gb is 8, wanted 16.*from a snapshot.*replace: true"),
        (described(), {"availability_zone": "eu-central-1b"}, "availability_zone is eu-central-1a, wanted"),
        (attached("running"), {"state": "detached"}, "attached to web, which is running: unmount it"),
        (attached("running"), {"state": "absent"}, "stop the instance first"),
        (described(), {"instance_name": "web"}, "say where"),
        (described(), {"auto_snapshots": True, "auto_snapshot_time": "06:30"}, "no full hour"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(there: Any, options: dict[str, Any], told: str) -> None:
    with pytest.raises(RefusedError, match=told):
        operations(there, **options)


def test_what_comes_in_its_place_has_its_tags_and_automatic_snapshots() -> None:
    there = described(
        tags=[{"key": "cost", "value": "7"}, {"key": "environment", "value": "old"}],
        addOns=[{"name": "AutoSnapshot", "status": "Enabled", "snapshotTimeOfDay": "04:00"}],
    )
    options = {"size_gb": 16, "availability_zone": None, "tags": {"environment": "new"}, "replace": True}
    result = plan(there, {**WANTED, **options})
    create = result.steps[-1]
    assert create.arguments == {
        "diskName": "data",
        "availabilityZone": "eu-central-1a",
        "sizeInGb": 16,
        "addOns": [{"addOnType": "AutoSnapshot", "autoSnapshotAddOnRequest": {"snapshotTimeOfDay": "04:00"}}],
        "tags": [{"key": "cost", "value": "7"}, {"key": "environment", "value": "new"}],
    }
    tags = {"cost": "7", "environment": "new"}
    assert result.after == {**result.before, "size_gb": 16, "tags": tags}
    purged = plan(there, {**WANTED, **options, "purge_tags": True, "auto_snapshots": False}).steps[-1]
    assert not callable(purged.arguments)
    assert purged.arguments["tags"] == [{"key": "environment", "value": "new"}]
    assert "addOns" not in purged.arguments


def test_the_time_that_lightsail_chose_stays() -> None:
    there = described(addOns=[{"name": "AutoSnapshot", "status": "Enabled", "snapshotTimeOfDay": "04:00"}])
    assert operations(there, auto_snapshots=True) == []
    assert operations(there, auto_snapshots=True, auto_snapshot_time="05:00") == ["enable_add_on"]
    assert operations(there, auto_snapshots=False) == ["disable_add_on"]


def test_attaching_is_over_when_the_instance_has_it() -> None:
    settled = is_attached_to("web", "/dev/xvdf")
    assert settled(attached())
    assert not settled(described())
    assert not settled(attached() | {"isAttached": False})
    assert not settled(None)
