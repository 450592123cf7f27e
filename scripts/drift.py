"""Whether an environment still is what its inventory says: python scripts/drift.py ENVIRONMENT.

Made to be run by cron: silent where nothing has drifted, so that only news is mailed.
Exit status 0: nothing drifted. 3: something did, named line by line. 1: it could not be looked at.
"""

import sys

import click

from playbook import REPOSITORY, run_playbook

DRIFTED = 3


@click.command()
@click.argument("environment")
def main(environment: str) -> None:
    """Compare cloud and server of ENVIRONMENT with what its inventory says, and change nothing."""
    inventory = REPOSITORY / "inventory" / environment
    if not (inventory / "hosts.yml").is_file():
        raise click.UsageError(f"there is no environment {environment!r} in inventory/")
    log = REPOSITORY / "build" / f"drift-{environment}.jsonl"
    plan = run_playbook(
        REPOSITORY / "playbooks" / "plan.yml", inventory=inventory, log=log, check=True, quiet=not sys.stderr.isatty()
    )
    if plan.failure is not None:
        raise click.ClickException(f"{environment} could not be looked at: {plan.failure}")
    for change in plan.changes:
        click.echo(f"{environment} has drifted: {change}")
    if plan.changed:
        click.echo(f"`fab plan --environment {environment}` shows how; `fab site --environment {environment}` mends it")
        sys.exit(DRIFTED)


if __name__ == "__main__":
    main()
