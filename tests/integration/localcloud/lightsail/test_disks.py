import pytest
from botocore.exceptions import ClientError


def error(call, **members):
    with pytest.raises(ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]


@pytest.fixture
def disk(endpoint, lightsail):
    def run(name="data", **members):
        wanted = {"diskName": name, "availabilityZone": "eu-central-1a", "sizeInGb": 8}
        reply = lightsail.create_disk(**(wanted | members))
        endpoint.settle()
        return reply["operations"]

    return run


def seen(lightsail, name="data"):
    found = lightsail.get_disk(diskName=name)["disk"]
    return found["state"], found["isAttached"], found.get("attachedTo"), found.get("path")


def test_a_disk_is_pending_until_its_volume_is_there(endpoint, lightsail):
    endpoint.storage.go_on.clear()
    lightsail.create_disk(
        diskName="data", availabilityZone="eu-central-1a", sizeInGb=32, tags=[{"key": "k", "value": "v"}]
    )
    assert seen(lightsail) == ("pending", False, None, None)
    endpoint.storage.go_on.set()
    endpoint.settle()
    found = lightsail.get_disk(diskName="data")["disk"]
    assert (found["state"], found["sizeInGb"], found["isSystemDisk"]) == ("available", 32, False)
    assert found["tags"] == [{"key": "k", "value": "v"}]
    assert [item["name"] for item in lightsail.get_disks()["disks"]] == ["data"]


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"sizeInGb": 7}, "sizeInGb"),
        ({"sizeInGb": 16385}, "sizeInGb"),
        ({"availabilityZone": "us-east-1a"}, "us-east-1a"),
        ({"name": "key"}, "already in use"),
        ({"name": "a disk"}, "does not match"),
        ({"addOns": [{"addOnType": "StopInstanceOnIdle"}]}, "Research"),
    ],
)
def test_what_cannot_be_made_is_refused_and_leaves_nothing(disk, lightsail, members, told):
    with pytest.raises(ClientError) as caught:
        disk(**members)
    assert caught.value.response["Error"]["Code"] == "InvalidInputException"
    assert told in caught.value.response["Error"]["Message"]
    assert lightsail.get_disks()["disks"] == []


def test_a_disk_follows_its_instance_through_stop_start_and_delete(endpoint, lightsail, create, disk):
    create()
    disk()
    operations = lightsail.attach_disk(diskName="data", instanceName="web", diskPath="/dev/xvdf")["operations"]
    assert [item["resourceType"] for item in operations] == ["Disk", "Instance"]
    endpoint.settle()
    assert seen(lightsail) == ("in-use", True, "web", "/dev/xvdf")
    assert endpoint.storage.connected == {"data": ("web", "/dev/xvdf")}
    paths = [item["path"] for item in lightsail.get_instance(instanceName="web")["instance"]["hardware"]["disks"]]
    assert paths == ["/dev/xvda", "/dev/xvdf"]
    assert error(lightsail.detach_disk, diskName="data")["Code"] == "OperationFailureException"
    assert error(lightsail.delete_disk, diskName="data")["Code"] == "OperationFailureException"

    lightsail.stop_instance(instanceName="web")
    endpoint.settle()
    assert endpoint.storage.connected == {}
    lightsail.start_instance(instanceName="web")
    endpoint.settle()
    assert endpoint.storage.connected == {"data": ("web", "/dev/xvdf")}

    lightsail.delete_instance(instanceName="web")
    endpoint.settle()
    assert seen(lightsail) == ("available", False, None, None)
    assert endpoint.storage.connected == {}
    lightsail.delete_disk(diskName="data")
    endpoint.settle()
    assert error(lightsail.get_disk, diskName="data")["Code"] == "NotFoundException"
    assert endpoint.storage.disks == {}


def test_a_stopped_instance_gives_its_disk_back(endpoint, lightsail, create, disk):
    create()
    disk()
    lightsail.stop_instance(instanceName="web")
    endpoint.settle()
    lightsail.attach_disk(diskName="data", instanceName="web", diskPath="/dev/xvdf")
    endpoint.settle()
    assert seen(lightsail)[:2] == ("in-use", True)
    lightsail.detach_disk(diskName="data")
    assert seen(lightsail) == ("available", False, None, None)
    assert error(lightsail.detach_disk, diskName="data")["Code"] == "OperationFailureException"


def test_a_device_that_cannot_be_given_fails_the_operation_and_frees_the_disk(endpoint, lightsail, create, disk):
    create()
    disk()
    endpoint.storage.failure = "no loop device"
    first, _ = lightsail.attach_disk(diskName="data", instanceName="web", diskPath="/dev/xvdf")["operations"]
    endpoint.settle()
    failed = lightsail.get_operation(operationId=first["id"])["operation"]
    assert (failed["status"], failed["errorDetails"]) == ("Failed", "no loop device")
    assert seen(lightsail) == ("available", False, None, None)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"diskPath": "/dev/xvda"}, "InvalidInputException"),
        ({"diskPath": "/etc/passwd"}, "InvalidInputException"),
        ({"autoMounting": True}, "InvalidInputException"),
        ({"instanceName": "lost"}, "NotFoundException"),
        ({"diskName": "lost"}, "NotFoundException"),
        ({"diskName": "elsewhere"}, "InvalidInputException"),
    ],
)
def test_what_cannot_be_attached_is_refused(lightsail, create, disk, members, code):
    create()
    disk()
    disk("elsewhere", availabilityZone="eu-central-1b")
    wanted = {"diskName": "data", "instanceName": "web", "diskPath": "/dev/xvdf"} | members
    assert error(lightsail.attach_disk, **wanted)["Code"] == code
    assert seen(lightsail)[0] == "available"


def test_one_path_has_one_disk(endpoint, lightsail, create, disk):
    create()
    disk()
    disk("more")
    lightsail.attach_disk(diskName="data", instanceName="web", diskPath="/dev/xvdf")
    endpoint.settle()
    taken = error(lightsail.attach_disk, diskName="more", instanceName="web", diskPath="/dev/xvdf")
    assert taken["Code"] == "InvalidInputException"
    attached = error(lightsail.attach_disk, diskName="data", instanceName="web", diskPath="/dev/xvdg")
    assert attached["Code"] == "OperationFailureException"


def test_a_disk_from_a_snapshot_has_the_data_and_no_less_room(endpoint, lightsail, disk):
    disk()
    endpoint.storage.disks["data"] = "letters"
    lightsail.create_disk_snapshot(diskName="data", diskSnapshotName="copy", tags=[{"key": "k"}])
    endpoint.settle()
    snapshot = lightsail.get_disk_snapshot(diskSnapshotName="copy")["diskSnapshot"]
    assert (snapshot["state"], snapshot["progress"], snapshot["fromDiskName"]) == ("completed", "100%", "data")
    assert [item["name"] for item in lightsail.get_disk_snapshots()["diskSnapshots"]] == ["copy"]
    wanted = {"diskName": "again", "diskSnapshotName": "copy", "availabilityZone": "eu-central-1b"}
    lightsail.create_disk_from_snapshot(**wanted, sizeInGb=16)
    endpoint.settle()
    assert endpoint.storage.disks["again"] == "letters"
    small = error(lightsail.create_disk_from_snapshot, **(wanted | {"diskName": "small"}), sizeInGb=7)
    assert small["Code"] == "InvalidInputException"
    lightsail.delete_disk_snapshot(diskSnapshotName="copy")
    endpoint.settle()
    assert endpoint.storage.snapshots == {}
    gone = error(lightsail.create_disk_from_snapshot, **(wanted | {"diskName": "late"}), sizeInGb=8)
    assert gone["Code"] == "NotFoundException"


def test_nothing_happens_to_a_disk_while_it_is_copied(endpoint, lightsail, create, disk):
    create()
    disk()
    endpoint.storage.go_on.clear()
    lightsail.create_disk_snapshot(diskName="data", diskSnapshotName="copy")
    attach = error(lightsail.attach_disk, diskName="data", instanceName="web", diskPath="/dev/xvdf")
    assert attach["Code"] == "OperationFailureException"
    assert error(lightsail.delete_disk, diskName="data")["Code"] == "OperationFailureException"
    assert error(lightsail.delete_disk_snapshot, diskSnapshotName="copy")["Code"] == "OperationFailureException"
    endpoint.storage.go_on.set()
    endpoint.settle()
    lightsail.attach_disk(diskName="data", instanceName="web", diskPath="/dev/xvdf")


def test_a_snapshot_that_failed_says_so(endpoint, lightsail, disk):
    disk()
    endpoint.storage.failure = "no space left on device"
    lightsail.create_disk_snapshot(diskName="data", diskSnapshotName="copy")
    endpoint.settle()
    assert lightsail.get_disk_snapshot(diskSnapshotName="copy")["diskSnapshot"]["state"] == "error"
    whole = error(lightsail.create_disk_snapshot, instanceName="web", diskSnapshotName="system")
    assert whole["Code"] == "InvalidInputException"


def test_a_new_process_finishes_what_the_old_one_left(endpoint, lightsail, disk):
    disk("going")
    disk("copied")
    endpoint.storage.disks["copied"] = "letters"
    endpoint.storage.go_on.clear()
    lightsail.delete_disk(diskName="going")
    lightsail.create_disk(diskName="begun", availabilityZone="eu-central-1a", sizeInGb=8)
    lightsail.create_disk_snapshot(diskName="copied", diskSnapshotName="copy")
    account = (endpoint.directory / "lightsail.json").read_bytes()
    kept = dict(endpoint.storage.disks)
    endpoint.storage.failure = "killed"
    endpoint.storage.go_on.set()
    endpoint.stop()
    (endpoint.directory / "lightsail.json").write_bytes(account)
    endpoint.storage.failure, endpoint.storage.disks = None, kept
    endpoint.start()
    endpoint.settle()
    again = endpoint.client()
    assert {item["name"]: item["state"] for item in again.get_disks()["disks"]} == {
        "copied": "available",
        "begun": "available",
    }
    assert again.get_disk_snapshot(diskSnapshotName="copy")["diskSnapshot"]["state"] == "completed"
    assert list(endpoint.storage.snapshots.values()) == ["letters"]
