"""GetLoadBalancerMetricData: counted from the requests that the balancer's log has, so these values are measured.

How many instances are healthy is looked at every minute, and at once when it is asked for. What a test sets
(`localcloud metric set`) stands in the place of what was measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from localcloud.lightsail import cloud as c
from localcloud.lightsail import host_counts, load_balancers, metric_settings, metrics
from localcloud.lightsail.balancer_config import FAILED, REQUEST
from localcloud.lightsail.balancers import BalancerNotReadyError
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import OperationFailureException
from localcloud.lightsail.metric_kinds import HOSTS, LOAD_BALANCER
from localcloud.lightsail.metric_settings import SLOT_SECONDS
from localcloud.lightsail.records import LoadBalancer, LoadBalancerState, now

RESPONSE_TIME, TLS_ERRORS, REQUESTS = "InstanceResponseTime", "ClientTLSNegotiationErrorCount", "RequestCount"
BY_INSTANCE = re.compile(r"HTTPCode_Instance_(\d)XX_Count")
BY_BALANCER = re.compile(r"HTTPCode_LB_(\d)XX_Count")
NO_SERVER = "<NOSRV>"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z"
ANSWERED = rf"{REQUEST} \S+ (?P<server>\S+) (?P<status>-?\d+) (?P<milliseconds>-?\d+) \S{{4}}"
LINE = re.compile(rf"(?P<at>{TIME}) (?:{ANSWERED}|{FAILED} https~?)")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A line of the log: a request answered, or a handshake that failed (no server and status 0)."""

    at: float  # seconds since 1970
    server: str = NO_SERVER  # the instance that was chosen
    status: int = 0
    seconds: float | None = None  # until the instance's answer began
    by_instance: bool = False  # whether the answer is the instance's own


def parse(lines: Iterable[str]) -> list[Answer]:
    """What the log's lines say; those of HAProxy about itself are passed over."""
    found = []
    for line in lines:
        match = LINE.fullmatch(line.rstrip())
        if match is None:
            continue
        at = datetime.fromisoformat(match["at"]).timestamp()
        if match["server"] is None:
            found.append(Answer(at=at))
            continue
        milliseconds = int(match["milliseconds"])
        found.append(
            Answer(
                at=at,
                server=match["server"],
                status=int(match["status"]),
                seconds=milliseconds / 1000 if milliseconds >= 0 else None,
                # Where the connection or its time ended first, the answer is HAProxy's.
                by_instance=match["server"] != NO_SERVER and milliseconds >= 0,
            )
        )
    return found


def values(metric: str, answers: Iterable[Answer]) -> list[tuple[float, float]]:
    """The metric's values with their moments: one for each request that counts."""
    if metric == RESPONSE_TIME:
        return [(item.at, item.seconds) for item in answers if item.seconds is not None and item.by_instance]
    return [(item.at, 1.0) for item in answers if _counts(metric, item)]


def get(cloud: Cloud, region: str, members: Members) -> Members:
    metric = members["metricName"]
    metrics.check_metric(metric, LOAD_BALANCER)
    start, end, period = metrics.window(members)
    with cloud.store.reading() as account:
        balancer = load_balancers.find(account, region, members["loadBalancerName"]).model_copy(deep=True)
    reply: Members = {"metricName": metric, "metricData": []}
    if members["unit"] != LOAD_BALANCER[metric][0] or balancer.state is not LoadBalancerState.ACTIVE:
        return reply
    try:
        found = between(cloud, balancer, metric, start, end)
    except BalancerNotReadyError as error:
        raise OperationFailureException(f"{balancer.name} cannot be measured: {error}") from error
    reply["metricData"] = metrics.points(found, members, period)
    return reply


def slot_values(cloud: Cloud, balancer: LoadBalancer, metric: str, slots: range) -> list[float | None]:
    """A metric's value in each slot, of the statistic that alarms look at; None where nothing was measured."""
    if balancer.state is not LoadBalancerState.ACTIVE:
        return [None for _ in slots]
    start, end = slots.start * SLOT_SECONDS, slots.stop * SLOT_SECONDS
    by_slot: dict[int, list[float]] = {}
    try:
        for moment, value in between(cloud, balancer, metric, start, end):
            by_slot.setdefault(metric_settings.slot_of(moment), []).append(value)
    except BalancerNotReadyError:
        return [None for _ in slots]
    whole = {slot: sum(found) for slot, found in by_slot.items()}
    if LOAD_BALANCER[metric][1] == "Average":
        whole = {slot: total / len(by_slot[slot]) for slot, total in whole.items()}
    return [whole.get(slot) for slot in slots]


def between(cloud: Cloud, balancer: LoadBalancer, metric: str, start: float, end: float) -> list[tuple[float, float]]:
    """The metric's values with their moments, from start to before end (seconds since 1970).

    Raises:
        BalancerNotReadyError: the balancer does not answer.
    """
    measured = _hosts(cloud, balancer, metric) if metric in HOSTS else _answered(cloud, balancer, metric, start, end)
    given = metric_settings.read(cloud.settings.state_directory).get(balancer.arn, {}).get(metric)
    if given is not None:
        first, last = metric_settings.slot_of(start), metric_settings.slot_of(min(end - 1, now().timestamp()))
        looked_up = {slot: metric_settings.value_at(given, slot) for slot in range(first, last + 1)}
        set_slots = {slot: value for slot, (is_set, value) in looked_up.items() if is_set}
        measured = [pair for pair in measured if metric_settings.slot_of(pair[0]) not in set_slots]
        measured += [(float(slot * SLOT_SECONDS), value) for slot, value in set_slots.items() if value is not None]
    return [pair for pair in measured if start <= pair[0] < end]


def _answered(cloud: Cloud, balancer: LoadBalancer, metric: str, start: float, end: float) -> list[tuple[float, float]]:
    times = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    return values(metric, parse(cloud.balancers.log_lines(balancer, *times)))


def _hosts(cloud: Cloud, balancer: LoadBalancer, metric: str) -> list[tuple[float, float]]:
    looks = host_counts.read(cloud.settings.state_directory).get(balancer.arn, [])
    looks.append((now().timestamp(), *host_counts.count(cloud, balancer)))
    return [(moment, float(up if metric == "HealthyHostCount" else down)) for moment, up, down in looks]


def _counts(metric: str, answer: Answer) -> bool:
    if metric == TLS_ERRORS:
        return answer.status == 0
    if metric == REQUESTS:
        return answer.server != NO_SERVER
    if match := BY_INSTANCE.fullmatch(metric):
        return answer.by_instance and answer.status // 100 == int(match[1])
    match = BY_BALANCER.fullmatch(metric)
    return match is not None and not answer.by_instance and answer.status // 100 == int(match[1])


OPERATIONS: dict[str, c.Handler] = {"GetLoadBalancerMetricData": get}
