"""The modules whose calls make machines, against a local cloud that runs real ones."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import Platform

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


class Cloud:
    """Runs tasks against the platform's cloud, and counts its changing calls."""

    def __init__(self, platform: "Platform", directory: Path) -> None:
        callback = {"ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "ANSIBLE_CALLBACK_RESULT_FORMAT": "json"}
        self._platform = replace(platform, environment=platform.environment | callback)
        self._file = directory / "playbook.yml"
        self._log = platform.state / "calls.jsonl"
        self._seen = 0
        self.changing()

    def play(self, *tasks: tuple[str, dict[str, Any]], check: bool = False, fails: bool = False) -> list[Any]:
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "environment": {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._platform.environment['LOCALCLOUD_PORT']}",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_REGION": "eu-central-1",
            },
            "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            "tasks": [{f"primetime.lightsail.{module}": options} for module, options in tasks],
        }
        self._file.write_text(yaml.safe_dump([play]))
        options = ["--diff", "-i", "localhost,", *(["--check"] if check else [])]
        run = self._platform.run("ansible-playbook", *options, str(self._file))
        assert (run.returncode != 0) == fails, run.stdout + run.stderr
        report = json.loads(run.stdout[run.stdout.index("{") : run.stdout.rindex("}") + 1])
        return [task["hosts"]["localhost"] for task in report["plays"][0]["tasks"]]

    def changing(self) -> list[str]:
        """The changing calls on Lightsail since the last look."""
        calls = [json.loads(line) for line in self._log.read_text().splitlines()]
        fresh, self._seen = calls[self._seen :], len(calls)
        return [call["operation"] for call in fresh if call["service"] == "lightsail" and call["mutating"]]


@pytest.fixture
def cloud(platform: "Platform", tmp_path: Path) -> Iterator[Cloud]:
    made = Cloud(platform, tmp_path)
    yield made
    made.play(
        ("static_ip", {"name": ADDRESS["name"], "state": "absent"}),
        ("instance", {"name": NAME, "state": "absent"}),
        ("key_pair", {"name": INSTANCE["key_pair_name"], "state": "absent"}),
        ("database", {"name": DATABASE["name"], "state": "absent", "skip_final_snapshot": True}),
    )


def test_a_machine_from_nothing_to_nothing(cloud: Cloud, tmp_path: Path) -> None:
    cloud.play(("key_pair", {"name": INSTANCE["key_pair_name"], "private_key_file": str(tmp_path / "key")}))
    assert cloud.changing() == ["CreateKeyPair"]
    tasks = (("instance", INSTANCE), ("static_ip", ADDRESS), ("public_ports", PORTS))
    predicted = cloud.play(*tasks, check=True)
    assert cloud.changing() == []
    made = cloud.play(*tasks)
    calls = ["CreateInstances", "AllocateStaticIp", "AttachStaticIp", "PutInstancePublicPorts"]
    assert cloud.changing() == calls
    assert [result["actions"] for result in predicted] == [result["actions"] for result in made]
    assert [result["changed"] for result in cloud.play(*tasks)] == [False, False, False]
    assert cloud.changing() == []
    with socket.create_connection((made[1]["ip_address"], 22), timeout=60) as connection:
        assert connection.recv(4) == b"SSH-"

    (refused,) = cloud.play(("instance", {**INSTANCE, "bundle_id": "micro_3_0"}), fails=True)
    assert "bundle_id is nano_3_0, wanted micro_3_0" in refused["msg"]
    (stopped,) = cloud.play(("instance", {**INSTANCE, "state": "stopped"}))
    assert stopped["instance"]["state"] == "stopped"
    (replaced,) = cloud.play(("instance", {**INSTANCE, "bundle_id": "micro_3_0", "replace": True}))
    assert replaced["instance"]["bundle_id"] == "micro_3_0"
    assert cloud.changing() == ["StopInstance", "DeleteInstance", "CreateInstances"]


def test_a_database_from_nothing_to_nothing(cloud: Cloud) -> None:
    (made,) = cloud.play(("database", DATABASE))
    assert cloud.changing() == ["CreateRelationalDatabase", "UpdateRelationalDatabase"]
    database = made["database"]
    assert (database["state"], database["endpoint_port"], database["backup_retention"]) == ("available", 5432, False)
    assert database["endpoint_address"]
    assert DATABASE["master_password"] not in str(made)

    rotated = {**DATABASE, "master_password": "a-second-password", "rotate_password": True}
    runs = [cloud.play(("database", options))[0]["changed"] for options in (DATABASE, rotated, rotated)]
    assert runs == [False, True, False]
    assert cloud.changing() == ["UpdateRelationalDatabase"]
    (refused,) = cloud.play(("database", {**DATABASE, "bundle_id": "small_2_0"}), fails=True)
    assert "bundle_id is micro_2_0, wanted small_2_0" in refused["msg"]
    (unsaid,) = cloud.play(("database", {"name": DATABASE["name"], "state": "absent"}), fails=True)
    assert "final_snapshot_name" in unsaid["msg"]
