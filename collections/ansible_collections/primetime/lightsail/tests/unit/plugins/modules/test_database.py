"""The plans of the module database."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.database_parameters import Difference, compare
from ansible_collections.primetime.lightsail.plugins.module_utils.database_plans import plan
from ansible_collections.primetime.lightsail.plugins.module_utils.databases import is_available, is_stable
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError

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
    "parameters": None,
    "reboot": False,
    "restore_snapshot": None,
    "restore_database": None,
    "restore_time": None,
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


KNOWN: dict[str, dict[str, Any]] = {
    "autovacuum": {"parameterValue": "1", "allowedValues": "0,1", "dataType": "boolean", "isModifiable": True},
    "log_connections": {
        "parameterValue": "off",
        "allowedValues": "on,off",
        "dataType": "boolean",
        "isModifiable": True,
    },
    "max_connections": {"parameterValue": "100", "applyType": "static", "dataType": "integer", "isModifiable": True},
    "server_version": {"parameterValue": "17.6", "isModifiable": False},
    "work_mem": {"parameterValue": "4096", "applyType": "dynamic", "dataType": "integer", "isModifiable": True},
}


@pytest.mark.parametrize(
    "same", [{"autovacuum": True}, {"autovacuum": "on"}, {"log_connections": False}, {"work_mem": 4096}]
)
def test_a_parameter_is_the_same_however_it_is_written(same: dict[str, Any]) -> None:
    assert compare(KNOWN, same) == Difference()


def test_a_boolean_is_sent_in_the_services_own_words() -> None:
    difference = compare(KNOWN, {"autovacuum": False, "log_connections": True})
    assert difference.after == {"autovacuum": "0", "log_connections": "on"}


@pytest.mark.parametrize(
    ("wanted", "told"), [({"work_men": 1}, "work_mem"), ({"server_version": "18"}, "doesn't let it be changed")]
)
def test_a_parameter_that_cannot_be_set_is_refused(wanted: dict[str, Any], told: str) -> None:
    with pytest.raises(RefusedError, match=told):
        compare(KNOWN, wanted)


def operations(description: Any, **wanted: Any) -> list[str]:
    differing = compare(KNOWN, wanted.get("parameters") or {}) if description else None
    return [step.operation for step in plan(description, {**WANTED, **wanted}, differing=differing).steps]


def test_a_static_parameter_is_followed_by_a_reboot_where_that_is_allowed() -> None:
    static, dynamic = {"max_connections": 50}, {"work_mem": 8192}
    update, reboot = "update_relational_database_parameters", "reboot_relational_database"
    assert operations(described(), parameters=static) == [update]
    assert operations(described(), parameters=static, reboot=True) == [update, reboot]
    assert operations(described(), parameters=dynamic, reboot=True) == [update]
    assert operations(described(parameterApplyStatus="pending-reboot"), reboot=True) == [reboot]
    assert operations(described(parameterApplyStatus="pending-reboot")) == []
    (step,) = plan(described(), WANTED, differing=compare(KNOWN, {**static, **dynamic})).steps
    assert [item["applyMethod"] for item in step.arguments["parameters"]] == ["pending-reboot", "immediate"]


def test_a_new_database_is_given_its_parameters_and_rebooted_once() -> None:
    assert operations(None, parameters={"work_mem": 8192}) == [
        "create_relational_database",
        "update_relational_database_parameters",
        "reboot_relational_database",
    ]


@pytest.mark.parametrize(
    ("now", "wanted", "expected"),
    [
        ("available", "running", []),
        ("stopped", "running", ["start_relational_database"]),
        ("available", "stopped", ["stop_relational_database"]),
        ("stopped", "stopped", []),
        ("stopped", "present", []),
        ("available", "rebooted", ["reboot_relational_database"]),
        ("stopped", "rebooted", ["start_relational_database"]),
    ],
)
def test_the_server_runs_or_not_as_wanted(now: str, wanted: str, expected: list[str]) -> None:
    assert operations(described(now), state=wanted) == expected


def test_a_restore_takes_what_it_can_and_sets_the_rest_afterwards() -> None:
    wanted = {**WANTED, "restore_database": "old", "restore_time": "2026-11-24T21:00:00+01:00"}
    create, update = plan(None, {**wanted, "preferred_backup_window": "01:00-01:30"}).steps
    assert create.operation == "create_relational_database_from_snapshot"
    assert create.arguments["restoreTime"].isoformat() == "2026-11-24T20:00:00+00:00"
    assert "masterUserPassword" not in create.arguments
    assert update.arguments["masterUserPassword"] == "correct horse"
    assert update.arguments["preferredBackupWindow"] == "01:00-01:30"
    latest = plan(None, {**wanted, "restore_time": "latest"}).steps[0]
    assert latest.arguments["useLatestRestorableTime"] is True
    assert plan(described(), wanted).steps == ()


@pytest.mark.parametrize("time", ["yesterday", "2026-11-24T20:00:00", ""])
def test_a_time_without_its_zone_is_no_time(time: str) -> None:
    with pytest.raises(RefusedError, match="no time with a zone"):
        plan(None, {**WANTED, "restore_database": "old", "restore_time": time})
