"""GetLoadBalancerMetricData: counted from the requests that the balancer's log has, so these values are measured.

How many instances are healthy is looked at now; what it was before is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from localcloud.lightsail import cloud as c
from localcloud.lightsail import load_balancers, metrics
from localcloud.lightsail.balancer_config import FAILED, REQUEST
from localcloud.lightsail.balancers import BalancerNotReadyError
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import OperationFailureException
from localcloud.lightsail.records import LoadBalancer, LoadBalancerState, now

COUNT, SECONDS = "Count", "Seconds"
HOSTS = ("HealthyHostCount", "UnhealthyHostCount")
RESPONSE_TIME, TLS_ERRORS, REQUESTS = "InstanceResponseTime", "ClientTLSNegotiationErrorCount", "RequestCount"
BY_INSTANCE = re.compile(r"HTTPCode_Instance_(\d)XX_Count")
BY_BALANCER = re.compile(r"HTTPCode_LB_(\d)XX_Count")
UNITS = {
    **dict.fromkeys(HOSTS, COUNT),
    **dict.fromkeys([f"HTTPCode_Instance_{n}XX_Count" for n in range(2, 6)], COUNT),
    **dict.fromkeys(["HTTPCode_LB_4XX_Count", "HTTPCode_LB_5XX_Count", REQUESTS, TLS_ERRORS], COUNT),
    RESPONSE_TIME: SECONDS,
}
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
    metrics.check_metric(metric, UNITS)
    start, end, period = metrics.window(members)
    with cloud.store.reading() as account:
        balancer = load_balancers.find(account, region, members["loadBalancerName"]).model_copy(deep=True)
    reply: Members = {"metricName": metric, "metricData": []}
    if members["unit"] != UNITS[metric] or balancer.state is not LoadBalancerState.ACTIVE:
        return reply
    try:
        if metric in HOSTS:
            found = [(now().timestamp(), float(_hosts(cloud, balancer, healthy=metric == HOSTS[0])))]
        else:
            times = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
            found = values(metric, parse(cloud.balancers.log_lines(balancer, *times)))
    except BalancerNotReadyError as error:
        raise OperationFailureException(f"{balancer.name} cannot be measured: {error}") from error
    reply["metricData"] = metrics.points([pair for pair in found if start <= pair[0] < end], members, period)
    return reply


def _hosts(cloud: Cloud, balancer: LoadBalancer, *, healthy: bool) -> int:
    states = [state for state, _reason in cloud.balancers.health(balancer).values()]
    return sum((state == "healthy") is healthy for state in states if state in ("healthy", "unhealthy"))


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
