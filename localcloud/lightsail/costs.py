"""GetCostEstimate: what a resource has cost, from when it stood and its bundle's price.

Lightsail charges by the hour up to the month's price. Here the hours of a month are always 730, and only what stands is
known: a deleted resource has no estimate, as it has none in the service once it is gone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from localcloud.lightsail import catalogue
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, NotFoundException
from localcloud.lightsail.records import Instance, LoadBalancer, RelationalDatabase, Resource, now
from localcloud.lightsail.times import parse

HOURS_A_MONTH = 730
LOAD_BALANCER_MONTHLY_USD = 18.0  # Lightsail's published price; no listing of the service has it
LONGEST = timedelta(days=93)  # three months, the service's limit


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


def _estimates(resource: Resource, start: datetime, end: datetime) -> list[Members]:
    if isinstance(resource, Instance):
        price, usage = catalogue.bundle(resource.bundle_id)["price"], f"BundleUsage:{resource.bundle_id}"
    elif isinstance(resource, RelationalDatabase):
        price, usage = catalogue.database_bundle(resource.bundle_id)["price"], f"DatabaseUsage:{resource.bundle_id}"
    elif isinstance(resource, LoadBalancer):
        price, usage = LOAD_BALANCER_MONTHLY_USD, "LoadBalancerUsage"
    else:
        return []
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
