"""Bringing machines and servers to what the records say, when the endpoint starts."""

from __future__ import annotations

from functools import partial

from localcloud.lightsail import (
    database_resume,
    disk_snapshots,
    disks,
    instance_snapshots,
    instances,
    load_balancers,
)
from localcloud.lightsail.cloud import Cloud
from localcloud.lightsail.records import DiskSnapshot, DiskState, InstanceSnapshot, InstanceState, SnapshotState


def reconcile(cloud: Cloud) -> None:
    """Finish what the last run left half-done and start what should run; returns when all is submitted.

    Operations that were underway end with the step that finishes their resource's work.
    """
    with cloud.store.reading() as account:
        all_instances = [instance.model_copy(deep=True) for instance in account.instances]
        all_disks = [disk.model_copy(deep=True) for disk in account.disks]
        listed: list[InstanceSnapshot | DiskSnapshot] = [*account.instance_snapshots, *account.disk_snapshots]
        snapshots = [item.model_copy(deep=True) for item in listed]
        all_balancers = [balancer.model_copy(deep=True) for balancer in account.load_balancers]
        unfinished = {
            (operation.region, operation.resource_name): operation.id
            for operation in account.operations
            if operation.status == "Started"
        }
    for instance in all_instances:
        operations = [unfinished[key]] if (key := (instance.region, instance.name)) in unfinished else []
        match instance.state:
            case InstanceState.PENDING | InstanceState.RUNNING:
                cloud.in_background(instance, operations, partial(instances.boot, cloud, instance))
            case InstanceState.STOPPING:
                cloud.in_background(instance, operations, partial(instances.halt, cloud, instance))
            case InstanceState.SHUTTING_DOWN:
                cloud.in_background(instance, operations, partial(instances.destroy, cloud, instance))
    for disk in all_disks:
        operations = [unfinished[key]] if (key := (disk.region, disk.name)) in unfinished else []
        if disk.deleting:
            cloud.in_background(disk, operations, partial(disks.destroy, cloud, disk))
        elif disk.state is DiskState.PENDING and disk.attached_to is None:
            cloud.in_background(disk, operations, partial(disks.make, cloud, disk))
        elif operations:
            # Attaching ends with the machine's start.
            cloud.in_background(disk, operations, lambda: None)
    for snapshot in snapshots:
        operations = [unfinished[key]] if (key := (snapshot.region, snapshot.name)) in unfinished else []
        room = instance_snapshots if isinstance(snapshot, InstanceSnapshot) else disk_snapshots
        if snapshot.state is SnapshotState.PENDING:
            source = next((item for item in (*all_instances, *all_disks) if item.arn == snapshot.from_arn), snapshot)
            cloud.in_background(source, operations, partial(room.take, cloud, snapshot))
        elif snapshot.state is SnapshotState.DELETING:
            cloud.in_background(snapshot, operations, partial(room.destroy, cloud, snapshot))
    for balancer in all_balancers:
        operations = [unfinished[key]] if (key := (balancer.region, balancer.name)) in unfinished else []
        step = load_balancers.destroy if balancer.deleting else load_balancers.bring_up
        cloud.in_background(balancer, operations, partial(step, cloud, balancer))
    database_resume.resume(cloud, unfinished)
