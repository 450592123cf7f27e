"""The verbs cost and destroy as an operator types them; machines and servers are stood in for."""

import fcntl
import os
import pty
import re
import subprocess
import sys
import termios
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from localcloud.lightsail.records import now

if TYPE_CHECKING:
    from conftest import LocalCloud

SERVER, DATABASE = "prime-time-local", "prime-time-local-database"


def fab(cloud: "LocalCloud", *arguments: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a verb; with `typed` at a terminal, and without where nobody can be asked."""
    ours, theirs = pty.openpty()
    try:
        if typed is not None:
            os.write(ours, f"{typed}\n".encode())
        return subprocess.run(
            [str(Path(sys.executable).parent / "fab"), *arguments],
            env=cloud.environment | {"ANSIBLE_STDOUT_CALLBACK": "default", "COLUMNS": "500"},
            cwd=cloud.repository,
            stdin=subprocess.DEVNULL if typed is None else theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
            # At a terminal of its own, as under a shell.
            start_new_session=True,
            preexec_fn=None if typed is None else take_terminal,
        )
    finally:
        os.close(ours)
        os.close(theirs)


def take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def buy(cloud: "LocalCloud") -> None:
    """What the local environment's plan would stand on."""
    lightsail = boto3.client(
        "lightsail",
        endpoint_url=cloud.environment["AWS_ENDPOINT_URL"],
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    lightsail.create_key_pair(keyPairName="key")
    lightsail.create_instances(
        instanceNames=[SERVER],
        availabilityZone="eu-central-1a",
        blueprintId="debian_12",
        bundleId="medium_3_0",
        keyPairName="key",
    )
    lightsail.create_relational_database(
        relationalDatabaseName=DATABASE,
        relationalDatabaseBlueprintId="postgres_17",
        relationalDatabaseBundleId="micro_2_0",
        masterDatabaseName="prime_time",
        masterUsername="primetime",
    )
    cloud.changing_calls()


def standing(cloud: "LocalCloud") -> tuple[list[str], list[str]]:
    with cloud.cloud.store.reading() as account:
        return [one.name for one in account.instances], [one.name for one in account.relational_databases]


@pytest.mark.parametrize(
    ("environment", "options", "typed", "told"),
    [
        ("local", (), "production", "this removes local with its data; if it is meant, say -e confirm=local"),
        ("local", (), "", "this removes local with its data"),
        ("local", (), None, "this removes local with its data"),
        ("local", ("--confirm", "Local"), None, "this removes local with its data"),
        ("production", (), "production", "this is production; if it is meant, add -e yes_destroy_production=true"),
        ("production", ("--yes-destroy-production",), "prod", "this removes production with its data"),
        ("nowhere", ("--confirm", "nowhere"), None, "there is no environment 'nowhere'; say one of development, local"),
    ],
)
def test_nothing_goes_that_is_not_meant(
    local_cloud: "LocalCloud", environment: str, options: tuple[str, ...], typed: str | None, told: str
) -> None:
    buy(local_cloud)
    refused = fab(local_cloud, "destroy", "--environment", environment, *options, typed=typed)
    assert refused.returncode != 0
    assert told in " ".join(refused.stdout.split())
    asked = f"This removes {environment} with its data. Type its name to go on:"
    assert (asked in refused.stdout) is (typed is not None)
    assert local_cloud.changing_calls() == []
    assert standing(local_cloud) == ([SERVER], [DATABASE])


def test_an_environment_goes_when_its_name_is_typed_and_what_stays_has_its_price(local_cloud: "LocalCloud") -> None:
    buy(local_cloud)
    gone = fab(local_cloud, "destroy", "--environment", "local", typed="local")
    assert gone.returncode == 0, gone.stdout[-3000:]
    assert standing(local_cloud) == ([], [])
    assert "snapshots_usd_a_month: 0" in gone.stdout
    assert f"- {DATABASE}" in gone.stdout


def test_the_cost_shows_the_plan_beside_the_bill_and_changes_nothing(local_cloud: "LocalCloud") -> None:
    buy(local_cloud)
    with local_cloud.cloud.store.changing() as account:
        for one in (*account.instances, *account.relational_databases):
            one.created_at = now() - timedelta(hours=73)
    shown = fab(local_cloud, "cost", "--environment", "local")
    assert shown.returncode == 0, shown.stdout[-3000:]
    assert local_cloud.changing_calls() == []
    *_, beside = shown.stdout.split("TASK [Show one beside the other]")
    charged, plan = beside.split("plan:")
    hours = min(timedelta(hours=73), now() - now().replace(day=1, hour=0, minute=0, second=0)) / timedelta(hours=1)
    assert amount(charged, SERVER) == pytest.approx(24 / 730 * hours, abs=0.02)
    assert amount(charged, DATABASE) == pytest.approx(15 / 730 * hours, abs=0.02)
    assert amount(charged, "total") == pytest.approx(39 / 730 * hours, abs=0.03)
    assert (amount(plan, "server"), amount(plan, "database"), amount(plan, "total")) == (24, 15, 40)


def amount(table: str, what: str) -> float:
    """The dollars in a table's line."""
    found = re.search(rf"- {re.escape(what)} .*?(\d+\.\d\d)", table)
    assert found, f"{what} has no line in {table}"
    return float(found[1])
