"""GetInstanceMetricData and GetRelationalDatabaseMetricData."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from localcloud.lightsail import catalogue, metric_settings
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException
from localcloud.lightsail.metric_kinds import KINDS
from localcloud.lightsail.metric_settings import SLOT_SECONDS
from localcloud.lightsail.records import DatabaseState, Instance, InstanceState, RelationalDatabase, now
from localcloud.lightsail.series import Source
from localcloud.lightsail.times import parse

POINTS_LIMIT = 1440
MEASURED_STATES = (InstanceState.RUNNING, DatabaseState.AVAILABLE, DatabaseState.MODIFYING)


def get_instance_metric_data(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        resource = c.find_instance(account, region, members["instanceName"]).model_copy(deep=True)
    return _data(cloud, resource, members)


def get_database_metric_data(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        found = c.find_database(account, region, members["relationalDatabaseName"])
        resource = found.model_copy(deep=True)
    return _data(cloud, resource, members)


def source(cloud: Cloud, resource: Instance | RelationalDatabase) -> Source:
    """Where the resource's values come from."""
    if isinstance(resource, Instance):
        bundle = catalogue.bundle(resource.bundle_id, resource.region)
    else:
        bundle = catalogue.database_bundle(resource.bundle_id)
    return Source(
        arn=resource.arn,
        resource_type=resource.resource_type,
        size=resource.bundle_id.split("_")[0],
        disk_bytes=int(bundle["diskSizeInGb"] * catalogue.GIGABYTE),
        first=metric_settings.slot_of(resource.created_at.timestamp()),
        set_values=metric_settings.read(cloud.settings.state_directory).get(resource.arn, {}),
    )


def measured(resource: Instance | RelationalDatabase) -> bool:
    """Whether it is on: of a stopped instance nothing is measured."""
    return resource.state in MEASURED_STATES


def slot_values(
    cloud: Cloud, resource: Instance | RelationalDatabase, metric: str, slots: Iterable[int]
) -> list[float | None]:
    """A metric's value in each slot; None where nothing was measured."""
    if not measured(resource):
        return [None for _ in slots]
    values = source(cloud, resource)
    return [values.at(metric, slot) for slot in slots]


def _data(cloud: Cloud, resource: Instance | RelationalDatabase, members: Members) -> Members:
    metric = members["metricName"]
    check_metric(metric, KINDS[resource.resource_type])
    start, end, period = window(members)
    reply: Members = {"metricName": metric, "metricData": []}
    unit = KINDS[resource.resource_type][metric][0]
    # As with CloudWatch there are no data in a unit that the metric doesn't have.
    if unit != members["unit"] or not measured(resource):
        return reply
    # A value is known once its slot is over, but one that is set counts at once.
    last = metric_settings.slot_of(min(end - 1, now().timestamp()))
    slots = range(-(-int(start) // SLOT_SECONDS), last + 1)
    moments = [float(slot * SLOT_SECONDS) for slot in slots]
    found = zip(moments, slot_values(cloud, resource, metric, slots), strict=True)
    reply["metricData"] = points([(at, value) for at, value in found if value is not None], members, period)
    return reply


def check_metric(metric: str, known: Iterable[str]) -> None:
    """Raises InvalidInputException for a metric that the local cloud has no values of."""
    if metric not in known:
        raise InvalidInputException(f"localcloud has no series of {metric}", f"it has {', '.join(known)}")


def window(members: Members) -> tuple[float, float, int]:
    """Start and end in seconds since 1970, and the period in seconds, that a request for metrics asks for.

    Raises:
        InvalidInputException: they are not valid, or there would be too many points.
    """
    period = members["period"]
    start, end = parse(members["startTime"]).timestamp(), parse(members["endTime"]).timestamp()
    if period % 60 or not 60 <= period <= 86_400:
        raise InvalidInputException(f"The period is not valid: {period}", "use a multiple of 60 from 60 to 86400")
    if end <= start:
        raise InvalidInputException("endTime must be after startTime")
    if (end - start) / period > POINTS_LIMIT:
        raise InvalidInputException(
            f"That would be more than {POINTS_LIMIT} data points", "ask for less time or a longer period"
        )
    return start, end, period


def points(values: Iterable[tuple[float, float]], members: Members, period: int) -> list[Members]:
    """The reply's data points, oldest first, of values at moments (seconds since 1970)."""
    buckets: dict[int, list[float]] = {}
    for moment, value in values:
        buckets.setdefault(int(moment) // period * period, []).append(value)
    return [_point(moment, found, members["unit"], members["statistics"]) for moment, found in sorted(buckets.items())]


def _point(moment: int, values: list[float], unit: str, statistics: list[str]) -> dict[str, Any]:
    computed = {
        "Average": sum(values) / len(values),
        "Maximum": max(values),
        "Minimum": min(values),
        "Sum": sum(values),
        "SampleCount": float(len(values)),
    }
    shown = {name[0].lower() + name[1:]: computed[name] for name in statistics}
    return shown | {"timestamp": datetime.fromtimestamp(moment, UTC), "unit": unit}


OPERATIONS: dict[str, c.Handler] = {
    "GetInstanceMetricData": get_instance_metric_data,
    "GetRelationalDatabaseMetricData": get_database_metric_data,
}
