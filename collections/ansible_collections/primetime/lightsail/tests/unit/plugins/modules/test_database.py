"""The plans of the module database."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.database import is_available, is_stable, plan

WANTED: dict[str, Any] = {
    "name": "db",
    "state": "present",
    "blueprint_id": "postgres_17",
    "bundle_id": "micro_2_0",
    "availability_zone": "eu-central-1a",
    "database_name": "prime",
    "master_username": "owner",
    "master_password": "correct horse",
    "rotate_password": False,
    "backup_retention": True,
    "preferred_backup_window": None,
    "preferred_maintenance_window": None,
    "publicly_accessible": False,
    "skip_final_snapshot": False,
    "final_snapshot_name": None,
    "tags": None,
    "purge_tags": False,
}


def described(state: str = "available", **changes: Any) -> dict[str, Any]:
    return {
        "name": "db",
        "state": state,
        "relationalDatabaseBlueprintId": "postgres_17",
        "relationalDatabaseBundleId": "micro_2_0",
        "location": {"availabilityZone": "eu-central-1a"},
        "masterDatabaseName": "prime",
        "masterUsername": "owner",
        "masterEndpoint": {"address": "ls-1.example", "port": 5432},
        "backupRetentionEnabled": True,
        "preferredBackupWindow": "03:00-03:30",
        "preferredMaintenanceWindow": "mon:04:00-mon:04:30",
        "publiclyAccessible": False,
        "tags": [],
        **changes,
    }


def test_creates_what_is_absent() -> None:
    result = plan(None, WANTED)
    (step,) = result.steps
    assert step.arguments == {
        "relationalDatabaseName": "db",
        "relationalDatabaseBlueprintId": "postgres_17",
        "relationalDatabaseBundleId": "micro_2_0",
        "availabilityZone": "eu-central-1a",
        "masterDatabaseName": "prime",
        "masterUsername": "owner",
        "masterUserPassword": "correct horse",
        "publiclyAccessible": False,
    }
    assert "correct horse" not in str(result.after)


def test_backups_are_turned_off_after_creation() -> None:
    create, update = plan(None, {**WANTED, "backup_retention": False}).steps
    assert create.operation == "create_relational_database"
    assert update.arguments["disableBackupRetention"] is True


def test_no_call_when_nothing_differs() -> None:
    assert plan(described(), WANTED).steps == ()


def test_windows_are_compared_whatever_their_case() -> None:
    assert plan(described(), {**WANTED, "preferred_maintenance_window": "Mon:04:00-Mon:04:30"}).steps == ()


@pytest.mark.parametrize(
    ("option", "value", "member", "sent"),
    [
        ("backup_retention", False, "disableBackupRetention", True),
        ("publicly_accessible", True, "publiclyAccessible", True),
        ("preferred_backup_window", "01:00-01:30", "preferredBackupWindow", "01:00-01:30"),
    ],
)
def test_changes_in_place(option: str, value: Any, member: str, sent: Any) -> None:
    (step,) = plan(described(), {**WANTED, option: value}).steps
    assert step.arguments == {"relationalDatabaseName": "db", member: sent, "applyImmediately": True}
    assert step.settled is not None
    assert not step.settled(described())


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("bundle_id", "small_2_0"),
        ("blueprint_id", "postgres_16"),
        ("availability_zone", "eu-central-1b"),
        ("database_name", "other"),
        ("master_username", "other"),
    ],
)
def test_drift_is_refused_with_both_values(option: str, value: str) -> None:
    with pytest.raises(RefusedError, match=f"{option} is .*, wanted {value}.*snapshot"):
        plan(described(), {**WANTED, option: value})


def test_the_password_is_set_only_when_it_is_to_be_rotated() -> None:
    assert plan(described(), {**WANTED, "master_password": "new"}).steps == ()
    result = plan(described(), {**WANTED, "master_password": "new one"}, rotate=True)
    assert result.steps[0].arguments["masterUserPassword"] == "new one"
    assert "new one" not in str(result.after)


def test_deletion_says_what_becomes_of_the_data() -> None:
    gone = {**WANTED, "state": "absent"}
    with pytest.raises(RefusedError, match="final_snapshot_name"):
        plan(described(), gone)
    with pytest.raises(RefusedError, match="contradict"):
        plan(described(), {**gone, "skip_final_snapshot": True, "final_snapshot_name": "last"})
    (step,) = plan(described(), {**gone, "final_snapshot_name": "last"}).steps
    assert step.arguments["finalRelationalDatabaseSnapshotName"] == "last"
    assert step.arguments["skipFinalSnapshot"] is False
    assert plan(None, gone).steps == ()


def test_it_is_available_only_with_an_endpoint() -> None:
    assert is_available(described())
    assert not is_available(described(masterEndpoint={}))
    assert not is_available(described("modifying"))
    assert not is_available(None)
    assert not is_stable(described("backing-up"))


@pytest.mark.parametrize(
    "missing", ["bundle_id", "blueprint_id", "database_name", "master_username", "master_password"]
)
def test_names_what_creation_lacks(missing: str) -> None:
    with pytest.raises(RefusedError, match=missing):
        plan(None, {**WANTED, missing: None})
