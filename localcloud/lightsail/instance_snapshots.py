"""Snapshots of instances, and instances made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from uuid import uuid4

from localcloud.lightsail import automatic, catalogue, instances, networking, snapshots
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.names import check_resource_name
from localcloud.lightsail.records import (
    Account,
    AttachedDisk,
    Disk,
    DiskState,
    Instance,
    InstanceSnapshot,
    InstanceState,
    Operation,
    SnapshotState,
)

STATES = {SnapshotState.PENDING: "pending", SnapshotState.READY: "available", SnapshotState.ERROR: "error"}


def create(cloud: Cloud, region: str, members: Members) -> Members:
    name = check_resource_name(members["instanceSnapshotName"])
    with cloud.store.changing() as account:
        instance = c.find_instance(account, region, members["instanceName"])
        c.check_names_free(account, region, [name])
        snapshot, operation = begin(account, instance, name)
        snapshot.tags = {tag["key"]: tag.get("value", "") for tag in members.get("tags", [])}
    cloud.in_background(instance, [operation.id], partial(take, cloud, snapshot))
    return {"operations": [operation.describe()]}


def begin(
    account: Account, instance: Instance, name: str, day: date | None = None
) -> tuple[InstanceSnapshot, Operation]:
    """A snapshot's record.

    Raises:
        OperationFailureException: the instance neither runs nor is stopped.
    """
    if instance.state not in (InstanceState.RUNNING, InstanceState.STOPPED):
        raise OperationFailureException(
            f"{instance.name} cannot be copied: it is {instance.state.value}", "wait until it is running or stopped"
        )
    snapshot = InstanceSnapshot(
        name=name,
        region=instance.region,
        from_name=instance.name,
        from_arn=instance.arn,
        from_blueprint_id=instance.blueprint_id,
        from_bundle_id=instance.bundle_id,
        size_gb=catalogue.bundle(instance.bundle_id, instance.region)["diskSizeInGb"],
        disks=[
            AttachedDisk(name=disk.name, path=disk.path or "", size_gb=disk.size_gb, snapshot_id=str(uuid4()))
            for disk in networking.attached_disks(account, instance)
        ],
        automatic_on=day,
    )
    account.instance_snapshots.append(snapshot)
    return snapshot, c.started(account, snapshot, "CreateInstanceSnapshot", instance.name)


def take(cloud: Cloud, snapshot: InstanceSnapshot) -> None:
    """Copy the machine and its disks as they are now."""
    with snapshots.taking(cloud, snapshot):
        with cloud.store.reading() as account:
            instance = next((found for found in account.instances if found.arn == snapshot.from_arn), None)
            if instance is None:
                raise OperationFailureException(f"The instance {snapshot.from_name} is gone")
            wanted = {disk.name: disk.snapshot_id for disk in snapshot.disks}
            attached = [
                (wanted[disk.name], disk.model_copy(deep=True))
                for disk in networking.attached_disks(account, instance)
                if disk.name in wanted
            ]
            instance = instance.model_copy(deep=True)
        cloud.storage.take_instance_snapshot(snapshot, instance, cloud.machines.docker_volume(instance), attached)


def get(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        return {
            "instanceSnapshot": describe(c.find_instance_snapshot(account, region, members["instanceSnapshotName"]))
        }


def get_all(cloud: Cloud, region: str, _members: Members) -> Members:
    with cloud.store.reading() as account:
        found = snapshots.named(account.instance_snapshots, region)
        return {"instanceSnapshots": [describe(snapshot) for snapshot in found]}


def delete(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        snapshot = c.find_instance_snapshot(account, region, members["instanceSnapshotName"])
        operation = forget(account, snapshot)
    cloud.in_background(snapshot, [operation.id], partial(destroy, cloud, snapshot))
    return {"operations": [operation.describe()]}


def forget(account: Account, snapshot: InstanceSnapshot) -> Operation:
    """Mark a snapshot as going.

    Raises:
        OperationFailureException: it is being taken, or an instance is being made from it.
    """
    snapshots.check_resting(snapshot)
    for instance in account.instances:
        if instance.source == snapshot.id and instance.state is InstanceState.PENDING:
            raise OperationFailureException(f"{instance.name} is being made from {snapshot.name}", "wait until it runs")
    snapshot.state = SnapshotState.DELETING
    return c.started(account, snapshot, "DeleteInstanceSnapshot")


def destroy(cloud: Cloud, snapshot: InstanceSnapshot) -> None:
    cloud.storage.remove_instance_snapshot(snapshot)
    with cloud.store.changing() as account:
        account.instance_snapshots = [found for found in account.instance_snapshots if found.id != snapshot.id]


def create_instances(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        candidates = [item for item in account.instance_snapshots if item.region == region]
        snapshot = automatic.choose(
            candidates, members, "instanceSnapshotName", "sourceInstanceName", "InstanceSnapshot"
        ).model_copy(deep=True)
        keys = {found.arn: found.key_pair for found in account.instances}
    snapshots.check_ready(snapshot, "available")
    size = catalogue.bundle(members["bundleId"], region)["diskSizeInGb"]
    if size < snapshot.size_gb:
        raise InvalidInputException(
            f"The bundle {members['bundleId']} has {size} GB, and the snapshot needs {snapshot.size_gb}",
            "use a bundle of the same or a larger disk",
        )
    wanted = {"keyPairName": keys[snapshot.from_arn]} | members if snapshot.from_arn in keys else members
    names = members["instanceNames"]
    mapping = members.get("attachedDiskMapping", {})
    if unknown := sorted(set(mapping) - set(names)):
        raise InvalidInputException(f"attachedDiskMapping names no new instance: {', '.join(unknown)}")
    disks = [
        disk for name in names for disk in _new_disks(region, members, name, mapping.get(name, ()), snapshot.disks)
    ]
    return instances.launch(cloud, region, wanted, snapshot.from_blueprint_id, source=snapshot.id, disks=disks)


def _new_disks(
    region: str,
    members: Members,
    instance: str,
    mapping: Sequence[Mapping[str, str]],
    snapshot_disks: Sequence[AttachedDisk],
) -> list[Disk]:
    """A new disk for each that was attached, at the same path. One that no name is given for is called after both."""
    named = {entry.get("originalDiskPath", ""): entry.get("newDiskName", "") for entry in mapping}
    if unknown := sorted(set(named) - {disk.path for disk in snapshot_disks}):
        raise InvalidInputException(f"The snapshot has no disk at {', '.join(unknown)}")
    return [
        Disk(
            name=check_resource_name(named.get(disk.path) or f"{instance}-{disk.name}"),
            region=region,
            availability_zone=members["availabilityZone"],
            size_gb=disk.size_gb,
            source=disk.snapshot_id,
            attached_to=instance,
            path=disk.path,
            state=DiskState.PENDING,
        )
        for disk in snapshot_disks
    ]


def describe(snapshot: InstanceSnapshot) -> Members:
    return snapshots.describe(snapshot) | {
        # The model has no word for a snapshot that is being deleted.
        "state": STATES.get(snapshot.state, "pending"),
        "fromAttachedDisks": [
            {"name": disk.name, "path": disk.path, "sizeInGb": disk.size_gb, "isSystemDisk": False}
            for disk in snapshot.disks
        ],
        "fromInstanceName": snapshot.from_name,
        "fromInstanceArn": snapshot.from_arn,
        "fromBlueprintId": snapshot.from_blueprint_id,
        "fromBundleId": snapshot.from_bundle_id,
    }


OPERATIONS: dict[str, c.Handler] = {
    "CreateInstanceSnapshot": create,
    "GetInstanceSnapshot": get,
    "GetInstanceSnapshots": get_all,
    "DeleteInstanceSnapshot": delete,
    "CreateInstancesFromSnapshot": create_instances,
}
