#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: price
short_description: What a plan costs a month, before anything is bought
version_added: 0.1.0
description:
  - Prices planned instances, databases and buckets as the service itself prices their bundles, adds them up, and
    fails above a cap.
  - Disks, snapshots and load balancers have no price in the service's API. They are priced by Lightsail's published
    list, unless O(lines[].monthly_usd) says otherwise.
  - M(primetime.lightsail.cost_estimate_info) says what the account is charged.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  lines:
    description: What is planned.
    type: list
    elements: dict
    required: true
    suboptions:
      kind:
        description:
          - What it is. Instances, databases and buckets (object storage) are priced by their bundle.
          - A V(disk) or V(snapshot) is priced by O(lines[].size_gb), a V(load_balancer) as a whole.
          - A V(static_ip) costs nothing while it is attached.
          - V(other) needs O(lines[].monthly_usd) and O(lines[].note), since Lightsail doesn't price it.
        type: str
        choices: [instance, database, bucket, disk, snapshot, load_balancer, static_ip, other]
        required: true
      name:
        description: What to call it in the table.
        type: str
        required: true
      bundle_id:
        description: Bundle of an instance, database or bucket.
        type: str
      size_gb:
        description: Size of a disk, or of what a snapshot holds, in GB.
        type: float
      quantity:
        description: How many of it.
        type: int
        default: 1
      monthly_usd:
        description:
          - Price of one a month. Needed for V(other).
          - For a disk, snapshot or load balancer it takes the place of the published price.
        type: float
      note:
        description: Remark in the table; for V(other), where its price comes from.
        type: str
  cost_cap_usd:
    description: The task fails when the total is above this.
    type: float
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Stop before it gets dear
  primetime.lightsail.price:
    cost_cap_usd: 46
    lines:
      - {kind: instance, name: server, bundle_id: medium_3_0}
      - {kind: database, name: database, bundle_id: micro_2_0}
      - {kind: static_ip, name: address}
      - {kind: other, name: "S3 and CloudFront", monthly_usd: 1, note: below the free tier of 1 TB}
"""

RETURN = r"""
lines:
  description: The lines with their prices.
  returned: always
  type: list
  elements: dict
  contains:
    kind: {description: What it is., type: str}
    name: {description: What it is called., type: str}
    bundle_id: {description: Bundle; empty for lines without., type: str}
    quantity: {description: How many of it., type: int}
    unit_usd: {description: Price of one a month., type: float}
    monthly_usd: {description: Price of the line a month., type: float}
    note: {description: Remark., type: str}
total_usd:
  description: Sum of the lines, US dollars a month, without taxes.
  returned: always
  type: float
  sample: 40.0
table:
  description: The same as lines of text with aligned columns.
  returned: always
  type: list
  elements: str
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.catalogue import (
    bucket_bundles,
    database_bundles,
    instance_bundles,
    require_bundle,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {
    "lines": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "kind": {
                "type": "str",
                "choices": [
                    "instance",
                    "database",
                    "bucket",
                    "disk",
                    "snapshot",
                    "load_balancer",
                    "static_ip",
                    "other",
                ],
                "required": True,
            },
            "name": {"type": "str", "required": True},
            "bundle_id": {"type": "str"},
            "size_gb": {"type": "float"},
            "quantity": {"type": "int", "default": 1},
            "monthly_usd": {"type": "float"},
            "note": {"type": "str"},
        },
        "required_if": [
            ("kind", "instance", ["bundle_id"]),
            ("kind", "database", ["bundle_id"]),
            ("kind", "bucket", ["bundle_id"]),
            ("kind", "disk", ["size_gb"]),
            ("kind", "snapshot", ["size_gb"]),
            ("kind", "other", ["monthly_usd", "note"]),
        ],
    },
    "cost_cap_usd": {"type": "float"},
}

# US dollars a month, a GB or as a whole; https://aws.amazon.com/lightsail/pricing/, November 2026. No operation of the
# service tells them.
PER_GB = {"disk": Decimal("0.10"), "snapshot": Decimal("0.05")}
LOAD_BALANCER = Decimal("18.00")
PUBLISHED = "published price, November 2026"

Bundles = Mapping[str, dict[str, dict[str, Any]]]


def cents(value: Any) -> Decimal:
    """A price rounded to cents; the service gives floats."""
    return Decimal(str(value)).quantize(Decimal("0.01"))


def priced(line: Mapping[str, Any], bundles: Bundles) -> dict[str, Any]:
    """One line with its price.

    Args:
        line: an entry of the option lines.
        bundles: for instance, database and bucket, the bundles by id.

    Raises:
        RefusedError: the region doesn't offer the bundle, or the quantity or size is negative.
    """
    kind, bundle_id, note = line["kind"], line.get("bundle_id") or "", line.get("note") or ""
    quantity = 1 if line.get("quantity") is None else line["quantity"]
    if quantity < 0:
        raise RefusedError(f"quantity of {line['name']} is {quantity}: it can't be negative")
    if kind in bundles:
        require_bundle(f"bundle_id of {line['name']}", bundle_id, bundles[kind])
        unit = cents(bundles[kind][bundle_id]["price"])
    elif kind in PER_GB and (line["size_gb"] < 0):
        raise RefusedError(f"size_gb of {line['name']} is {line['size_gb']:g}: it can't be negative")
    elif kind in (*PER_GB, "load_balancer") and line.get("monthly_usd") is None:
        unit = cents(PER_GB[kind] * Decimal(str(line["size_gb"]))) if kind in PER_GB else LOAD_BALANCER
        note = note or (f"{line['size_gb']:g} GB, {PUBLISHED}" if kind in PER_GB else PUBLISHED)
    elif kind == "static_ip":
        unit, note = Decimal("0.00"), note or "free while attached to an instance"
    else:
        unit = cents(line["monthly_usd"])
    return {
        "kind": kind,
        "name": line["name"],
        "bundle_id": bundle_id,
        "quantity": quantity,
        "unit_usd": float(unit),
        "monthly_usd": float(unit * quantity),
        "note": note,
    }


def table(lines: Sequence[Mapping[str, Any]], total: float) -> list[str]:
    """The priced lines as text with aligned columns and a total."""
    rows = [
        (
            str(line["name"]),
            str(line["bundle_id"]),
            f"{line['quantity']}",
            f"{line['monthly_usd']:.2f}",
            str(line["note"]),
        )
        for line in lines
    ]
    rows = [("what", "bundle", "number", "USD/month", ""), *rows, ("total", "", "", f"{total:.2f}", "")]
    wide = [max(len(row[column]) for row in rows) for column in range(4)]
    return [
        f"{what:<{wide[0]}}  {bundle:<{wide[1]}}  {number:>{wide[2]}}  {usd:>{wide[3]}}  {note}".rstrip()
        for what, bundle, number, usd, note in rows
    ]


def total_of(lines: Sequence[Mapping[str, Any]]) -> float:
    """Sum of the lines in US dollars a month, without the drift of adding floats."""
    return float(sum((cents(line["monthly_usd"]) for line in lines), Decimal(0)))


def body(module: Any) -> dict[str, Any]:
    wanted, cap = module.params["lines"], module.params["cost_cap_usd"]
    client = open_client(module, "lightsail")
    readers = {"instance": instance_bundles, "database": database_bundles, "bucket": bucket_bundles}
    kinds = {line["kind"] for line in wanted}
    bundles = {kind: read(client) for kind, read in readers.items() if kind in kinds}
    lines = [priced(line, bundles) for line in wanted]
    total = total_of(lines)
    shown = table(lines, total)
    if cap is not None and cents(total) > cents(cap):
        raise RefusedError(
            f"The plan costs ${total:.2f} a month, above the cap of ${cap:.2f}: choose smaller bundles or raise "
            "cost_cap_usd\n" + "\n".join(shown)
        )
    return {"changed": False, "lines": lines, "total_usd": total, "table": shown}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
