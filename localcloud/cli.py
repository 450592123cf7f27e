"""`localcloud`: AWS on this machine, started, looked at and thrown away with one command."""

from __future__ import annotations

import importlib
import json
import shlex
import sys
from typing import Any

import click

from localcloud import docker_engine, images, lifecycle
from localcloud.errors import LocalcloudError
from localcloud.settings import Settings


class LaterCommand(click.Command):
    """A command of another room, imported when it is asked for, since that takes a while."""

    def __init__(self, name: str, module: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self._module = module

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        command: click.Command = getattr(importlib.import_module(self._module), str(self.name))
        return command.make_context(info_name, args, parent, **extra)


class Commands(click.Group):
    """A group whose errors are a cause, a remedy, and an exit status of their own."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except LocalcloudError as error:
            click.echo(f"localcloud: {error.cause}; {error.remedy}", err=True)
            sys.exit(error.exit_status)


@click.group(cls=Commands)
def main() -> None:
    """AWS on your own machine: Lightsail with real machines and databases, S3, CloudFront and its edge."""


def _report(line: str) -> None:
    click.echo(line, err=True)


@main.command()
def up() -> None:
    """Start the local cloud; build its images first where they are missing."""
    settings = Settings.from_environment()
    lifecycle.up(settings, _report)
    click.echo(f'AWS endpoint      {settings.endpoint_url}   (eval "$(localcloud env)" points any AWS client at it)')
    click.echo(f"CloudFront's edge {settings.edge_url}")
    click.echo(f"state             {settings.state_directory}")


@main.command()
def down() -> None:
    """Stop processes and machines; keep what they hold."""
    lifecycle.down(Settings.from_environment(), _report)


@main.command()
def reset() -> None:
    """Remove everything: machines, databases, volumes, network and state."""
    lifecycle.reset(Settings.from_environment(), _report)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status(as_json: bool) -> None:
    """What runs, and where. Exit status 1 when the local cloud is not up."""
    found = lifecycle.status(Settings.from_environment())
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        for line in lifecycle.as_lines(found):
            click.echo(line)
    if not found["running"]:
        sys.exit(1)


@main.command()
def env() -> None:
    """Print the exports that point any AWS client at the local cloud."""
    for variable, value in lifecycle.client_environment(Settings.from_environment()).items():
        click.echo(f"export {variable}={shlex.quote(value)}")


@main.command("images")
@click.option("--remove", is_flag=True, help="Remove them instead.")
def images_command(remove: bool) -> None:
    """Build the images that are missing or out of date."""
    engine = docker_engine.connect(images.BUILD_TIMEOUT_SECONDS)
    settings = Settings.from_environment()
    tags = images.remove(engine) if remove else images.ensure(engine, settings, _report)
    for tag in tags:
        click.echo(f"{'removed' if remove else 'built'} {tag}")


main.add_command(LaterCommand("fault", "localcloud.faults.command", "Let calls be throttled, slow, refused or lost."))
main.add_command(
    LaterCommand("metric", "localcloud.lightsail.metric_command", "Set what instances and databases measure.")
)
main.add_command(
    LaterCommand("literature", "localcloud.literature.command", "Serve PubMed and the citation sources over files.")
)
main.add_command(LaterCommand("corpus", "localcloud.corpus.command", "Write a labelled, made-up corpus."))

if __name__ == "__main__":
    main()
