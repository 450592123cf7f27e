#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cost_estimate_info
short_description: What the account is charged for Lightsail resources
version_added: 0.2.0
description:
  - Reads the service's own estimate of what each resource has cost in a time, and adds them up.
  - M(primetime.lightsail.price) says what a plan would cost; this says what the account is charged.
  - The estimates have no taxes, discounts or free tier, and lag the use by up to a day.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  resource_names:
    description: The resources. Without it, all instances and databases of the region.
    type: list
    elements: str
  start:
    description: First day, like V(2026-11-01), in UTC. Without it, the first of the month of the last day.
    type: str
  end:
    description: Last day, which counts. Without it, today. The service looks back three months at most.
    type: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: What this month has cost so far
  primetime.lightsail.cost_estimate_info:
  register: charged

- name: Show it
  ansible.builtin.debug:
    msg: "{{ charged.table }}"
"""

RETURN = r"""
resources:
  description: What each has cost, by name.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Its name., type: str}
    type: {description: "Its kind, such as Instance.", type: str}
    usd: {description: What it has cost in the time, type: float}
    usage: {description: The same by type of usage., type: dict}
total_usd:
  description: Sum of the resources, US dollars.
  returned: always
  type: float
start:
  description: First day.
  returned: always
  type: str
end:
  description: Last day.
  returned: always
  type: str
table:
  description: The same as lines of text with aligned columns.
  returned: always
  type: list
  elements: str
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import every, find
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {
    "resource_names": {"type": "list", "elements": "str"},
    "start": {"type": "str"},
    "end": {"type": "str"},
}
LONGEST_DAYS = 92
UTC = timezone.utc  # noqa: UP017 (datetime.UTC is younger than the Pythons that Ansible runs on)


def day(option: str, text: str) -> date:
    """A date out of an option.

    Raises:
        RefusedError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RefusedError(f"{option} '{text}' is no date: write it like 2026-11-01") from error


def span(start: str | None, end: str | None, today: date) -> tuple[date, date]:
    """First and last day.

    Raises:
        RefusedError: a date is none, the days are out of order, or too many.
    """
    last = day("end", end) if end else today
    first = day("start", start) if start else last.replace(day=1)
    if first > last:
        raise RefusedError(f"start {first} is after end {last}")
    if (last - first).days > LONGEST_DAYS:
        raise RefusedError(f"{first} to {last} is longer than the three months that the service looks at: ask for less")
    return first, last


def summed(budget: Iterable[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """What one resource has cost.

    Args:
        budget: the resourcesBudgetEstimate of GetCostEstimate's reply.
        name: the resource's.
    """
    usage: dict[str, Decimal] = {}
    kind = ""
    for resource in budget:
        kind = kind or str(resource.get("resourceType") or "")
        for estimate in resource.get("costEstimates") or []:
            costs = [Decimal(str(result.get("usageCost") or 0)) for result in estimate.get("resultsByTime") or []]
            usage[estimate["usageType"]] = usage.get(estimate["usageType"], Decimal(0)) + sum(costs)
    cents = {what: float(usd.quantize(Decimal("0.01"))) for what, usd in sorted(usage.items())}
    return {
        "name": name,
        "type": kind,
        "usd": float(sum(usage.values(), Decimal(0)).quantize(Decimal("0.01"))),
        "usage": cents,
    }


def table(resources: Sequence[Mapping[str, Any]], total: float) -> list[str]:
    """The resources as text with aligned columns and a total."""
    rows = [(str(one["name"]), str(one["type"]), f"{one['usd']:.2f}") for one in resources]
    rows = [("what", "kind", "USD"), *rows, ("total", "", f"{total:.2f}")]
    wide = [max(len(row[column]) for row in rows) for column in range(3)]
    return [f"{what:<{wide[0]}}  {kind:<{wide[1]}}  {usd:>{wide[2]}}" for what, kind, usd in rows]


def body(module: Any) -> dict[str, Any]:
    client, names = open_client(module, "lightsail"), module.params["resource_names"]
    first, last = span(module.params["start"], module.params["end"], datetime.now(UTC).date())
    if names is None:
        listed = every(client, "get_instances", "instances")
        listed += every(client, "get_relational_databases", "relationalDatabases")
        names = [resource["name"] for resource in listed]
    begins = datetime.combine(first, time(), UTC)
    ends = datetime.combine(last + timedelta(days=1), time(), UTC)
    resources = []
    for name in sorted(set(names)):
        found = find(client, "get_cost_estimate", resourceName=name, startTime=begins, endTime=ends)
        if found is None:
            raise RefusedError(f"there is no resource {name} in this region: check resource_names and region")
        resources.append(summed(found["resourcesBudgetEstimate"], name))
    total = float(sum((Decimal(str(one["usd"])) for one in resources), Decimal(0)))
    return {
        "changed": False,
        "resources": resources,
        "total_usd": total,
        "start": str(first),
        "end": str(last),
        "table": table(resources, total),
    }


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
