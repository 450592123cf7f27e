"""Automatic snapshots: a daily one of each instance and disk that has the add-on; the last seven are kept."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta
from functools import partial

import structlog

from localcloud.lightsail import add_ons, automatic, disk_snapshots, instance_snapshots
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import LightsailError, NotFoundException, does_not_exist
from localcloud.lightsail.records import (
    Account,
    Disk,
    DiskSnapshot,
    Instance,
    InstanceSnapshot,
    Operation,
    SnapshotState,
    now,
)

log = structlog.get_logger(__name__)

KEPT = 7
LOOK_SECONDS = 60
STATUS = {SnapshotState.PENDING: "InProgress", SnapshotState.READY: "Success", SnapshotState.ERROR: "Failed"}

Snapshot = InstanceSnapshot | DiskSnapshot


def enable(cloud: Cloud, region: str, members: Members) -> Members:
    add_on = add_ons.parse(members["addOnRequest"])
    with cloud.store.changing() as account:
        resource = _find(account, region, members["resourceName"])
        resource.add_on = add_on
        return {"operations": [c.succeeded(account, resource, "EnableAddOn").describe()]}


def disable(cloud: Cloud, region: str, members: Members) -> Members:
    add_ons.parse({"addOnType": members["addOnType"]})
    with cloud.store.changing() as account:
        resource = _find(account, region, members["resourceName"])
        if resource.add_on is None:
            raise NotFoundException(f"The add-on does not exist: {members['addOnType']} of {resource.name}")
        # The snapshots that there are stay until they or their source are deleted.
        resource.add_on = None
        return {"operations": [c.succeeded(account, resource, "DisableAddOn").describe()]}


def get(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        resource = _find(account, region, members["resourceName"])
        newest_first = reversed(snapshots_of(account, resource))
        return {
            "resourceName": resource.name,
            "resourceType": resource.resource_type,
            "autoSnapshots": [_describe(snapshot) for snapshot in newest_first],
        }


def delete(cloud: Cloud, region: str, members: Members) -> Members:
    day = automatic.parse_day(members["date"])
    with cloud.store.changing() as account:
        resource = _find(account, region, members["resourceName"])
        found = [snapshot for snapshot in snapshots_of(account, resource) if snapshot.automatic_on == day]
        if not found:
            raise NotFoundException(f"{resource.name} has no automatic snapshot of {day}")
        operation = _forget(account, found[0])
    cloud.in_background(found[0], [operation.id], partial(_destroy, cloud, found[0]))
    return {"operations": [operation.describe()]}


def snapshots_of(account: Account, resource: Instance | Disk) -> list[Snapshot]:
    """The automatic snapshots of an instance or disk, oldest first, those that are going left out."""
    listed: list[Snapshot] = [*account.instance_snapshots, *account.disk_snapshots]
    own = [item for item in listed if item.automatic_on and item.from_arn == resource.arn]
    return sorted((item for item in own if item.state is not SnapshotState.DELETING), key=lambda item: item.created_at)


def take_due(cloud: Cloud, moment: datetime) -> list[str]:
    """Begin the snapshots whose hour has come and that are not there yet, and drop the eighth ones.

    Returns:
        The names of their sources.
    """
    with cloud.store.reading() as account:
        resources: list[Instance | Disk] = [*account.instances, *account.disks]
        due = [(item.region, item.name) for item in resources if is_due(account, item, moment)]
    begun = []
    for region, name in due:
        try:
            _take(cloud, region, name, moment)
        except LightsailError as error:
            # A machine that is starting or stopping: the next look finds it due again.
            log.info("automatic snapshot put off", resource=name, cause=error.message)
        else:
            begun.append(name)
    return begun


def is_due(account: Account, resource: Instance | Disk, moment: datetime) -> bool:
    """Whether the last time of the day that the add-on names was after it was switched on, and has no snapshot."""
    if resource.add_on is None:
        return False
    last = datetime.combine(moment.astimezone(UTC).date(), time(resource.add_on.snapshot_hour, tzinfo=UTC))
    if last > moment:
        last -= timedelta(days=1)
    taken = {snapshot.automatic_on for snapshot in snapshots_of(account, resource)}
    return resource.add_on.enabled_at <= last and last.date() not in taken


def start(cloud: Cloud) -> None:
    """Look every minute, in a thread of its own, for as long as this process lives."""

    def look() -> None:
        while True:
            try:
                take_due(cloud, now())
            except Exception:
                log.exception("automatic snapshots failed")
            waiting.wait(LOOK_SECONDS)

    waiting = threading.Event()
    threading.Thread(target=look, name="automatic-snapshots", daemon=True).start()


def _take(cloud: Cloud, region: str, name: str, moment: datetime) -> None:
    with cloud.store.changing() as account:
        resource = _find(account, region, name)
        if resource.add_on is None:
            return
        hour = resource.add_on.snapshot_hour
        day = moment.date() if moment.hour >= hour else moment.date() - timedelta(days=1)
        title = f"{name}-auto-{day}"
        snapshot: Snapshot
        queue: Instance | Disk
        if isinstance(resource, Instance):
            snapshot, operation = instance_snapshots.begin(account, resource, title, day)
            queue, step = resource, partial(instance_snapshots.take, cloud, snapshot)
        else:
            snapshot, instance, operation = disk_snapshots.begin(account, resource, title, day)
            queue, step = instance or resource, partial(disk_snapshots.take, cloud, snapshot)
        superfluous = [(old, _forget(account, old).id) for old in snapshots_of(account, resource)[:-KEPT]]
    cloud.in_background(queue, [operation.id], step)
    for old, identifier in superfluous:
        cloud.in_background(old, [identifier], partial(_destroy, cloud, old))


def _find(account: Account, region: str, name: str) -> Instance | Disk:
    resources: list[Instance | Disk] = [*account.instances, *account.disks]
    for resource in resources:
        if resource.region == region and resource.name == name:
            return resource
    raise does_not_exist("Instance or Disk", name)


def _forget(account: Account, snapshot: Snapshot) -> Operation:
    if isinstance(snapshot, InstanceSnapshot):
        return instance_snapshots.forget(account, snapshot)
    return disk_snapshots.forget(account, snapshot)


def _destroy(cloud: Cloud, snapshot: Snapshot) -> None:
    if isinstance(snapshot, InstanceSnapshot):
        instance_snapshots.destroy(cloud, snapshot)
    else:
        disk_snapshots.destroy(cloud, snapshot)


def _describe(snapshot: Snapshot) -> Members:
    attached = snapshot.disks if isinstance(snapshot, InstanceSnapshot) else []
    return {
        "date": str(snapshot.automatic_on),
        "createdAt": snapshot.created_at,
        "status": STATUS[snapshot.state],
        "fromAttachedDisks": [{"path": disk.path, "sizeInGb": disk.size_gb} for disk in attached],
    }


OPERATIONS: dict[str, c.Handler] = {
    "EnableAddOn": enable,
    "DisableAddOn": disable,
    "GetAutoSnapshots": get,
    "DeleteAutoSnapshot": delete,
}
