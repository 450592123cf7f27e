"""Disks of their own: made, attached to an instance as a block device, detached, deleted."""

from __future__ import annotations

import re
from functools import partial

from localcloud.lightsail import add_ons, catalogue, networking, quotas
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.names import check_resource_name
from localcloud.lightsail.records import Account, Disk, DiskState, Instance, InstanceState, Operation, SnapshotState

SMALLEST_GB, LARGEST_GB = 8, 16_000
PER_INSTANCE = 15
PATH = re.compile(r"/dev/(?:xvd[b-z]|sd[f-p])")
# Lightsail gives its SSD disks a hundred operations a second at least.
IOPS = 100


def create_disk(cloud: Cloud, region: str, members: Members) -> Members:
    return create(cloud, region, members)


def create(cloud: Cloud, region: str, members: Members, source: str | None = None, least_gb: int = 0) -> Members:
    """A new disk, of a snapshot's id where it is made from one, which holds `least_gb`."""
    name = check_resource_name(members["diskName"])
    size = members["sizeInGb"]
    if not SMALLEST_GB <= size <= LARGEST_GB:
        raise InvalidInputException(f"sizeInGb is not valid: {size}", f"use {SMALLEST_GB} to {LARGEST_GB}")
    if size < least_gb:
        raise InvalidInputException(f"sizeInGb is {size}, and the snapshot's disk has {least_gb}", "ask for no less")
    disk = Disk(
        name=name,
        region=region,
        availability_zone=catalogue.check_zone(members["availabilityZone"], region),
        size_gb=size,
        source=source,
        add_on=add_ons.parse_list(members.get("addOns", [])),
        tags={tag["key"]: tag.get("value", "") for tag in members.get("tags", [])},
    )
    with cloud.store.changing() as account:
        c.check_names_free(account, region, [name])
        account.disks.append(disk)
        operation = c.started(account, disk, "CreateDiskFromSnapshot" if source else "CreateDisk")
    cloud.in_background(disk, [operation.id], partial(make, cloud, disk))
    return {"operations": [operation.describe()]}


def make(cloud: Cloud, disk: Disk) -> None:
    """Make the disk's volume, and its record available or in error."""
    try:
        cloud.storage.create_disk(disk)
    except Exception:
        with cloud.changing(disk) as changed:
            changed.state = DiskState.ERROR
        raise
    with cloud.changing(disk) as changed:
        changed.state = DiskState.IN_USE if disk.attached_to else DiskState.AVAILABLE


def get_disk(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        return {"disk": describe(c.find_disk(account, region, members["diskName"]))}


def get_disks(cloud: Cloud, region: str, _members: Members) -> Members:
    with cloud.store.reading() as account:
        return {"disks": [describe(disk) for disk in account.disks if disk.region == region]}


def attach(cloud: Cloud, region: str, members: Members) -> Members:
    path = members["diskPath"]
    if not PATH.fullmatch(path):
        raise InvalidInputException(f"diskPath is not valid: {path}", "use /dev/xvdf to /dev/xvdz")
    if members.get("autoMounting"):
        raise InvalidInputException("autoMounting is for Lightsail for Research alone", "leave it out")
    with cloud.store.changing() as account:
        disk = c.find_disk(account, region, members["diskName"])
        instance = c.find_instance(account, region, members["instanceName"])
        _check_free(account, disk)
        if instance.state not in (InstanceState.RUNNING, InstanceState.STOPPED):
            raise OperationFailureException(
                f"{disk.name} cannot be attached: {instance.name} is {instance.state.value}",
                "wait until it is running or stopped",
            )
        if disk.availability_zone != instance.availability_zone:
            raise InvalidInputException(
                f"{disk.name} is in {disk.availability_zone} and {instance.name} in {instance.availability_zone}",
                "make the disk in the instance's zone, from a snapshot where it has data",
            )
        others = networking.attached_disks(account, instance)
        if path in (other.path for other in others):
            raise InvalidInputException(f"{path} is taken on {instance.name}", "use another path")
        if len(others) == PER_INSTANCE:
            raise OperationFailureException(f"{instance.name} has {PER_INSTANCE} disks, the most that there can be")
        disk.attached_to, disk.path, disk.state = instance.name, path, DiskState.IN_USE
        quotas.check(account, region)
        operations = _both(account, disk, instance, "AttachDisk")
    cloud.in_background(instance, [item.id for item in operations], partial(_connect, cloud, disk, instance))
    return {"operations": [operation.describe() for operation in operations]}


def _connect(cloud: Cloud, disk: Disk, instance: Instance) -> None:
    found = networking.current(cloud, instance)
    try:
        if found is not None and found[0].state is InstanceState.RUNNING:
            cloud.storage.connect(disk, instance)
    except Exception:
        free(cloud, disk)
        raise
    with cloud.changing(disk) as record:
        record.connected = True


def detach(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        disk = c.find_disk(account, region, members["diskName"])
        if disk.attached_to is None:
            raise OperationFailureException(f"{disk.name} is attached to no instance")
        instance = c.find_instance(account, region, disk.attached_to)
        if instance.state is not InstanceState.STOPPED:
            raise OperationFailureException(
                f"{disk.name} cannot be detached: {instance.name} is {instance.state.value}",
                "unmount its file systems, stop the instance, then detach the disk",
            )
        _check_no_snapshot(account, disk)
        disk.attached_to, disk.path, disk.connected, disk.state = None, None, False, DiskState.AVAILABLE
        # A stopped machine has no device, so nothing is left to do.
        operations = _both(account, disk, instance, "DetachDisk")
        for operation in operations:
            operation.status = "Succeeded"
    return {"operations": [operation.describe() for operation in operations]}


def delete(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        disk = c.find_disk(account, region, members["diskName"])
        if disk.state is not DiskState.ERROR:
            _check_free(account, disk)
        add_ons.check_deletable(disk, members)
        disk.deleting = True
        operation = c.started(account, disk, "DeleteDisk")
    cloud.in_background(disk, [operation.id], partial(destroy, cloud, disk))
    return {"operations": [operation.describe()]}


def destroy(cloud: Cloud, disk: Disk) -> None:
    """Remove the disk with its data and its automatic snapshots, then the record."""
    with cloud.store.reading() as account:
        snapshots = [item for item in account.disk_snapshots if item.automatic_on and item.from_arn == disk.arn]
    for snapshot in snapshots:
        cloud.storage.remove_disk_snapshot(snapshot.id)
    cloud.storage.remove_disk(disk)
    gone = {snapshot.id for snapshot in snapshots}
    with cloud.store.changing() as account:
        account.disk_snapshots = [found for found in account.disk_snapshots if found.id not in gone]
        account.disks = [found for found in account.disks if found.id != disk.id]


def free(cloud: Cloud, disk: Disk) -> None:
    """Make the record say that the disk is attached to nothing."""
    with cloud.changing(disk) as record:
        record.attached_to, record.path, record.connected = None, None, False
        record.state = DiskState.AVAILABLE


def describe(disk: Disk) -> Members:
    shown = disk.describe() | {
        "tags": disk.tag_list(),
        "addOns": add_ons.describe(disk.add_on),
        "sizeInGb": disk.size_gb,
        "isSystemDisk": False,
        "iops": IOPS,
        # The model has no word for a disk that is being deleted.
        "state": "unknown" if disk.deleting else disk.state.value,
        "isAttached": disk.connected,
        "attachmentState": "attached" if disk.connected else "attaching" if disk.attached_to else "detached",
    }
    return shown | ({"attachedTo": disk.attached_to, "path": disk.path} if disk.attached_to else {})


def _both(account: Account, disk: Disk, instance: Instance, operation_type: str) -> list[Operation]:
    return [
        c.started(account, disk, operation_type, instance.name),
        c.started(account, instance, operation_type, disk.name),
    ]


def _check_free(account: Account, disk: Disk) -> None:
    if disk.deleting or disk.state is not DiskState.AVAILABLE:
        state = "being deleted" if disk.deleting else disk.state.value
        to = f" (attached to {disk.attached_to})" if disk.attached_to else ""
        raise OperationFailureException(f"{disk.name} is {state}{to}, not available", "wait, or detach it first")
    _check_no_snapshot(account, disk)


def _check_no_snapshot(account: Account, disk: Disk) -> None:
    for snapshot in account.disk_snapshots:
        if snapshot.from_arn == disk.arn and snapshot.state is SnapshotState.PENDING:
            raise OperationFailureException(f"A snapshot of {disk.name} is being taken", "wait until it is completed")


OPERATIONS: dict[str, c.Handler] = {
    "CreateDisk": create_disk,
    "GetDisk": get_disk,
    "GetDisks": get_disks,
    "AttachDisk": attach,
    "DetachDisk": detach,
    "DeleteDisk": delete,
}
