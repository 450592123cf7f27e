"""What an operator gets wrong is told in a line before anything is bought; two runs at once are one run too many."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from localcloud.faults.rules import Fault, Kind

if TYPE_CHECKING:
    from conftest import LocalCloud

NO_KEYS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
BUYS_NOTHING: list[tuple[str, dict[str, str], tuple[str, ...], str]] = [
    ("local", {}, ("-e", "cost_cap_usd=39.99"), "The plan costs $40.00 a month, above the cap of $39.99"),
    ("local", {}, ("-e", "server_bundle=medum_3_0"), "the nearest are: medium_3_0 ($24.00 a month)"),
    ("local", {}, ("-e", "database_bundle=mikro_2_0"), "the nearest are: micro_2_0 ($15.00 a month)"),
    ("local", {}, ("-e", "aws_region=eu-cental-1"), "not 'eu-cental-1': check the option region"),
    ("local", {}, ("-e", "aws_region=ap-south-1"), "the nearest are: medium_3_1 ($24.00 a month)"),
    (
        "production",
        NO_KEYS,
        (),
        "sign in (`aws sso login`, AWS_PROFILE), see that aws_region (eu-central-1) is one",
    ),
    ("production", NO_KEYS | {"AWS_PROFILE": "nobody"}, (), "The config profile (nobody) could not be found"),
]


def provision(cloud: "LocalCloud", *options: str, inventory: str = "local", **environment: str) -> str:
    """Run the playbook as an operator does; what it printed, as one line."""
    run = subprocess.run(
        [
            str(Path(sys.executable).parent / "ansible-playbook"),
            "playbooks/provision.yml",
            "-i",
            f"inventory/{inventory}",
            *options,
        ],
        env=cloud.environment | {"ANSIBLE_STDOUT_CALLBACK": "default"} | environment,
        cwd=cloud.repository,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode != 0, run.stdout
    return " ".join((run.stdout + run.stderr).split())


def test_what_is_wrong_is_told_before_anything_is_bought(local_cloud: "LocalCloud") -> None:
    def attempt(number: int) -> str:
        inventory, environment, options, _told = BUYS_NOTHING[number]
        # A lock of its own: they run side by side.
        elsewhere = ("-e", f"state_directory={local_cloud.state}/attempt-{number}")
        return provision(local_cloud, *options, *elsewhere, inventory=inventory, **environment)

    with ThreadPoolExecutor(2) as pool:
        outputs = pool.map(attempt, range(len(BUYS_NOTHING)))
    for (_inventory, _environment, _options, told), output in zip(BUYS_NOTHING, outputs, strict=True):
        assert told in output
    assert local_cloud.changing_calls() == []


@pytest.mark.parametrize(
    ("code", "operation", "told"),
    [
        ("UnrecognizedClientException", "*", "AWS does not answer at"),
        ("AccessDeniedException", "GetBundles", "These credentials may not call GetBundles"),
    ],
)
def test_credentials_that_are_refused_buy_nothing(
    local_cloud: "LocalCloud", code: str, operation: str, told: str
) -> None:
    local_cloud.book.add(Fault(kind=Kind.ERROR, operation=operation, code=code))
    output = provision(local_cloud)
    assert told in output
    assert code in output
    assert local_cloud.changing_calls() == []


def test_a_second_run_beside_the_first_is_refused_until_that_ends(local_cloud: "LocalCloud") -> None:
    # So slow that the second surely comes while the first is at work.
    local_cloud.book.add(Fault(kind=Kind.SLOW, operation="GetBundles", seconds=90, count=1))
    lock = local_cloud.state / "deployment.lock"
    playbook = str(Path(sys.executable).parent / "ansible-playbook")
    with subprocess.Popen(
        [playbook, "playbooks/provision.yml", "-i", "inventory/local"],
        env=local_cloud.environment,
        cwd=local_cloud.repository,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as first:
        deadline = time.monotonic() + 180
        while not lock.exists() or not lock.read_text():
            assert first.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        refused = provision(local_cloud)
        assert f"another run is at work on local (process {first.pid} on this machine, since" in refused
        os.killpg(first.pid, signal.SIGKILL)
    assert "above the cap of $1.00" in provision(local_cloud, "-e", "cost_cap_usd=1")
    assert local_cloud.changing_calls() == []
