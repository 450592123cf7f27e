"""What happens without a call: a machine that reboots or powers off from inside, a server or a balancer that dies."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import docker.errors
import structlog
import urllib3

from localcloud import docker_engine
from localcloud.errors import LocalcloudError
from localcloud.lightsail import containers, databases, instances, load_balancers
from localcloud.lightsail.cloud import Cloud
from localcloud.lightsail.reconcile import reconcile
from localcloud.lightsail.records import DatabaseState, Instance, InstanceState, LoadBalancerState

log = structlog.get_logger(__name__)

# The kernel ends a container's first process with SIGHUP when it asks for a restart, with SIGINT for power-off.
REBOOT_EXIT_CODE = 128 + 1
RECONNECT_SECONDS = 2


def start(cloud: Cloud) -> None:
    """Follow Docker's events in a thread of its own for as long as this process lives."""
    filters = {"type": "container", "event": "die", "label": f"{docker_engine.LABEL}={cloud.settings.name}"}

    def open_stream() -> Iterator[dict[str, Any]]:
        # A client of its own: the stream has no end, and so no time limit.
        stream: Iterator[dict[str, Any]] = docker_engine.connect().api.events(decode=True, filters=filters)
        return stream

    threading.Thread(target=follow, args=(cloud, open_stream), name="watch", daemon=True).start()


def follow(cloud: Cloud, open_stream: Callable[[], Iterator[dict[str, Any]]]) -> None:
    """Handle events for ever. When Docker goes away, wait until it is back, then start again what it stopped."""
    lost = False
    while True:
        try:
            stream = open_stream()
            if lost:
                log.info("Docker is back")
                reconcile(cloud)
            for event in stream:
                attributes = event["Actor"]["Attributes"]
                on_end(cloud, attributes.get(containers.RESOURCE_LABEL, ""), int(attributes.get("exitCode", 0)))
        except (LocalcloudError, docker.errors.DockerException, urllib3.exceptions.HTTPError, OSError) as error:
            log.warning("Docker's events were lost", cause=str(error))
        lost = True
        time.sleep(RECONNECT_SECONDS)


def on_end(cloud: Cloud, arn: str, exit_code: int) -> None:
    """A container ended. One that a call ended is in a state that says so, and stays as it is."""
    with cloud.store.reading() as account:
        ended_instances = [
            item for item in account.instances if item.arn == arn and item.state == InstanceState.RUNNING
        ]
        ended_databases = [
            item for item in account.relational_databases if item.arn == arn and item.state == DatabaseState.AVAILABLE
        ]
        ended_balancers = [
            item for item in account.load_balancers if item.arn == arn and item.state == LoadBalancerState.ACTIVE
        ]
    for instance in ended_instances:
        log.info("machine ended by itself", instance=instance.name, exit_code=exit_code)
        cloud.in_background(instance, [], partial(_after_end, cloud, instance, exit_code))
    for database in ended_databases:
        # A managed database is started again whatever ended it.
        log.info("database server ended by itself", database=database.name, exit_code=exit_code)
        cloud.in_background(database, [], partial(databases.bring_up, cloud, database))
    for balancer in ended_balancers:
        if not balancer.deleting:
            log.info("load balancer ended by itself", balancer=balancer.name, exit_code=exit_code)
            cloud.in_background(balancer, [], partial(load_balancers.bring_up, cloud, balancer))


def _after_end(cloud: Cloud, instance: Instance, exit_code: int) -> None:
    if exit_code == REBOOT_EXIT_CODE or cloud.machines.is_running(instance):
        instances.boot(cloud, instance)
    else:
        instances.halt(cloud, instance)
