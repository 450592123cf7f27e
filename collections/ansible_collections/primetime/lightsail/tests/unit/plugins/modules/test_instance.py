"""The plans of the module instance."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.instance_plans import plan
from ansible_collections.primetime.lightsail.plugins.module_utils.instances import is_running, is_stable, is_stopped
from hypothesis import given
from hypothesis import strategies as st

WANTED: dict[str, Any] = {
    "name": "web",
    "state": "running",
    "blueprint_id": "debian_12",
    "bundle_id": "medium_3_0",
    "availability_zone": "eu-central-1a",
    "key_pair_name": "web",
    "user_data": None,
    "ip_address_type": None,
    "tags": {"environment": "local"},
    "purge_tags": False,
    "replace": False,
}


def described(state: str = "running", **changes: Any) -> dict[str, Any]:
    return {
        "name": "web",
        "state": {"code": 16, "name": state},
        "blueprintId": "debian_12",
        "bundleId": "medium_3_0",
        "location": {"availabilityZone": "eu-central-1a", "regionName": "eu-central-1"},
        "sshKeyName": "web",
        "ipAddressType": "dualstack",
        "tags": [{"key": "environment", "value": "local"}],
        **changes,
    }


def operations(description: Any, **wanted: Any) -> list[str]:
    return [step.operation for step in plan(description, {**WANTED, **wanted}).steps]


def test_creates_what_is_absent_with_everything_given() -> None:
    (step,) = plan(None, {**WANTED, "user_data": "#!/bin/sh", "ip_address_type": "ipv4"}).steps
    assert step.arguments == {
        "instanceNames": ["web"],
        "availabilityZone": "eu-central-1a",
        "blueprintId": "debian_12",
        "bundleId": "medium_3_0",
        "keyPairName": "web",
        "userData": "#!/bin/sh",
        "ipAddressType": "ipv4",
        "tags": [{"key": "environment", "value": "local"}],
    }


def test_options_that_are_not_given_are_not_sent() -> None:
    (step,) = plan(None, {**WANTED, "key_pair_name": None, "tags": None}).steps
    assert set(step.arguments) == {"instanceNames", "availabilityZone", "blueprintId", "bundleId"}


@pytest.mark.parametrize("missing", ["blueprint_id", "bundle_id", "availability_zone"])
def test_names_what_creation_lacks(missing: str) -> None:
    with pytest.raises(RefusedError, match=missing):
        plan(None, {**WANTED, missing: None})


def test_a_new_stopped_instance_is_stopped_after_it_ran() -> None:
    assert operations(None, state="stopped") == ["create_instances", "stop_instance"]


def test_no_call_when_nothing_differs() -> None:
    result = plan(described(), WANTED)
    assert result.steps == ()
    assert result.before == result.after


@pytest.mark.parametrize(
    ("there", "wanted", "calls"),
    [
        ("running", "stopped", ["stop_instance"]),
        ("stopped", "running", ["start_instance"]),
        ("stopped", "present", []),
        ("running", "present", []),
        ("stopped", "stopped", []),
        ("pending", "running", []),
        ("stopped", "absent", ["delete_instance"]),
    ],
)
def test_power(there: str, wanted: str, calls: list[str]) -> None:
    assert operations(described(there), state=wanted) == calls


def test_absent_twice_is_nothing() -> None:
    assert operations(None, state="absent") == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("bundle_id", "large_3_0"),
        ("blueprint_id", "ubuntu_24_04"),
        ("availability_zone", "eu-central-1b"),
        ("key_pair_name", "other"),
    ],
)
def test_drift_that_cannot_be_changed_in_place_is_refused_with_both_values(option: str, value: str) -> None:
    with pytest.raises(RefusedError, match=f"{option} is .*, wanted {value}.*replace: true"):
        plan(described(), {**WANTED, option: value})


def test_drift_is_replaced_when_allowed() -> None:
    untold = {"state": "applied", "httpTokens": "optional", "httpEndpoint": "enabled", "httpPutResponseHopLimit": 1}
    for there in (described(), described(metadataOptions=untold)):
        calls = operations(there, bundle_id="large_3_0", replace=True)
        assert calls == ["delete_instance", "create_instances"]


def test_what_comes_in_its_place_is_as_it_was_but_for_what_is_named() -> None:
    there = described(
        "stopped",
        ipAddressType="ipv4",
        tags=[{"key": "environment", "value": "old"}, {"key": "cost", "value": "7"}],
        addOns=[{"name": "AutoSnapshot", "status": "Enabled", "snapshotTimeOfDay": "04:00"}],
        metadataOptions={"state": "applied", "httpTokens": "required", "httpPutResponseHopLimit": 2},
    )
    options = {"state": "present", "bundle_id": "large_3_0", "blueprint_id": None, "key_pair_name": None}
    hops = {"metadata_options": {"http_put_response_hop_limit": 1}}
    result = plan(there, {**WANTED, **options, **hops, "replace": True})
    delete, create, metadata, stop = result.steps
    assert (delete.operation, stop.operation) == ("delete_instance", "stop_instance")
    assert create.arguments == {
        "instanceNames": ["web"],
        "availabilityZone": "eu-central-1a",
        "blueprintId": "debian_12",
        "bundleId": "large_3_0",
        "keyPairName": "web",
        "ipAddressType": "ipv4",
        "tags": [{"key": "cost", "value": "7"}, {"key": "environment", "value": "local"}],
        "addOns": [{"addOnType": "AutoSnapshot", "autoSnapshotAddOnRequest": {"snapshotTimeOfDay": "04:00"}}],
    }
    assert metadata.arguments == {"instanceName": "web", "httpTokens": "required", "httpPutResponseHopLimit": 1}
    assert result.after == {**result.before, "bundle_id": "large_3_0", **changed(result.after)}


def changed(after: Any) -> dict[str, Any]:
    """What the test above names, as the diff shows it."""
    assert after["tags"] == {"cost": "7", "environment": "local"}
    assert after["metadata_options"] == {"http_tokens": "required", "http_put_response_hop_limit": 1}
    return {key: after[key] for key in ("tags", "metadata_options")}


def test_what_is_switched_off_or_purged_does_not_come_back_with_what_replaces_it() -> None:
    there = described(
        tags=[{"key": "cost", "value": "7"}], addOns=[{"name": "AutoSnapshot", "snapshotTimeOfDay": "04:00"}]
    )
    options = {"bundle_id": "large_3_0", "auto_snapshots": False, "purge_tags": True, "replace": True}
    _delete, create = plan(there, {**WANTED, **options}).steps
    assert not callable(create.arguments)
    assert create.arguments["tags"] == [{"key": "environment", "value": "local"}]
    assert "addOns" not in create.arguments


def test_replace_without_drift_changes_nothing() -> None:
    assert operations(described(), replace=True, blueprint_id=None) == []


def test_address_type_is_changed_in_place() -> None:
    (step,) = plan(described(), {**WANTED, "ip_address_type": "ipv6"}).steps
    assert step.operation == "set_ip_address_type"
    assert step.arguments["ipAddressType"] == "ipv6"


def test_foreign_tags_are_kept() -> None:
    foreign = [{"key": "environment", "value": "local"}, {"key": "cost", "value": "7"}]
    assert operations(described(tags=foreign)) == []
    assert operations(described(tags=foreign), purge_tags=True) == ["untag_resource"]


def test_numbers_as_tags_are_compared_as_text() -> None:
    tags = [{"key": "cost", "value": "7"}]
    assert operations(described(tags=tags), tags={"cost": 7}) == []


def test_a_tag_without_a_value_is_an_empty_one() -> None:
    assert operations(described(tags=[{"key": "here"}]), tags={"here": ""}) == []


@given(st.sampled_from(["pending", "stopping", "shutting-down", "rebooting", "starting"]))
def test_passing_states_are_waited_for(state: str) -> None:
    assert not is_stable(described(state))
    assert not is_running(described(state))
    assert not is_stopped(described(state))


def test_metadata_options_and_automatic_snapshots_are_changed_in_place() -> None:
    there = described(
        metadataOptions={"state": "applied", "httpTokens": "optional", "httpPutResponseHopLimit": 1},
        addOns=[{"name": "AutoSnapshot", "status": "Enabled", "snapshotTimeOfDay": "04:00"}],
    )
    (step,) = plan(there, {**WANTED, "metadata_options": {"http_tokens": "required"}}).steps
    assert step.arguments == {"instanceName": "web", "httpTokens": "required"}
    assert not step.settled(there)
    assert operations(there, metadata_options={"http_tokens": "optional", "http_endpoint": None}) == []
    assert operations(there, auto_snapshots=True) == []
    assert operations(there, auto_snapshots=False) == ["disable_add_on"]


def test_an_instance_from_a_snapshot_needs_no_blueprint() -> None:
    wanted = {**WANTED, "blueprint_id": None, "auto_snapshots": True, "metadata_options": {"http_tokens": "required"}}
    create, metadata = plan(None, {**wanted, "snapshot_name": "copy"}).steps
    assert create.operation == "create_instances_from_snapshot"
    assert create.arguments["instanceSnapshotName"] == "copy"
    assert create.arguments["addOns"] == [{"addOnType": "AutoSnapshot"}]
    assert "blueprintId" not in create.arguments
    assert metadata.operation == "update_instance_metadata_options"
    for date, member in (("latest", "useLatestRestorableAutoSnapshot"), ("2026-11-24", "restoreDate")):
        create, *_rest = plan(None, {**wanted, "source_instance_name": "old", "restore_date": date}).steps
        assert create.arguments["sourceInstanceName"] == "old"
        assert member in create.arguments


def test_an_instance_that_exists_is_not_made_from_the_snapshot() -> None:
    assert operations(described(), snapshot_name="copy") == []
    assert operations(described(), snapshot_name="copy", bundle_id="large_3_0", replace=True) == [
        "delete_instance",
        "create_instances_from_snapshot",
    ]
