"""`localcloud fault`: faults switched on and off, and shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from localcloud import control
from localcloud.faults.application import PATH
from localcloud.faults.rules import Fault, Faults, Kind
from localcloud.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])


def _chosen_calls(command: Command) -> Command:
    """The options that every kind of fault has."""
    options = [
        click.option("--share", type=click.FloatRange(0, 1, min_open=True), default=1.0, help="Of the calls, 0 to 1."),
        click.option("--service", default="*", help="Only this one, such as lightsail or s3; a pattern."),
        click.option(
            "--operation",
            default="*",
            help="Only this one, such as CreateInstances; a pattern for the names in calls.jsonl, where S3, Route 53 "
            "and CloudFront have method and path ('POST /2020-05-31/distribution*').",
        ),
        click.option("--count", type=click.IntRange(1), help="So many faults, then it is over."),
        click.option("--seed", type=int, default=0, help="The same seed and calls meet the same faults."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _switch_on(fault: Fault) -> None:
    control.tell(Settings.from_environment(), "POST", PATH, fault.model_dump(mode="json"))
    click.echo(line(fault))


def line(fault: Fault) -> str:
    """A fault that is on, in words."""
    detail = {Kind.SLOW: f" by {fault.seconds:g} s", Kind.ERROR: f" {fault.code}".rstrip()}.get(fault.kind, "")
    until = "" if fault.count is None else f", {fault.count} times"
    return (
        f"{fault.kind.value}{detail}: {fault.share:.0%} of {fault.service} {fault.operation}{until} "
        f"(seed {fault.seed}; met by {fault.met} of {fault.seen} calls)"
    )


@click.group(invoke_without_command=True)
@click.pass_context
def fault(context: click.Context) -> None:
    """Let calls fail on demand; without a command, list what is on. Faults outlive a restart of the endpoint."""
    if context.invoked_subcommand is None:
        listed = Faults.model_validate(control.tell(Settings.from_environment(), "GET", PATH)).faults
        for one in listed:
            click.echo(line(one))
        if not listed:
            click.echo("no faults are on")


@fault.command()
@_chosen_calls
def throttle(**chosen: Any) -> None:
    """Refuse calls as AWS does when too much is asked."""
    _switch_on(Fault(kind=Kind.THROTTLE, **chosen))


@fault.command()
@_chosen_calls
@click.option("--seconds", type=click.FloatRange(0, 600, min_open=True), default=3.0, help="How late.")
def slow(**chosen: Any) -> None:
    """Answer calls late."""
    _switch_on(Fault(kind=Kind.SLOW, **chosen))


@fault.command()
@_chosen_calls
@click.option("--code", default="", help="The error's name, such as AccessDeniedException; else a failure of AWS's.")
def error(**chosen: Any) -> None:
    """Refuse calls with an error, in the form of the service that was called."""
    _switch_on(Fault(kind=Kind.ERROR, **chosen))


@fault.command("lose-reply")
@_chosen_calls
def lose_reply(**chosen: Any) -> None:
    """Carry calls out and close the connection instead of an answer."""
    _switch_on(Fault(kind=Kind.LOSE_REPLY, **chosen))


@fault.command()
def clear() -> None:
    """Switch all faults off."""
    control.tell(Settings.from_environment(), "DELETE", PATH)
    click.echo("no faults are on")
