"""`localcloud metric`: what a machine, database or load balancer is said to measure."""

from __future__ import annotations

import click

from localcloud.errors import SettingError
from localcloud.lightsail import metric_settings
from localcloud.lightsail.metric_kinds import KINDS
from localcloud.lightsail.records import Resource
from localcloud.lightsail.store import ACCOUNT_FILE, Store
from localcloud.settings import Settings


@click.group()
def metric() -> None:
    """Set what instances, databases and load balancers measure. What is set outlives a restart of the endpoint."""


@metric.command("set")
@click.argument("name")
@click.argument("metric_name", metavar="METRIC")
@click.argument("values", nargs=-1, required=True, metavar="VALUE…")
def set_values(name: str, metric_name: str, values: tuple[str, ...]) -> None:
    """Set the METRIC of the instance, database or load balancer NAME.

    The last VALUE is the present five minutes' and holds from now on; those before it are the five minutes before,
    in order. "none" is no measurement.
    """
    settings = Settings.from_environment()
    resource = _find(settings, name)
    known = KINDS[resource.resource_type]
    if metric_name not in known:
        raise SettingError(f"{name} has no metric {metric_name}", f"use one of {', '.join(known)}")
    metric_settings.put(settings.state_directory, resource.arn, metric_name, [_number(value) for value in values])


@metric.command()
@click.argument("name", required=False)
def clear(name: str | None) -> None:
    """Forget what was set for NAME, or for all."""
    settings = Settings.from_environment()
    metric_settings.clear(settings.state_directory, _find(settings, name).arn if name else None)


def _find(settings: Settings, name: str) -> Resource:
    account = Store(settings.state_directory / ACCOUNT_FILE).snapshot()
    for resource in account.everything():
        if resource.name == name and resource.resource_type in KINDS:
            return resource
    raise SettingError(
        f"{settings.name} has no instance, database or load balancer {name}", "localcloud status lists what there is"
    )


def _number(text: str) -> float | None:
    if text == "none":
        return None
    try:
        return float(text)
    except ValueError:
        raise SettingError(f"{text!r} is no number", 'give numbers, or "none" for no measurement') from None
