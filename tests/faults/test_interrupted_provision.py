"""A playbook stopped in the middle: the same command, typed again, finishes the work and buys nothing twice."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

BIN = Path(sys.executable).parent
PROVISION = [str(BIN / "ansible-playbook"), "playbooks/provision.yml", "-i", "inventory/local"]


def operations(environment: dict[str, str]) -> Counter[str]:
    """How often each operation that changes something was asked for with success."""
    calls = Path(environment["LOCALCLOUD_STATE"]) / "calls.jsonl"
    lines = calls.read_text().splitlines() if calls.exists() else []
    entries = [json.loads(line) for line in lines]
    return Counter(entry["operation"] for entry in entries if entry["mutating"] and entry["outcome"] == "ok")


def test_a_provision_stopped_in_the_middle_goes_on(repository: Path, empty_cloud: dict[str, str]) -> None:
    first = subprocess.Popen(
        PROVISION,
        env=empty_cloud,
        cwd=repository,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 180
    while not operations(empty_cloud)["CreateInstances"]:
        assert first.poll() is None, "the playbook ended before it bought the instance"
        assert time.monotonic() < deadline, "no instance was asked for within three minutes"
        time.sleep(0.1)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(timeout=30)

    again = subprocess.run(
        PROVISION, env=empty_cloud, cwd=repository, capture_output=True, text=True, timeout=600, check=False
    )
    assert again.returncode == 0, again.stdout[-3000:]
    bought = operations(empty_cloud)
    once = ("CreateInstances", "CreateRelationalDatabase", "AllocateStaticIp", "POST /2020-05-31/distribution")
    assert {name: bought[name] for name in once} == dict.fromkeys(once, 1)

    third = subprocess.run(
        PROVISION, env=empty_cloud, cwd=repository, capture_output=True, text=True, timeout=600, check=False
    )
    assert re.findall(r"changed=(\d+)", third.stdout) == ["0"], third.stdout[-3000:]
