"""The operator's verbs: `fab <verb> [--environment local]`, each a thin line over a playbook.

The environment is a folder of inventory/; without the option it is PRIME_TIME_ENVIRONMENT, or local.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

from fabric import task
from invoke.context import Context
from invoke.exceptions import Exit

REPOSITORY = Path(__file__).resolve().parent
DEFAULT_ENVIRONMENT = os.environ.get("PRIME_TIME_ENVIRONMENT", "local")


def inventory_of(environment: str) -> Path:
    """The environment's folder.

    Raises:
        Exit: there is no such environment.
    """
    inventory = REPOSITORY / "inventory" / environment
    if not (inventory / "hosts.yml").is_file():
        known = sorted(path.parent.name for path in REPOSITORY.glob("inventory/*/hosts.yml"))
        raise Exit(f"there is no environment {environment!r}; say one of {', '.join(known)}", code=2)
    return inventory


def run(context: Context, *command: str) -> None:
    """Run a command at the repository's root; its exit status becomes ours.

    Raises:
        Exit: it failed.
    """
    with context.cd(str(REPOSITORY)):
        outcome = context.run(shlex.join(command), pty=sys.stdin.isatty(), warn=True)
    if outcome is not None and outcome.failed:  # None: invoke's own dry run
        raise Exit(code=outcome.return_code)


def play(context: Context, playbook: str, environment: str, *options: str, **variables: object) -> None:
    """Run a playbook against an environment.

    Raises:
        Exit: there is no such environment, or the playbook failed.
    """
    ansible = str(Path(sys.executable).with_name("ansible-playbook"))
    given = {name: str(value) for name, value in variables.items() if value not in (None, "")}
    extra = ["--extra-vars", json.dumps(given)] if given else []
    run(context, ansible, f"playbooks/{playbook}.yml", "-i", str(inventory_of(environment)), *options, *extra)


@task
def plan(context: Context, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """Show what differs from the inventory or runs no more, and what a month would cost; change nothing."""
    play(context, "plan", environment, "--check", "--diff")


@task
def drift(context: Context, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """The plan for cron: silent and 0 where all is as the inventory says, else a line a change and exit status 3."""
    inventory_of(environment)
    run(context, sys.executable, "scripts/drift.py", environment)


@task
def cost(context: Context, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """Show what the plan costs a month beside what the account is charged."""
    play(context, "cost", environment)


@task
def provision(context: Context, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """Price the plan, then buy or mend what the platform stands on."""
    play(context, "provision", environment)


@task
def configure(context: Context, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """Make the bare machine a server, or bring it back to what a server should be."""
    play(context, "configure", environment)


@task
def deploy(context: Context, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """Build this tree as a release, put it on the server, look at it from outside."""
    play(context, "deploy", environment)


@task
def verify(context: Context, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """Look at the platform from outside."""
    play(context, "verify", environment)


@task
def site(context: Context, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """All of it: provision, configure, release, verify."""
    play(context, "site", environment)


@task(name="import", help={"corpus": "PubMed XML files, plain or gzipped, separated by commas"})
def import_corpus(context: Context, corpus: str, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """Ship a corpus, store and encode it, and do the night's analysis at once."""
    play(context, "import", environment, corpus=corpus)


@task
def status(context: Context, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """Say which release runs, how the server is, and whether the application is ready."""
    play(context, "status", environment)


@task(help={"of": "app, worker, nightly or proxy", "lines": "how many of the last lines"})
def logs(context: Context, of: str = "app", lines: int = 100, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """Show the last lines of a log."""
    play(context, "logs", environment, of=of, lines=lines)


@task
def ssh(context: Context, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """Open a shell on the server."""
    config = REPOSITORY / "build" / f"ssh-{environment}.config"
    play(context, "ssh", environment, ssh_config=config)
    session = subprocess.run(["ssh", "-F", str(config), "server"], check=False)
    raise Exit(code=session.returncode)


@task(help={"secret": "jwt/secret or database/password"})
def rotate(context: Context, secret: str, environment: str = DEFAULT_ENVIRONMENT) -> None:
    """Replace a secret, by the one handed in or by a new one, in everything that uses it."""
    play(context, "rotate", environment, rotate_secret=secret)


@task(
    help={
        "to": "a time with its zone, like 2026-11-24T20:00:00Z, or latest",
        "snapshot": "a database snapshot instead",
        "new": "the new database's name; alone: move to a database that is there",
    }
)
def restore(
    context: Context, to: str = "", snapshot: str = "", new: str = "", environment: str = DEFAULT_ENVIRONMENT
) -> None:
    """Make a new database as the old one was, and move the platform to it."""
    play(context, "restore", environment, to=to, snapshot=snapshot, new=new)


@task(help={"confirm": "the environment's name, where nobody can be asked", "yes-destroy-production": "for production"})
def destroy(
    context: Context,
    confirm: str = "",
    yes_destroy_production: bool = False,
    environment: str = DEFAULT_ENVIRONMENT,
) -> None:
    """Remove the environment with its data, after asking for its name."""
    inventory_of(environment)
    if not confirm and sys.stdin.isatty():
        confirm = input(f"This removes {environment} with its data. Type its name to go on: ").strip()
    play(context, "destroy", environment, confirm=confirm, yes_destroy_production=str(yes_destroy_production).lower())
