from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from localcloud.lightsail import auto_snapshots, pages, quotas


def error(call, **members):
    with pytest.raises(ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]


@pytest.fixture
def snapshot(endpoint, lightsail):
    def run(name="copy", source="web", **members):
        reply = lightsail.create_instance_snapshot(instanceSnapshotName=name, instanceName=source, **members)
        endpoint.settle()
        return reply["operations"]

    return run


COPY = {
    "instanceNames": ["copied"],
    "instanceSnapshotName": "copy",
    "availabilityZone": "eu-central-1a",
    "bundleId": "nano_3_0",
}


def test_a_snapshot_is_pending_then_available(endpoint, lightsail, create):
    create()
    endpoint.storage.go_on.clear()
    lightsail.create_instance_snapshot(
        instanceSnapshotName="copy", instanceName="web", tags=[{"key": "k", "value": "v"}]
    )
    assert lightsail.get_instance_snapshot(instanceSnapshotName="copy")["instanceSnapshot"]["state"] == "pending"
    early = error(lightsail.create_instances_from_snapshot, **COPY)
    assert early["Code"] == "OperationFailureException"
    endpoint.storage.go_on.set()
    endpoint.settle()
    found = lightsail.get_instance_snapshot(instanceSnapshotName="copy")["instanceSnapshot"]
    assert (found["state"], found["progress"], found["fromInstanceName"]) == ("available", "100%", "web")
    assert (found["fromBundleId"], found["fromBlueprintId"], found["sizeInGb"]) == ("nano_3_0", "debian_12", 20)
    assert found["tags"] == [{"key": "k", "value": "v"}]
    assert [item["name"] for item in lightsail.get_instance_snapshots()["instanceSnapshots"]] == ["copy"]
    assert error(lightsail.allocate_static_ip, staticIpName="copy")["Code"] == ("InvalidInputException")


def test_an_instance_from_a_snapshot_takes_key_and_disks_from_it(endpoint, lightsail, create, snapshot):
    create()
    lightsail.create_disk(diskName="data", availabilityZone="eu-central-1a", sizeInGb=8)
    endpoint.settle()
    lightsail.attach_disk(diskName="data", instanceName="web", diskPath="/dev/xvdf")
    endpoint.settle()
    endpoint.storage.disks["data"] = "letters"
    snapshot()
    held = lightsail.get_instance_snapshot(instanceSnapshotName="copy")["instanceSnapshot"]["fromAttachedDisks"]
    assert [(disk["name"], disk["path"]) for disk in held] == [("data", "/dev/xvdf")]
    mapping = {"copied": [{"originalDiskPath": "/dev/xvdf", "newDiskName": "data-two"}]}
    wanted = COPY | {"instanceNames": ["copied", "other"], "attachedDiskMapping": mapping, "bundleId": "micro_3_0"}
    lightsail.create_instances_from_snapshot(**wanted, addOns=[{"addOnType": "AutoSnapshot"}])
    endpoint.settle()
    made = lightsail.get_instance(instanceName="copied")["instance"]
    assert (made["state"]["name"], made["sshKeyName"], made["blueprintId"]) == ("running", "key", "debian_12")
    assert made["addOns"][0]["snapshotTimeOfDay"] == "06:00"
    assert endpoint.storage.disks == {"data": "letters", "data-two": "letters", "other-data": "letters"}
    assert endpoint.storage.connected["data-two"] == ("copied", "/dev/xvdf")
    assert lightsail.get_disk(diskName="other-data")["disk"]["state"] == "in-use"
    lightsail.delete_instance_snapshot(instanceSnapshotName="copy")
    endpoint.settle()
    assert endpoint.storage.snapshots == {}
    assert error(lightsail.get_instance_snapshot, instanceSnapshotName="copy")["Code"] == "NotFoundException"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"bundleId": "nano_3_0"}, "InvalidInputException"),  # a smaller disk than the snapshot's
        ({"instanceSnapshotName": "lost"}, "NotFoundException"),
        ({"sourceInstanceName": "web"}, "InvalidInputException"),
        ({"instanceNames": ["web"]}, "InvalidInputException"),
        ({"attachedDiskMapping": {"another": []}}, "InvalidInputException"),
        ({"attachedDiskMapping": {"copied": [{"originalDiskPath": "/dev/xvdz"}]}}, "InvalidInputException"),
    ],
)
def test_what_cannot_be_made_from_a_snapshot_is_refused(lightsail, create, snapshot, members, code):
    create(bundleId="micro_3_0")
    snapshot()
    wanted = COPY | {"bundleId": "micro_3_0"} | members
    assert error(lightsail.create_instances_from_snapshot, **wanted)["Code"] == code
    assert [found["name"] for found in lightsail.get_instances()["instances"]] == ["web"]


def test_a_snapshot_in_use_stays(endpoint, lightsail, create, snapshot):
    create()
    snapshot()
    endpoint.machines.go_on.clear()
    lightsail.create_instances_from_snapshot(**COPY)
    failure = error(lightsail.delete_instance_snapshot, instanceSnapshotName="copy")
    assert failure["Code"] == "OperationFailureException"
    endpoint.machines.go_on.set()


def test_automatic_snapshots_are_daily_and_the_last_seven_are_kept(endpoint, lightsail, create):
    create(addOns=[{"addOnType": "AutoSnapshot", "autoSnapshotAddOnRequest": {"snapshotTimeOfDay": "03:00"}}])
    # The next time that it is three o'clock, whatever it is now.
    day = (datetime.now(UTC) - timedelta(hours=3)).date() + timedelta(days=1)
    moment = datetime(day.year, day.month, day.day, 3, 0, 30, tzinfo=UTC)
    assert auto_snapshots.take_due(endpoint.cloud, moment - timedelta(minutes=1)) == []
    days = []
    for day in range(9):
        at = moment + timedelta(days=day)
        assert auto_snapshots.take_due(endpoint.cloud, at) == ["web"]
        assert auto_snapshots.take_due(endpoint.cloud, at + timedelta(hours=1)) == []
        endpoint.settle()
        days.append(str(at.date()))
    reply = lightsail.get_auto_snapshots(resourceName="web")
    assert reply["resourceType"] == "Instance"
    listed = reply["autoSnapshots"]
    assert [item["date"] for item in listed] == days[:1:-1]
    assert {item["status"] for item in listed} == {"Success"}
    assert len(endpoint.storage.snapshots) == 7
    assert lightsail.get_instance_snapshots()["instanceSnapshots"] == []

    lightsail.delete_auto_snapshot(resourceName="web", date=days[-1])
    endpoint.settle()
    assert lightsail.get_auto_snapshots(resourceName="web")["autoSnapshots"][0]["date"] == days[-2]
    again = error(lightsail.delete_auto_snapshot, resourceName="web", date=days[-1])
    assert again["Code"] == "NotFoundException"
    source = {"sourceInstanceName": "web", "instanceNames": ["back"]}
    wanted = {key: value for key, value in COPY.items() if key != "instanceSnapshotName"} | source
    assert error(lightsail.create_instances_from_snapshot, **wanted)["Code"] == "InvalidInputException"
    lightsail.create_instances_from_snapshot(**wanted, useLatestRestorableAutoSnapshot=True)
    endpoint.settle()
    old = error(lightsail.create_instances_from_snapshot, **wanted, restoreDate=days[0])
    assert old["Code"] == "NotFoundException"

    refused = error(lightsail.delete_instance, instanceName="web")
    assert (refused["Code"], "with addons" in refused["Message"]) == ("InvalidInputException", True)
    lightsail.delete_instance(instanceName="web", forceDeleteAddOns=True)
    endpoint.settle()
    assert endpoint.storage.snapshots == {}


def test_the_add_on_is_switched_on_and_off(endpoint, lightsail):
    lightsail.create_disk(diskName="data", availabilityZone="eu-central-1a", sizeInGb=8)
    endpoint.settle()
    request = {"addOnType": "AutoSnapshot", "autoSnapshotAddOnRequest": {"snapshotTimeOfDay": "21:00"}}
    lightsail.enable_add_on(resourceName="data", addOnRequest=request)
    assert lightsail.get_disk(diskName="data")["disk"]["addOns"] == [
        {"name": "AutoSnapshot", "status": "Enabled", "snapshotTimeOfDay": "21:00", "nextSnapshotTimeOfDay": "21:00"}
    ]
    begun = auto_snapshots.take_due(endpoint.cloud, datetime.now(UTC) + timedelta(days=1))
    endpoint.settle()
    assert begun == ["data"]
    assert lightsail.get_disk_snapshots()["diskSnapshots"] == []
    lightsail.disable_add_on(resourceName="data", addOnType="AutoSnapshot")
    assert lightsail.get_disk(diskName="data")["disk"]["addOns"] == []
    assert len(lightsail.get_auto_snapshots(resourceName="data")["autoSnapshots"]) == 1
    off = error(lightsail.disable_add_on, resourceName="data", addOnType="AutoSnapshot")
    assert off["Code"] == "NotFoundException"
    late = {"addOnType": "AutoSnapshot", "autoSnapshotAddOnRequest": {"snapshotTimeOfDay": "21:30"}}
    assert error(lightsail.enable_add_on, resourceName="data", addOnRequest=late)["Code"] == "InvalidInputException"
    assert error(lightsail.enable_add_on, resourceName="lost", addOnRequest=request)["Code"] == "NotFoundException"


def test_a_machine_that_starts_is_copied_at_the_next_look(endpoint, lightsail, create):
    create(addOns=[{"addOnType": "AutoSnapshot"}])
    lightsail.stop_instance(instanceName="web")
    endpoint.settle()
    endpoint.machines.go_on.clear()
    lightsail.start_instance(instanceName="web")
    moment = datetime.now(UTC) + timedelta(days=1)
    assert auto_snapshots.take_due(endpoint.cloud, moment) == []
    endpoint.machines.go_on.set()
    endpoint.settle()
    assert auto_snapshots.take_due(endpoint.cloud, moment) == ["web"]


def test_metadata_options_are_kept(lightsail, create):
    create()
    before = lightsail.get_instance(instanceName="web")["instance"]["metadataOptions"]
    assert (before["httpTokens"], before["httpPutResponseHopLimit"]) == ("optional", 1)
    lightsail.update_instance_metadata_options(instanceName="web", httpTokens="required", httpPutResponseHopLimit=2)
    after = lightsail.get_instance(instanceName="web")["instance"]["metadataOptions"]
    assert after == before | {"httpTokens": "required", "httpPutResponseHopLimit": 2}
    call = lightsail.update_instance_metadata_options
    assert error(call, instanceName="web", httpPutResponseHopLimit=65)["Code"] == "InvalidInputException"
    assert error(call, instanceName="web", httpTokens="perhaps")["Code"] == "InvalidInputException"
    assert error(call, instanceName="web")["Code"] == "InvalidInputException"


def test_an_instance_without_ipv6_has_no_ipv6_rules(lightsail, create):
    create()
    change = {"resourceType": "Instance", "resourceName": "web"}
    lightsail.set_ip_address_type(**change, ipAddressType="ipv4")
    assert lightsail.get_instance(instanceName="web")["instance"]["ipAddressType"] == "ipv4"
    states = lightsail.get_instance_port_states(instanceName="web")["portStates"]
    assert [(port["fromPort"], port["ipv6Cidrs"]) for port in states] == [(22, []), (80, [])]
    refused = error(lightsail.set_ip_address_type, **change, ipAddressType="ipv6")
    assert refused["Code"] == "InvalidInputException"
    bucket = {"resourceType": "Bucket", "resourceName": "web", "ipAddressType": "ipv4"}
    assert error(lightsail.set_ip_address_type, **bucket)["Code"] == "InvalidInputException"


def test_long_listings_come_in_pages(lightsail, monkeypatch):
    monkeypatch.setattr(quotas, "STATIC_IPS", pages.PAGE + 1)
    for number in range(pages.PAGE + 1):
        lightsail.allocate_static_ip(staticIpName=f"address{number:02}")
    first = lightsail.get_static_ips()
    second = lightsail.get_static_ips(pageToken=first["nextPageToken"])
    assert (len(first["staticIps"]), len(second["staticIps"])) == (pages.PAGE, 1)
    assert "nextPageToken" not in second
    names = {item["name"] for page in (first, second) for item in page["staticIps"]}
    assert len(names) == pages.PAGE + 1
    assert lightsail.get_operations()["nextPageToken"] == str(pages.PAGE)
    for token in ("1", "x", "-50", "100"):
        assert error(lightsail.get_static_ips, pageToken=token)["Code"] == "InvalidInputException"
