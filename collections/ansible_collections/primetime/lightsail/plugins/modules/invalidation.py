#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: invalidation
short_description: Make CloudFront forget what it has cached, once per release
version_added: 0.1.0
description:
  - Asks CloudFront to drop cached paths. The caller reference makes it happen once. The same reference again changes
    nothing, so a release id serves well.
  - M(community.aws.cloudfront_invalidation) has no check mode, sends its request even when nothing is to be done, and
    can't wait.
author: Prime Time contributors (@prime-time)
options:
  distribution_id:
    description: Id of the distribution.
    type: str
    required: true
  caller_reference:
    description: What makes this invalidation itself, such as the release's id.
    type: str
    required: true
  paths:
    description: Paths to drop, each starting with C(/), where C(*) may end one.
    type: list
    elements: str
    default: [/*]
  wait:
    description: Whether to wait until every edge has dropped them.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait before the task fails.
    type: int
    default: 900
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: Show the new release
  primetime.lightsail.invalidation:
    distribution_id: "{{ distribution.id }}"
    caller_reference: "{{ release_id }}"
    paths: [/index.html, /]
"""

RETURN = r"""
actions:
  description: The calls that change something; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_invalidation]
invalidation:
  description: The invalidation as it is now; empty in check mode before it is made.
  returned: always
  type: dict
  contains:
    id: {description: Its id., type: str}
    status: {description: V(InProgress) or V(Completed)., type: str}
    caller_reference: {description: What makes it itself., type: str}
    paths: {description: Paths., type: list, elements: str}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.cloudfront import every_cloudfront, wrapped
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, call, converge
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {
    "distribution_id": {"type": "str", "required": True},
    "caller_reference": {"type": "str", "required": True},
    "paths": {"type": "list", "elements": "str", "default": ["/*"]},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 900},
}


def view(description: Any) -> dict[str, Any]:
    """What the module returns of an invalidation."""
    if description is None:
        return {}
    batch = description["InvalidationBatch"]
    return {
        "id": description["Id"],
        "status": description["Status"],
        "caller_reference": batch["CallerReference"],
        "paths": sorted(batch["Paths"].get("Items") or []),
    }


def comparable(description: Any) -> dict[str, Any]:
    return {key: value for key, value in view(description).items() if key in ("caller_reference", "paths")}


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The call that invalidates, unless it was made already.

    Args:
        description: CloudFront's Invalidation structure with the caller reference wanted, or None.
        wanted: the module's options.

    Raises:
        RefusedError: the same caller reference was used for other paths, or a path doesn't start with a slash.
    """
    paths = sorted(set(wanted["paths"]))
    if wrong := [path for path in paths if not path.startswith("/")]:
        raise RefusedError(f"paths must start with '/': {', '.join(wrong)}")
    before, after = comparable(description), {"caller_reference": wanted["caller_reference"], "paths": paths}
    if before == after:
        return Plan(before, after)
    if description is not None:
        raise RefusedError(
            f"caller_reference {wanted['caller_reference']} was used for other paths ({', '.join(before['paths'])}), "
            "and an invalidation can't be changed: give another caller_reference"
        )
    arguments = {
        "DistributionId": wanted["distribution_id"],
        "InvalidationBatch": {"CallerReference": wanted["caller_reference"], "Paths": wrapped(paths)},
    }
    step = Step(
        "create_invalidation",
        arguments,
        settled=lambda found: found is not None and found["Status"] == "Completed",
    )
    return Plan(before, after, (step,))


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "cloudfront")
    distribution = wanted["distribution_id"]

    def describe() -> Any:
        # CloudFront lists the newest first and doesn't list the reference, so each is looked at until it is found.
        for item in every_cloudfront(client, "list_invalidations", "InvalidationList", DistributionId=distribution):
            one = call(client, "get_invalidation", DistributionId=distribution, Id=item["Id"])["Invalidation"]
            if one["InvalidationBatch"]["CallerReference"] == wanted["caller_reference"]:
                return one
        return None

    outcome = converge(
        module,
        client,
        f"invalidation {wanted['caller_reference']}",
        describe,
        lambda description: plan(description, wanted),
    )
    return {**outcome.fields(), "invalidation": view(outcome.description)}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
