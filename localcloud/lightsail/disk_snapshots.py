"""Snapshots of disks, and disks made from them."""

from __future__ import annotations

from datetime import date
from functools import partial

from localcloud.lightsail import automatic, disks, snapshots
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.names import check_resource_name
from localcloud.lightsail.records import Account, Disk, DiskSnapshot, DiskState, Instance, Operation, SnapshotState

STATES = {SnapshotState.PENDING: "pending", SnapshotState.READY: "completed", SnapshotState.ERROR: "error"}


def create(cloud: Cloud, region: str, members: Members) -> Members:
    if "instanceName" in members:
        raise InvalidInputException(
            "Snapshots of an instance's system disk alone are not offered by localcloud",
            "use CreateInstanceSnapshot, or name a disk",
        )
    if "diskName" not in members:
        raise InvalidInputException("diskName is missing")
    name = check_resource_name(members["diskSnapshotName"])
    with cloud.store.changing() as account:
        disk = c.find_disk(account, region, members["diskName"])
        c.check_names_free(account, region, [name])
        snapshot, instance, operation = begin(account, disk, name)
        snapshot.tags = {tag["key"]: tag.get("value", "") for tag in members.get("tags", [])}
    cloud.in_background(instance or disk, [operation.id], partial(take, cloud, snapshot))
    return {"operations": [operation.describe()]}


def begin(
    account: Account, disk: Disk, name: str, day: date | None = None
) -> tuple[DiskSnapshot, Instance | None, Operation]:
    """A snapshot's record, and the instance that has the disk, whose other steps it must wait for.

    Raises:
        OperationFailureException: the disk is in no state for it.
    """
    if disk.deleting or disk.state not in (DiskState.AVAILABLE, DiskState.IN_USE):
        raise OperationFailureException(f"{disk.name} cannot be copied: it is {disk.state.value}")
    instance = c.find_instance(account, disk.region, disk.attached_to) if disk.attached_to else None
    snapshot = DiskSnapshot(
        name=name,
        region=disk.region,
        availability_zone="all",
        size_gb=disk.size_gb,
        from_name=disk.name,
        from_arn=disk.arn,
        automatic_on=day,
    )
    account.disk_snapshots.append(snapshot)
    return snapshot, instance, c.started(account, snapshot, "CreateDiskSnapshot", disk.name)


def take(cloud: Cloud, snapshot: DiskSnapshot) -> None:
    """Copy the disk as it is now."""
    with snapshots.taking(cloud, snapshot):
        with cloud.store.reading() as account:
            disk = next((found for found in account.disks if found.arn == snapshot.from_arn), None)
            if disk is None:
                raise OperationFailureException(f"The disk {snapshot.from_name} is gone")
            instance = c.find_instance(account, disk.region, disk.attached_to) if disk.attached_to else None
            disk = disk.model_copy(deep=True)
        cloud.storage.take_disk_snapshot(snapshot, disk, instance)


def get(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        return {"diskSnapshot": describe(c.find_disk_snapshot(account, region, members["diskSnapshotName"]))}


def get_all(cloud: Cloud, region: str, _members: Members) -> Members:
    with cloud.store.reading() as account:
        found = snapshots.named(account.disk_snapshots, region)
        return {"diskSnapshots": [describe(snapshot) for snapshot in found]}


def delete(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        snapshot = c.find_disk_snapshot(account, region, members["diskSnapshotName"])
        operation = forget(account, snapshot)
    cloud.in_background(snapshot, [operation.id], partial(destroy, cloud, snapshot))
    return {"operations": [operation.describe()]}


def forget(account: Account, snapshot: DiskSnapshot) -> Operation:
    """Mark a snapshot as going.

    Raises:
        OperationFailureException: it is being taken, or a disk is being made from it.
    """
    snapshots.check_resting(snapshot)
    for disk in account.disks:
        if disk.source == snapshot.id and disk.state is DiskState.PENDING:
            raise OperationFailureException(f"{disk.name} is being made from {snapshot.name}", "wait until it is there")
    snapshot.state = SnapshotState.DELETING
    return c.started(account, snapshot, "DeleteDiskSnapshot")


def destroy(cloud: Cloud, snapshot: DiskSnapshot) -> None:
    cloud.storage.remove_disk_snapshot(snapshot.id)
    with cloud.store.changing() as account:
        account.disk_snapshots = [found for found in account.disk_snapshots if found.id != snapshot.id]


def create_disk(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        candidates = [item for item in account.disk_snapshots if item.region == region]
        snapshot = automatic.choose(candidates, members, "diskSnapshotName", "sourceDiskName", "DiskSnapshot")
        snapshots.check_ready(snapshot, "completed")
    return disks.create(cloud, region, members, source=snapshot.id, least_gb=snapshot.size_gb)


def describe(snapshot: DiskSnapshot) -> Members:
    return snapshots.describe(snapshot) | {
        "state": STATES.get(snapshot.state, "unknown"),
        "fromDiskName": snapshot.from_name,
        "fromDiskArn": snapshot.from_arn,
    }


OPERATIONS: dict[str, c.Handler] = {
    "CreateDiskSnapshot": create,
    "GetDiskSnapshot": get,
    "GetDiskSnapshots": get_all,
    "DeleteDiskSnapshot": delete,
    "CreateDiskFromSnapshot": create_disk,
}
