"""The plan tells what differs from the inventory, in the cloud and on the server, and changes nothing."""

import json
import subprocess
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from conftest import Platform


def drift(platform: "Platform") -> tuple[int, list[str]]:
    """Exit status and lines of a look for drift, which must have changed nothing."""
    calls = platform.state / "calls.jsonl"
    before = len(calls.read_text().splitlines())
    look = platform.run("python", "scripts/drift.py", "local")
    since = [json.loads(line) for line in calls.read_text().splitlines()[before:]]
    assert since, "it must at least have looked"
    assert [call["operation"] for call in since if call["mutating"]] == []
    return look.returncode, look.stdout.splitlines() + look.stderr.splitlines()


def on_the_server(platform: "Platform", command: str) -> None:
    keys = platform.state / "deployment"
    options = ["-i", str(keys / "server.pem"), "-o", f"UserKnownHostsFile={keys / 'known_hosts'}"]
    address = f"admin@{platform.summary['server_address']}"
    subprocess.run(["ssh", *options, "-o", "IdentitiesOnly=yes", address, command], check=True, timeout=60)


def test_what_somebody_changed_by_hand_is_named_and_mended_and_then_nothing_has_drifted(platform: "Platform") -> None:
    lightsail = boto3.client(
        "lightsail",
        endpoint_url=f"http://127.0.0.1:{platform.environment['LOCALCLOUD_PORT']}",
        region_name="eu-central-1",
        aws_access_key_id="localcloud",
        aws_secret_access_key="localcloud",
    )
    lightsail.open_instance_public_ports(
        instanceName="prime-time-local", portInfo={"fromPort": 6379, "toPort": 6379, "protocol": "tcp"}
    )
    on_the_server(platform, "sudo rm /etc/cron.d/prime-time && sudo docker stop prime-time-worker")

    status, lines = drift(platform)
    assert status == 3
    named = [line for line in lines if line.startswith("local has drifted: ")]
    assert len(named) == 3, lines
    assert "Open what must be open" in named[0]
    assert "(prime-time-local)" in named[1]
    assert "Run the application and the worker of the release" in named[2]
    assert "fab plan" in lines[-1]

    plan = platform.run("fab", "plan")
    assert plan.returncode == 0, plan.stdout[-3000:]
    assert "6379" in plan.stdout
    assert "+15 2 * * * root" in plan.stdout
    on_the_server(platform, "sudo docker start prime-time-worker")
    for playbook in ("provision", "configure"):
        mended = platform.run("ansible-playbook", f"playbooks/{playbook}.yml", "-i", "inventory/local")
        assert mended.returncode == 0, mended.stdout[-3000:]
    assert drift(platform) == (0, [])


def test_the_plan_cannot_be_carried_out_by_mistake(platform: "Platform") -> None:
    refused = platform.run("ansible-playbook", "playbooks/plan.yml", "-i", "inventory/local")
    assert refused.returncode != 0
    assert "this playbook only looks" in refused.stdout


def test_an_environment_that_is_not_there_is_a_usage_error(platform: "Platform") -> None:
    assert platform.run("python", "scripts/drift.py", "nowhere").returncode == 2
