"""What happens to machines without a call: a machine that reboots or powers off from inside, a server that dies."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import structlog

from localcloud import docker_engine
from localcloud.lightsail import containers, databases, instances
from localcloud.lightsail.cloud import Cloud
from localcloud.lightsail.records import DatabaseState, Instance, InstanceState

log = structlog.get_logger(__name__)

# The kernel ends a container's first process with SIGHUP when it asks for a restart, with SIGINT for power-off.
REBOOT_EXIT_CODE = 128 + 1


def start(cloud: Cloud) -> threading.Thread:
    """Follow Docker's events in a thread of its own for as long as this process lives."""
    filters = {"type": "container", "event": "die", "label": f"{docker_engine.LABEL}={cloud.settings.name}"}
    # A client of its own: the stream has no end, and so no time limit.
    events = docker_engine.connect().api.events(decode=True, filters=filters)
    thread = threading.Thread(target=_follow, args=(cloud, events), name="watch", daemon=True)
    thread.start()
    return thread


def _follow(cloud: Cloud, events: Any) -> None:
    for event in events:
        attributes = event["Actor"]["Attributes"]
        on_end(cloud, attributes.get(containers.RESOURCE_LABEL, ""), int(attributes.get("exitCode", 0)))


def on_end(cloud: Cloud, arn: str, exit_code: int) -> None:
    """A container ended. One that a call ended is in a state that says so, and stays as it is."""
    with cloud.store.reading() as account:
        ended_instances = [
            item for item in account.instances if item.arn == arn and item.state == InstanceState.RUNNING
        ]
        ended_databases = [
            item for item in account.relational_databases if item.arn == arn and item.state == DatabaseState.AVAILABLE
        ]
    for instance in ended_instances:
        log.info("machine ended by itself", instance=instance.name, exit_code=exit_code)
        cloud.in_background(instance, [], partial(_after_end, cloud, instance, exit_code))
    for database in ended_databases:
        # A managed database is started again whatever ended it.
        log.info("database server ended by itself", database=database.name, exit_code=exit_code)
        cloud.in_background(database, [], partial(databases.bring_up, cloud, database))


def _after_end(cloud: Cloud, instance: Instance, exit_code: int) -> None:
    if exit_code == REBOOT_EXIT_CODE or cloud.machines.is_running(instance):
        instances.boot(cloud, instance)
    else:
        instances.halt(cloud, instance)
