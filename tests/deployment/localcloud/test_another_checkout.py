"""A local cloud of the same name, started from another checkout: neither touches the other's machines."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

ZONE = {"availabilityZone": "eu-central-1a", "bundleId": "nano_3_0", "blueprintId": "debian_12"}


@pytest.fixture(scope="module")
def theirs(start_cloud):
    """A running local cloud with two machines."""
    with start_cloud("test-checkout") as running:
        running.client.create_key_pair(keyPairName="key")
        running.client.create_instances(instanceNames=["one", "two"], keyPairName="key", **ZONE)
        running.settle()
        yield running


@pytest.fixture
def ours(theirs, repository, tmp_path):
    """Runs `localcloud` for a cloud of that name with a state directory of its own."""

    def run(verb, **settings):
        environment = {
            "LOCALCLOUD_NAME": theirs.cloud.settings.name,
            "LOCALCLOUD_STATE": str(tmp_path / "state"),
            "LOCALCLOUD_SUBNET": str(theirs.cloud.settings.subnet),
        }
        return subprocess.run(
            [sys.executable, "-m", "localcloud.cli", verb],
            env=os.environ | environment | settings,
            cwd=repository,
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def test_machines_that_another_checkouts_cloud_left_are_not_taken_for_new_ones(theirs, ours, tmp_path):
    result = ours("up", LOCALCLOUD_PORT="24567", LOCALCLOUD_EDGE_PORT="28081")
    name = theirs.cloud.settings.name
    assert result.returncode == 19
    assert f"localcloud-{name}-one, localcloud-{name}-two of another local cloud named {name}" in result.stderr
    assert "LOCALCLOUD_NAME=" in result.stderr
    assert not (tmp_path / "state").exists()


def test_a_reset_removes_nothing_of_another_checkouts_running_cloud(theirs, ours):
    port = urlsplit(theirs.url).port
    result = ours("reset", LOCALCLOUD_PORT=str(port))
    assert result.returncode == 19
    assert f"local cloud {theirs.cloud.settings.name} runs on port {port}" in result.stderr
    assert [theirs.run(machine, "echo there") for machine in ("one", "two")] == ["there", "there"]
