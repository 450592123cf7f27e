"""The modules whose calls make machines, against a local cloud that runs real ones."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Player, SmallCloud

NAME = "collection-trial"
INSTANCE = {
    "name": NAME,
    "state": "running",
    "blueprint_id": "debian_12",
    "bundle_id": "nano_3_0",
    "availability_zone": "eu-central-1a",
    "key_pair_name": f"{NAME}-key",
    "tags": {"purpose": "trial"},
}
DATABASE = {
    "name": f"{NAME}-database",
    "blueprint_id": "postgres_17",
    "bundle_id": "micro_2_0",
    "availability_zone": "eu-central-1a",
    "database_name": "trial",
    "master_username": "trial",
    "master_password": "a-first-password",
    "backup_retention": False,
    "publicly_accessible": True,
}
ADDRESS = {"name": f"{NAME}-address", "state": "attached", "instance_name": NAME}
PORTS = {"instance_name": NAME, "ports": [{"from_port": 22, "cidrs": ["0.0.0.0/0"]}, {"from_port": 8080}]}


@pytest.fixture(scope="module")
def cloud(start_cloud: Any) -> Iterator["SmallCloud"]:
    with start_cloud("test-machines") as running:
        yield running


def test_a_machine_from_nothing_to_nothing(player: "Player", tmp_path: Path) -> None:
    player.play(("key_pair", {"name": INSTANCE["key_pair_name"], "private_key_file": str(tmp_path / "key")}))
    assert player.changing() == ["CreateKeyPair"]
    tasks = (("instance", INSTANCE), ("static_ip", ADDRESS), ("public_ports", PORTS))
    predicted = player.play(*tasks, check=True)
    assert player.changing() == []
    made = player.play(*tasks)
    calls = ["CreateInstances", "AllocateStaticIp", "AttachStaticIp", "PutInstancePublicPorts"]
    assert player.changing() == calls
    assert [result["actions"] for result in predicted] == [result["actions"] for result in made]
    assert [result["changed"] for result in player.play(*tasks)] == [False, False, False]
    assert player.changing() == []
    with socket.create_connection((made[1]["ip_address"], 22), timeout=60) as connection:
        assert connection.recv(4) == b"SSH-"

    (refused,) = player.play(("instance", {**INSTANCE, "bundle_id": "micro_3_0"}), fails=True)
    assert "bundle_id is nano_3_0, wanted micro_3_0" in refused["msg"]
    (stopped,) = player.play(("instance", {**INSTANCE, "state": "stopped"}))
    assert stopped["instance"]["state"] == "stopped"
    (replaced,) = player.play(("instance", {**INSTANCE, "bundle_id": "micro_3_0", "replace": True}))
    assert replaced["instance"]["bundle_id"] == "micro_3_0"
    assert player.changing() == ["StopInstance", "DeleteInstance", "CreateInstances"]

    player.play(
        ("static_ip", {"name": ADDRESS["name"], "state": "absent"}),
        ("instance", {"name": NAME, "state": "absent"}),
        ("key_pair", {"name": INSTANCE["key_pair_name"], "state": "absent"}),
    )
    assert player.changing() == ["ReleaseStaticIp", "DeleteInstance", "DeleteKeyPair"]


def test_a_database_from_nothing_to_nothing(player: "Player") -> None:
    (made,) = player.play(("database", DATABASE))
    assert player.changing() == ["CreateRelationalDatabase", "UpdateRelationalDatabase"]
    database = made["database"]
    assert (database["state"], database["endpoint_port"], database["backup_retention"]) == ("available", 5432, False)
    assert database["endpoint_address"]
    assert DATABASE["master_password"] not in str(made)

    rotated = {**DATABASE, "master_password": "a-second-password", "rotate_password": True}
    runs = [player.play(("database", options))[0]["changed"] for options in (DATABASE, rotated, rotated)]
    assert runs == [False, True, False]
    assert player.changing() == ["UpdateRelationalDatabase"]
    (refused,) = player.play(("database", {**DATABASE, "bundle_id": "small_2_0"}), fails=True)
    assert "bundle_id is micro_2_0, wanted small_2_0" in refused["msg"]
    (unsaid,) = player.play(("database", {"name": DATABASE["name"], "state": "absent"}), fails=True)
    assert "final_snapshot_name" in unsaid["msg"]
    player.play(("database", {"name": DATABASE["name"], "state": "absent", "skip_final_snapshot": True}))
    assert player.changing() == ["DeleteRelationalDatabase"]
