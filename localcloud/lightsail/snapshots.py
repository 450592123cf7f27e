"""What snapshots of disks and of instances have in common: taking, forgetting and showing them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import OperationFailureException
from localcloud.lightsail.records import DiskSnapshot, InstanceSnapshot, SnapshotState

Snapshot = DiskSnapshot | InstanceSnapshot
Kind = TypeVar("Kind", DiskSnapshot, InstanceSnapshot)


def named(snapshots: Iterable[Kind], region: str) -> list[Kind]:
    """Those of a region that somebody took; automatic ones have no name of their own."""
    return [snapshot for snapshot in snapshots if snapshot.region == region and snapshot.automatic_on is None]


@contextmanager
def taking(cloud: Cloud, snapshot: Snapshot) -> Iterator[None]:
    """Copying what the snapshot holds: it is ready at the end, or in error where that failed."""
    try:
        yield
    except Exception:
        with cloud.changing(snapshot) as record:
            record.state = SnapshotState.ERROR
        raise
    with cloud.changing(snapshot) as record:
        record.state = SnapshotState.READY


def check_resting(snapshot: Snapshot) -> None:
    """Raises an OperationFailureException where the snapshot is being taken or deleted."""
    if snapshot.state in (SnapshotState.PENDING, SnapshotState.DELETING):
        raise OperationFailureException(f"{snapshot.name} is {snapshot.state.value}", "wait until that is over")


def check_ready(snapshot: Snapshot, ready: str) -> None:
    """Raises an OperationFailureException where nothing can be made from it; `ready` is the service's word."""
    if snapshot.state is not SnapshotState.READY:
        raise OperationFailureException(f"{snapshot.name} is {snapshot.state.value}", f"wait until it is {ready}")


def describe(snapshot: Snapshot) -> Members:
    return snapshot.describe() | {
        "tags": snapshot.tag_list(),
        "sizeInGb": snapshot.size_gb,
        "progress": "100%" if snapshot.state is SnapshotState.READY else "0%",
        "isFromAutoSnapshot": False,
    }
