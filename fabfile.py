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


def play(context: Context, playbook: str, environment: str, **variables: object) -> None:
    """Run a playbook against an environment; its exit status becomes ours.

    Raises:
        Exit: there is no such environment, or the playbook failed.
    """
    inventory = REPOSITORY / "inventory" / environment
    if not (inventory / "hosts.yml").is_file():
        known = sorted(path.parent.name for path in REPOSITORY.glob("inventory/*/hosts.yml"))
        raise Exit(f"there is no environment {environment!r}; say one of {', '.join(known)}", code=2)
    command = [
        str(Path(sys.executable).with_name("ansible-playbook")),
        f"playbooks/{playbook}.yml",
        "-i",
        str(inventory),
    ]
    given = {name: str(value) for name, value in variables.items() if value not in (None, "")}
    if given:
        command += ["--extra-vars", json.dumps(given)]
    with context.cd(str(REPOSITORY)):
        outcome = context.run(shlex.join(command), pty=sys.stdin.isatty(), warn=True)
    if outcome is not None and outcome.failed:  # None: invoke's own dry run
        raise Exit(code=outcome.return_code)


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


@task(help={"confirm": "the environment's name, again", "yes-destroy-production": "needed for production"})
def destroy(
    context: Context,
    confirm: str = "",
    yes_destroy_production: bool = False,
    environment: str = DEFAULT_ENVIRONMENT,
) -> None:
    """Remove the environment with its data."""
    play(context, "destroy", environment, confirm=confirm, yes_destroy_production=str(yes_destroy_production).lower())
