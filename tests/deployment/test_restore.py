"""The platform moves to a database as it was at a time, and back; a restore that was killed goes on."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest

if TYPE_CHECKING:
    from conftest import Platform

BASE = "prime-time-local-database"


def lightsail(platform: "Platform") -> Any:
    return boto3.client(
        "lightsail",
        endpoint_url=f"http://127.0.0.1:{platform.environment['LOCALCLOUD_PORT']}",
        region_name="eu-central-1",
        aws_access_key_id="localcloud",
        aws_secret_access_key="localcloud",
    )


def on_the_server(platform: "Platform", command: str, text: str = "") -> str:
    keys = platform.state / "deployment"
    options = ["-i", str(keys / "server.pem"), "-o", f"UserKnownHostsFile={keys / 'known_hosts'}"]
    address = f"admin@{platform.summary['server_address']}"
    arguments = ["ssh", *options, "-o", "IdentitiesOnly=yes", address, command]
    run = subprocess.run(arguments, input=text, capture_output=True, text=True, check=True, timeout=120)
    return run.stdout


def accounts(platform: "Platform") -> set[str]:
    listed = json.loads(on_the_server(platform, "sudo primetime account list --json"))
    return {account["email"] for account in listed}


def create_account(platform: "Platform", email: str) -> None:
    command = f"sudo primetime account create {email} --role=reader --password-stdin"
    on_the_server(platform, command, "a-long-password-of-theirs")


def restorable_to(platform: "Platform", moment: datetime) -> None:
    """Wait until the backups reach a moment."""
    deadline = time.monotonic() + 240
    while True:
        database = lightsail(platform).get_relational_database(relationalDatabaseName=BASE)["relationalDatabase"]
        if database["latestRestorableTime"] >= moment:
            return
        assert time.monotonic() < deadline, f"{database['latestRestorableTime']} does not reach {moment}"
        time.sleep(2)


def restorations(platform: "Platform") -> int:
    """How many databases were made from others."""
    lines = (platform.state / "calls.jsonl").read_text().splitlines()
    calls = [json.loads(line) for line in lines if "CreateRelationalDatabaseFromSnapshot" in line]
    return sum(call["outcome"] == "ok" for call in calls)


def database_in_use(platform: "Platform") -> str:
    """The host that the running application's settings name."""
    settings = on_the_server(platform, "sudo cat /etc/prime-time/environment; sudo ls /etc/prime-time/releases")
    assert settings.count(".environment") == 1, "settings of former runs, with their secrets, were left behind"
    found = re.search(r"^PRIMETIME_DATABASE_URL=.*@([^:/]+):", settings, re.MULTILINE)
    assert found
    with urllib.request.urlopen(f"{platform.url}/api/ready", timeout=20) as reply:
        assert json.load(reply)["database"]["tls"] is True
    return found[1]


def endpoint_of(platform: "Platform", name: str) -> str:
    found = lightsail(platform).get_relational_database(relationalDatabaseName=name)["relationalDatabase"]
    return str(found["masterEndpoint"]["address"])


def refused(platform: "Platform", *options: str) -> str:
    run = platform.run("fab", "restore", *options)
    assert run.returncode != 0
    return run.stdout


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A new database, and the addresses of two accounts: made before the restore's time, and after it."""

    name: str
    early: str
    late: str


@pytest.fixture
def restored(platform: "Platform") -> Restored:
    """The platform's database as it was before somebody was added, made by a restore that was killed once."""
    early, late = (f"{when}-{uuid4().hex[:8]}@example.org" for when in ("early", "late"))
    create_account(platform, early)
    time.sleep(2)  # the service counts whole seconds
    moment = datetime.now(UTC).replace(microsecond=0)
    time.sleep(2)
    create_account(platform, late)
    restorable_to(platform, moment)
    made, text = restorations(platform), moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    command = [str(Path(sys.executable).parent / "fab"), "restore", "--to", text]
    first = subprocess.Popen(
        command, env=platform.environment, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 240
    while restorations(platform) == made:
        assert first.poll() is None, "the restore ended before it made a database"
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(timeout=30)
    assert database_in_use(platform) == endpoint_of(platform, BASE)

    again = platform.run("fab", "restore", "--to", text)
    assert again.returncode == 0, again.stdout[-4000:]
    assert restorations(platform) == made + 1
    name = f"{BASE}-{moment.strftime('%Y%m%d%H%M%S')}"
    assert f"{BASE}: 15.0" in again.stdout, again.stdout[-2000:]
    assert f"fab restore --new {BASE}" in again.stdout
    return Restored(name=name, early=early, late=late)


def test_the_platform_moves_to_the_restored_database_and_back(platform: "Platform", restored: Restored) -> None:
    assert database_in_use(platform) == endpoint_of(platform, restored.name)
    assert restored.early in accounts(platform)
    assert restored.late not in accounts(platform)
    provision = platform.run("ansible-playbook", "playbooks/provision.yml", "-i", "inventory/local")
    assert "changed=0" in provision.stdout, provision.stdout[-3000:]
    watched = {alarm["monitoredResourceInfo"]["name"] for alarm in lightsail(platform).get_alarms()["alarms"]}
    assert watched == {"prime-time-local", restored.name}

    back = platform.run("fab", "restore", "--new", BASE)
    assert back.returncode == 0, back.stdout[-4000:]
    assert database_in_use(platform) == endpoint_of(platform, BASE)
    assert restored.late in accounts(platform)
    lightsail(platform).delete_relational_database(relationalDatabaseName=restored.name, skipFinalSnapshot=True)
    look = platform.run("python", "scripts/drift.py", "local")
    assert (look.returncode, look.stdout) == (0, "")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "say one of"),
        (("--to", "latest", "--snapshot", "one"), "say one of"),
        (("--new", "nowhere"), "there is no database nowhere; there are prime-time-local-database"),
        (("--snapshot", "nowhere"), "there is no database snapshot nowhere"),
        (("--to", "yesterday"), "is no time with a zone"),
        (("--to", "2099-01-01T00:00:00Z"), "is after"),
    ],
)
def test_what_cannot_be_restored_is_refused(platform: "Platform", options: tuple[str, ...], told: str) -> None:
    made = restorations(platform)
    assert told in " ".join(refused(platform, *options).split())
    assert restorations(platform) == made
    assert database_in_use(platform) == endpoint_of(platform, BASE)
