"""Disks and snapshots with real machines behind them: what was written is there again."""

import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from localcloud import docker_engine
from localcloud.lightsail import auto_snapshots

ZONE = {"availabilityZone": "eu-central-1a", "bundleId": "nano_3_0"}


@pytest.fixture(scope="module")
def cloud(start_cloud):
    with start_cloud("test-compute") as running:
        yield running


@pytest.fixture(scope="module")
def lightsail(cloud):
    cloud.client.create_key_pair(keyPairName="key")
    cloud.client.create_instances(instanceNames=["web"], blueprintId="debian_12", keyPairName="key", **ZONE)
    cloud.client.create_disk(diskName="data", availabilityZone="eu-central-1a", sizeInGb=8)
    cloud.settle()
    return cloud.client


def until_ssh(lightsail, name):
    address = lightsail.get_instance(instanceName=name)["instance"]["publicIpAddress"]
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((address, 22), timeout=1) as connection:
                return connection.recv(4)
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{name} does not answer at {address}")


def test_disks_and_snapshots_have_the_data_there(cloud, lightsail):
    lightsail.attach_disk(diskName="data", instanceName="web", diskPath="/dev/xvdf")
    cloud.settle()
    cloud.run(
        "web", "mkfs.ext4 -q /dev/xvdf; mkdir /srv/data; mount /dev/xvdf /srv/data; echo letters > /srv/data/file"
    )
    assert int(cloud.run("web", "blockdev --getsize64 /dev/xvdf")) == 8 * 1024**3
    device = int(cloud.run("web", "stat --format %T /dev/xvdf"), 16)
    assert is_bound(device)
    until_ssh(lightsail, "web")
    cloud.run(
        "web", "echo system > /root/file; mkdir -p /var/lib/docker/volumes; echo engine > /var/lib/docker/volumes/file"
    )
    host_key = cloud.run("web", "cat /etc/ssh/ssh_host_ed25519_key.pub")

    # A file that lies in the machine's memory alone is in the snapshots too.
    lightsail.create_instance_snapshot(instanceSnapshotName="whole", instanceName="web")
    lightsail.create_disk_snapshot(diskSnapshotName="disk", diskName="data")
    cloud.settle()
    assert lightsail.get_instance_snapshot(instanceSnapshotName="whole")["instanceSnapshot"]["state"] == "available"
    assert cloud.run("web", "cat /srv/data/file") == "letters"
    cloud.run("web", "echo later > /root/file; echo later > /srv/data/file")

    # A stop and a start show the same disk at the same path.
    lightsail.stop_instance(instanceName="web")
    cloud.settle()
    assert not is_bound(device)
    lightsail.start_instance(instanceName="web")
    cloud.settle()
    assert cloud.run("web", "mount /dev/xvdf /srv/data; cat /srv/data/file") == "later"

    lightsail.create_instances_from_snapshot(instanceSnapshotName="whole", instanceNames=["copy"], **ZONE)
    lightsail.create_disk_from_snapshot(
        diskSnapshotName="disk", diskName="more", availabilityZone="eu-central-1a", sizeInGb=10
    )
    cloud.settle()
    until_ssh(lightsail, "copy")
    assert cloud.run("copy", "cat /root/file /var/lib/docker/volumes/file") == "system\nengine"
    assert cloud.run("copy", "mount /dev/xvdf /srv/data; cat /srv/data/file") == "letters"
    assert cloud.run("copy", "cat /etc/ssh/ssh_host_ed25519_key.pub") != host_key
    lightsail.attach_disk(diskName="more", instanceName="copy", diskPath="/dev/xvdg")
    cloud.settle()
    grown = cloud.run(
        "copy",
        "e2fsck -fp /dev/xvdg > /dev/null || [ $? = 1 ]; resize2fs /dev/xvdg; mount /dev/xvdg /mnt; cat /mnt/file",
    )
    assert grown.endswith("letters")
    assert int(cloud.run("copy", "blockdev --getsize64 /dev/xvdg")) == 10 * 1024**3

    # A snapshot goes while a machine made from it runs on; its image goes with that machine.
    lightsail.delete_instance_snapshot(instanceSnapshotName="whole")
    cloud.settle()
    assert cloud.run("copy", "cat /root/file") == "system"
    lightsail.stop_instance(instanceName="copy")
    cloud.settle()
    lightsail.detach_disk(diskName="more")
    lightsail.delete_instance(instanceName="copy")
    cloud.settle()
    left = {"label": f"{docker_engine.LABEL}={cloud.cloud.settings.name}"}
    assert cloud.cloud.engine.images.list(filters=left) == []
    assert {disk["name"]: disk["state"] for disk in lightsail.get_disks()["disks"]} == {
        "data": "in-use",
        "copy-data": "available",
        "more": "available",
    }


def is_bound(device):
    """Whether a loop device, by its minor number, has a file."""
    return Path(f"/sys/block/loop{device}/loop").exists()


def test_an_automatic_snapshot_brings_a_machine_back(cloud, lightsail):
    cloud.run("web", "echo kept > /root/kept")
    lightsail.enable_add_on(resourceName="web", addOnRequest={"addOnType": "AutoSnapshot"})
    assert auto_snapshots.take_due(cloud.cloud, datetime.now(UTC) + timedelta(days=1)) == ["web"]
    cloud.settle()
    [found] = lightsail.get_auto_snapshots(resourceName="web")["autoSnapshots"]
    assert found["status"] == "Success"
    assert found["fromAttachedDisks"] == [{"path": "/dev/xvdf", "sizeInGb": 8}]
    lightsail.create_instances_from_snapshot(
        sourceInstanceName="web", restoreDate=found["date"], instanceNames=["back"], **ZONE
    )
    cloud.settle()
    assert cloud.run("back", "cat /root/kept") == "kept"
    lightsail.delete_instance(instanceName="web", forceDeleteAddOns=True)
    lightsail.delete_instance(instanceName="back")
    cloud.settle()
    assert lightsail.get_instances()["instances"] == []
