"""How many of a load balancer's instances were healthy: looked at every minute, kept for a day in `hosts.json`."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import structlog

from localcloud.lightsail.balancers import BalancerNotReadyError
from localcloud.lightsail.cloud import Cloud
from localcloud.lightsail.records import LoadBalancer, LoadBalancerState, now

log = structlog.get_logger(__name__)

FILE = "hosts.json"
LOOK_SECONDS = 60
KEPT_SECONDS = 24 * 3600

# Balancer's ARN → (seconds since 1970, healthy, unhealthy), oldest first.
Counts = dict[str, list[tuple[float, int, int]]]


def count(cloud: Cloud, balancer: LoadBalancer) -> tuple[int, int]:
    """Healthy and unhealthy instances at this moment.

    Raises:
        BalancerNotReadyError: the balancer does not answer.
    """
    states = [state for state, _reason in cloud.balancers.health(balancer).values()]
    return states.count("healthy"), states.count("unhealthy")


def read(directory: Path) -> Counts:
    path = directory / FILE
    if not path.exists():
        return {}
    return {arn: [(at, up, down) for at, up, down in looks] for arn, looks in json.loads(path.read_text()).items()}


def look(cloud: Cloud) -> None:
    """Count every active balancer's instances once; those of balancers that are gone are forgotten."""
    directory, moment = cloud.settings.state_directory, now().timestamp()
    with cloud.store.reading() as account:
        active = [item.model_copy(deep=True) for item in account.load_balancers if _is_active(item)]
    held = read(directory)
    if not active and not held:
        return
    counts: Counts = {}
    for balancer in active:
        counts[balancer.arn] = [found for found in held.get(balancer.arn, []) if found[0] > moment - KEPT_SECONDS]
        try:
            counts[balancer.arn].append((moment, *count(cloud, balancer)))
        except BalancerNotReadyError as error:
            log.warning("hosts could not be counted", balancer=balancer.name, cause=str(error))
    scratch = directory / f"{FILE}.new"
    scratch.write_text(json.dumps(counts))
    scratch.replace(directory / FILE)


def start(cloud: Cloud) -> None:
    """Look every minute in a thread of its own for as long as this process lives."""

    def run() -> None:
        while True:
            try:
                look(cloud)
            except Exception:
                # One look that fails must not be the last.
                log.exception("hosts could not be counted")
            time.sleep(LOOK_SECONDS)

    threading.Thread(target=run, name="host-counts", daemon=True).start()


def _is_active(balancer: LoadBalancer) -> bool:
    return balancer.state is LoadBalancerState.ACTIVE and not balancer.deleting
