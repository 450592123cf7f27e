"""The modules of disks, snapshots and databases against localcloud's Lightsail, on good days and bad ones."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Region

ZONE = "eu-central-1a"
DISK = {"name": "data", "size_gb": 8, "availability_zone": ZONE}
ATTACHED = {**DISK, "state": "attached", "instance_name": "one", "path": "/dev/xvdf"}
ADDRESS = {"name": "ip", "state": "attached", "instance_name": "one"}
INSTANCE = {
    "name": "one",
    "blueprint_id": "debian_12",
    "bundle_id": "nano_3_0",
    "availability_zone": ZONE,
    "key_pair_name": "key",
}
DATABASE = {
    "name": "db",
    "blueprint_id": "postgres_17",
    "bundle_id": "micro_ha_2_0",
    "availability_zone": ZONE,
    "database_name": "prime_time",
    "master_username": "primetime",
    "master_password": "a-password-of-the-test",
    "backup_retention": True,
    "publicly_accessible": False,
}


def snapshot(name: str, **options: Any) -> tuple[str, dict[str, Any]]:
    return "snapshot", {"kind": "database", "name": name, "source_name": "db", **options}


def gone(name: str, kind: str) -> tuple[str, dict[str, Any]]:
    return "snapshot", {"kind": kind, "name": name, "state": "absent"}


def test_a_databases_snapshots_are_taken_kept_and_deleted(region: "Region") -> None:
    (made,) = region.play(("database", DATABASE))
    assert made["database"]["secondary_availability_zone"] == "eu-central-1b"
    region.changing()
    first = snapshot("release-1", tags={"environment": "trial"})
    (predicted,) = region.play(first, check=True)
    assert region.changing() == []
    taken, again = region.play(first, first)
    assert predicted["actions"] == taken["actions"] == ["create_relational_database_snapshot"]
    assert predicted["diff"] == taken["diff"]
    assert again["changed"] is False
    shown = taken["snapshot"]
    assert (shown["state"], shown["source_name"], shown["tags"]) == ("available", "db", {"environment": "trial"})
    region.changing()

    # Two of three are kept, and of other names none is touched.
    kept = {"keep": 2, "keep_prefix": "release-"}
    *_, third = region.play(snapshot("other"), snapshot("release-2"), snapshot("release-3", **kept))
    assert third["deleted"] == ["release-1"]
    assert third["actions"] == ["create_relational_database_snapshot", "delete_relational_database_snapshot"]
    (found,) = region.play(("snapshot_info", {"kind": "database"}))
    assert sorted(one["name"] for one in found["snapshots"]) == ["other", "release-2", "release-3"]
    region.changing()
    deleted, nothing = region.play(*[gone("other", "database")] * 2)
    assert (deleted["changed"], nothing["changed"]) == (True, False)
    assert region.changing() == ["DeleteRelationalDatabaseSnapshot"]


def test_what_failed_for_good_is_told_at_once_with_what_to_do(region: "Region") -> None:
    region.play(("database", DATABASE))
    region.cloud.servers.failure = region.cloud.storage.failure = "no space"
    region.cloud.balancers.failure = "no port"
    balancer = ("load_balancer", {"name": "lb", "instance_port": 80})
    for task, told in (
        (snapshot("broken"), "database snapshot broken is in the state failed"),
        (("disk", DISK), "disk data is in the state error"),
        (balancer, "load balancer lb is in the state failed"),
    ):
        (failed,) = region.play(task, fails=True)
        assert told in failed["msg"]
        assert "delete it (state: absent), and make it anew" in failed["msg"]
    region.changing()
    # Nor is it taken for what is wanted afterwards.
    (again,) = region.play(("disk", DISK), fails=True)
    assert "disk data is in the state error" in again["msg"]
    assert region.changing() == []
    region.cloud.servers.failure = region.cloud.storage.failure = region.cloud.balancers.failure = None
    deleted, taken = region.play(gone("broken", "database"), snapshot("broken"))
    assert (deleted["actions"], taken["snapshot"]["state"]) == (["delete_relational_database_snapshot"], "available")
    replaced = region.play(("disk", {"name": "data", "state": "absent"}), ("disk", DISK))
    assert replaced[1]["disk"]["state"] == "available"


MAKING = (
    [("disk", ATTACHED), ("snapshot", {"kind": "disk", "name": "disk-1", "source_name": "data"})],
    ["CreateDisk", "AttachDisk", "CreateDiskSnapshot"],
    {"disks": 1, "disk_snapshots": 1},
)
CHANGING = (
    [
        ("database", DATABASE),
        snapshot("database-1"),
        ("database", {**DATABASE, "publicly_accessible": True}),
        ("snapshot", {"kind": "instance", "name": "instance-1", "source_name": "one"}),
    ],
    [
        "CreateRelationalDatabase",
        "CreateRelationalDatabaseSnapshot",
        "UpdateRelationalDatabase",
        "CreateInstanceSnapshot",
    ],
    {"relational_databases": 1, "relational_database_snapshots": 1, "instance_snapshots": 1},
)


@pytest.mark.parametrize(("tasks", "calls", "there"), [MAKING, CHANGING], ids=["disks", "databases"])
def test_throttled_and_with_lost_replies_everything_is_made_once(
    region: "Region", tasks: list[tuple[str, dict[str, Any]]], calls: list[str], there: dict[str, int]
) -> None:
    front = region.endpoint.front
    front.throttle, front.lose = 4, list(calls)
    region.play(*tasks)
    assert (front.throttle, front.lose) == (0, [])
    assert standing(region, there) == there
    region.changing()
    again = region.play(tasks[-1])
    assert [one["changed"] for one in again] == [False]
    assert region.changing() == []


def test_throttled_and_with_lost_replies_everything_goes(region: "Region") -> None:
    front = region.endpoint.front
    region.play(("disk", DISK), ("database", DATABASE), snapshot("database-1"))
    front.throttle, front.lose = 4, ["DeleteDisk", "DeleteRelationalDatabaseSnapshot", "DeleteRelationalDatabase"]
    tasks = [
        ("disk", {"name": "data", "state": "absent"}),
        gone("database-1", "database"),
        ("database", {"name": "db", "state": "absent", "skip_final_snapshot": True}),
    ]
    region.play(*tasks)
    assert (front.throttle, front.lose) == (0, [])
    nothing = {"disks": 0, "relational_databases": 0, "relational_database_snapshots": 0}
    assert standing(region, nothing) == nothing


DELETIONS = [
    ("DeleteInstance", ("instance", {"name": "two", "state": "absent"})),
    ("DeleteLoadBalancer", ("load_balancer", {"name": "lb", "state": "absent"})),
    ("DeleteInstanceSnapshot", gone("instance-1", "instance")),
    ("DeleteDiskSnapshot", gone("disk-1", "disk")),
    ("DeleteDisk", ("disk", {"name": "data", "state": "absent"})),
    ("DeleteRelationalDatabaseSnapshot", gone("database-1", "database")),
    ("DeleteRelationalDatabase", ("database", {"name": "db", "state": "absent", "final_snapshot_name": "last"})),
]


def test_a_deletion_asked_for_again_while_it_goes_on_is_waited_for(region: "Region") -> None:
    region.play(
        ("disk", DISK),
        ("database", DATABASE),
        ("load_balancer", {"name": "lb", "instance_port": 80}),
        ("snapshot", {"kind": "instance", "name": "instance-1", "source_name": "one"}),
        ("snapshot", {"kind": "disk", "name": "disk-1", "source_name": "data"}),
        snapshot("database-1"),
    )
    region.settle()
    for call, task in DELETIONS:
        region.changing()
        with held_up_until_asked_again(region, call):
            (deleted,) = region.play(task)
        assert deleted["changed"] is True
        assert region.changing() == [call] * 2
    again = region.play(*[task for _call, task in DELETIONS])
    assert not any(one["changed"] for one in again)
    assert region.changing() == []


@contextmanager
def held_up_until_asked_again(region: "Region", call: str) -> Iterator[None]:
    """The reply to a call is lost, and its work held up until it was refused the second time and looked after."""
    cloud, front = region.cloud, region.endpoint.front
    holds = [kind.go_on for kind in (cloud.machines, cloud.servers, cloud.storage, cloud.balancers)]  # type: ignore[attr-defined]
    done = threading.Event()

    def release() -> None:
        while not done.wait(0.05):
            since = front.calls[front.calls.index(call) :] if front.calls.count(call) == 2 else []
            if sum(one.startswith("Get") for one in since) >= 3:
                break
        for hold in holds:
            hold.set()

    for hold in holds:
        hold.clear()
    front.lose = [call]
    releasing = threading.Thread(target=release)
    releasing.start()
    try:
        yield
    finally:
        done.set()
        releasing.join()


def test_throttled_and_with_lost_replies_what_stops_and_moves_does_so_once(region: "Region") -> None:
    front = region.endpoint.front
    region.play(("disk", ATTACHED), ("database", DATABASE), ("static_ip", ADDRESS))
    front.throttle = 4
    front.lose = ["StopInstance", "DetachDisk", "StartInstance", "StopRelationalDatabase", "StartRelationalDatabase"]
    front.lose += ["DetachStaticIp"]
    region.play(
        ("instance", {**INSTANCE, "state": "stopped"}),
        ("disk", {**DISK, "state": "detached"}),
        ("instance", {**INSTANCE, "state": "running"}),
        ("database", {"name": "db", "state": "stopped"}),
        ("database", {"name": "db", "state": "running"}),
        ("static_ip", {"name": "ip", "state": "detached"}),
    )
    assert (front.throttle, front.lose) == (0, [])
    with region.cloud.store.reading() as account:
        assert [one.state.value for one in account.instances] == ["running", "running"]
        assert (account.disks[0].attached_to, account.static_ips[0].attached_to) == (None, None)
        assert account.relational_databases[0].state.value == "available"


def standing(region: "Region", kinds: dict[str, int]) -> dict[str, int]:
    """How many there are of these kinds."""
    with region.cloud.store.reading() as account:
        return {kind: len(getattr(account, kind)) for kind in kinds}
