"""An environment goes only when it is named, leaves its last snapshot, and says what that costs."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

BIN = Path(sys.executable).parent


def run(repository: Path, environment: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        env=environment,
        cwd=repository,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def standing(repository: Path, environment: Mapping[str, str]) -> tuple[int, int]:
    """How many instances and databases there are."""
    found = json.loads(run(repository, environment, "localcloud", "status", "--json").stdout)
    return len(found["instances"]), len(found["databases"])


def gone(output: str) -> str:
    """What the playbook says is gone, or in check mode would go."""
    return output.rpartition("gone:")[2].partition("stays:")[0]


def test_an_environment_goes_when_it_is_named_and_leaves_a_snapshot(
    repository: Path, empty_cloud: dict[str, str]
) -> None:
    provision = run(repository, empty_cloud, "ansible-playbook", "playbooks/provision.yml", "-i", "inventory/local")
    assert provision.returncode == 0, provision.stdout[-3000:]
    assert standing(repository, empty_cloud) == (1, 1)

    for arguments in ((), ("--confirm", "production")):
        refused = run(repository, empty_cloud, "fab", "destroy", *arguments)
        assert refused.returncode != 0
        assert "this removes local with its data" in refused.stdout
    assert standing(repository, empty_cloud) == (1, 1)

    destroy = ("ansible-playbook", "playbooks/destroy.yml", "-i", "inventory/local", "-e", "confirm=local")
    snapshot = ("-e", '{"database_final_snapshot": true}')
    predicted = run(repository, empty_cloud, *destroy, *snapshot, "--check")
    assert predicted.returncode == 0, predicted.stdout[-3000:]
    assert standing(repository, empty_cloud) == (1, 1)
    assert "prime-time-frontend-local" in gone(predicted.stdout)

    last = run(repository, empty_cloud, *destroy, *snapshot)
    assert last.returncode == 0, last.stdout[-3000:]
    assert gone(last.stdout) == gone(predicted.stdout)
    assert standing(repository, empty_cloud) == (0, 0)
    assert "prime-time-local-database-final-" in last.stdout
    assert "snapshots_usd_a_month: 2.0" in last.stdout  # 40 GB at 5 cents

    again = run(repository, empty_cloud, *destroy)
    assert again.returncode == 0, again.stdout[-3000:]
    assert "prime-time-local-database-final-" in again.stdout


def test_production_must_be_meant_twice(repository: Path) -> None:
    refused = subprocess.run(
        [str(BIN / "fab"), "destroy", "--environment", "production", "--confirm", "production"],
        cwd=repository,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert refused.returncode != 0
    assert "this is production" in refused.stdout
