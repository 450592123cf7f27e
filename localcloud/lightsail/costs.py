"""GetCostEstimate: what a resource has cost, from when it stood and the price of its bundle or of its gigabytes.

Lightsail charges by the hour up to the month's price. Here the hours of a month are always 730, and only what stands is
known: a deleted resource has no estimate, as it has none in the service once it is gone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from localcloud.lightsail import catalogue
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, NotFoundException
from localcloud.lightsail.records import (
    Disk,
    DiskSnapshot,
    Instance,
    InstanceSnapshot,
    LoadBalancer,
    RelationalDatabase,
    RelationalDatabaseSnapshot,
    Resource,
    now,
)
from localcloud.lightsail.times import parse

HOURS_A_MONTH = 730
LOAD_BALANCER_MONTHLY_USD = 18.0  # Lightsail's published price; no listing of the service has it
LONGEST = timedelta(days=93)  # three months, the service's limit
# US dollars a gigabyte and month; https://aws.amazon.com/lightsail/pricing/, November 2026.
DISK_USD, SNAPSHOT_USD = 0.10, 0.05


def get(cloud: Cloud, region: str, members: Members) -> Members:
    start, end = parse(members["startTime"]), parse(members["endTime"])
    if end <= start:
        raise InvalidInputException("endTime must be after startTime")
    if end - start > LONGEST:
        raise InvalidInputException("The time asked for is longer than three months", "ask for less")
    name = members["resourceName"]
    with cloud.store.reading() as account:
        resource = next((found for found in account.resources(region) if found.name == name), None)
        if resource is None:
            raise NotFoundException(f"The resource does not exist: {name}")
        estimates = _estimates(resource, start, end)
        shown = {"resourceName": name, "resourceType": resource.resource_type, "startTime": start, "endTime": end}
        return {"resourcesBudgetEstimate": [shown | {"costEstimates": estimates}]}


def _monthly(resource: Resource) -> tuple[float, str] | None:
    """What a month of it costs and the usage type that it is charged under; None for what costs nothing."""
    match resource:
        case Instance():
            return catalogue.bundle(resource.bundle_id, resource.region)["price"], f"BundleUsage:{resource.bundle_id}"
        case RelationalDatabase():
            return catalogue.database_bundle(resource.bundle_id)["price"], f"DatabaseUsage:{resource.bundle_id}"
        case Disk():
            return resource.size_gb * DISK_USD, "DiskUsage"
        case InstanceSnapshot() | DiskSnapshot() | RelationalDatabaseSnapshot():
            return resource.size_gb * SNAPSHOT_USD, "SnapshotUsage"
        case LoadBalancer():
            return LOAD_BALANCER_MONTHLY_USD, "LoadBalancerUsage"
    return None


def _estimates(resource: Resource, start: datetime, end: datetime) -> list[Members]:
    monthly = _monthly(resource)
    if monthly is None:
        return []
    price, usage = monthly
    hourly = price / HOURS_A_MONTH
    results = []
    day = datetime(start.year, start.month, start.day, tzinfo=UTC)
    while day < end:
        following = day + timedelta(days=1)
        begins, ends = max(day, start, resource.created_at), min(following, end, now())
        hours = max(0.0, (ends - begins).total_seconds() / 3600)
        if hours > 0:
            results.append(
                {
                    "usageCost": round(hours * hourly, 6),
                    "pricingUnit": "Hrs",
                    "unit": round(hours, 6),
                    "currency": "USD",
                    "timePeriod": {"start": max(day, start), "end": min(following, end)},
                }
            )
        day = following
    return [{"usageType": usage, "resultsByTime": results}] if results else []


OPERATIONS: dict[str, c.Handler] = {"GetCostEstimate": get}
