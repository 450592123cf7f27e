#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cloudfront_function
short_description: Create, publish and delete a CloudFront function
version_added: 0.1.0
description:
  - Makes sure that a CloudFront function has the code given and that this code is live.
  - Neither amazon.aws nor community.aws has a module for CloudFront functions.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Its name.
    type: str
    required: true
  state:
    description: Whether it shall exist. One that a distribution uses can't be deleted.
    type: str
    choices: [present, absent]
    default: present
  code:
    description: The JavaScript. Needed with O(state=present).
    type: str
  comment:
    description: Remark.
    type: str
    default: ""
  runtime:
    description: Version of the JavaScript engine.
    type: str
    choices: [cloudfront-js-1.0, cloudfront-js-2.0]
    default: cloudfront-js-2.0
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: Answer page addresses with the single page
  primetime.lightsail.cloudfront_function:
    name: prime-time-production-pages
    comment: Serves the site's one page for every page address
    code: "{{ lookup('ansible.builtin.file', 'pages.js') }}"
  register: pages
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_function, publish_function]
arn:
  description: Its ARN, for a behavior's C(function_associations); empty when there is none.
  returned: always
  type: str
function:
  description: It as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
    comment: {description: Remark., type: str}
    runtime: {description: JavaScript engine., type: str}
    sha256: {description: SHA-256 of the code., type: str}
    live_sha256: {description: SHA-256 of the live code; empty if none is live., type: str}
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, converge, find
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "code": {"type": "str"},
    "comment": {"type": "str", "default": ""},
    "runtime": {
        "type": "str",
        "choices": ["cloudfront-js-1.0", "cloudfront-js-2.0"],
        "default": "cloudfront-js-2.0",
    },
}


def describe_stage(client: Any, name: str, stage: str) -> dict[str, Any] | None:
    """One stage of a function: etag, arn, comment, runtime and code (text); None when it has no such stage."""
    summary = find(client, "describe_function", Name=name, Stage=stage)
    if summary is None:
        return None
    content = find(client, "get_function", Name=name, Stage=stage)
    code = content["FunctionCode"] if content else b""
    config = summary["FunctionSummary"]["FunctionConfig"]
    return {
        "etag": summary["ETag"],
        "arn": summary["FunctionSummary"]["FunctionMetadata"]["FunctionARN"],
        "comment": config.get("Comment") or "",
        "runtime": config["Runtime"],
        "code": (code if isinstance(code, bytes) else code.read()).decode(),
    }


def describe_function(client: Any, name: str) -> dict[str, Any] | None:
    """Both stages of a function, development and live; None when there is no such function."""
    development = describe_stage(client, name, "DEVELOPMENT")
    if development is None:
        return None
    return {"development": development, "live": describe_stage(client, name, "LIVE")}


def stage_view(stage: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is compared of a stage."""
    return {} if stage is None else {key: stage[key] for key in ("comment", "runtime", "code")}


def comparable(description: Any) -> dict[str, Any]:
    if description is None:
        return {}
    return {"development": stage_view(description["development"]), "live": stage_view(description["live"])}


def development_etag(description: Any) -> str:
    return str(description["development"]["etag"])


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that create, update, publish or delete.

    Args:
        description: both stages, as describe_function gives them, or None.
        wanted: the module's options.
    """
    name, before = wanted["name"], comparable(description)

    def versioned(found: Any) -> dict[str, Any]:
        return {"Name": name, "IfMatch": development_etag(found)}

    if wanted["state"] == "absent":
        if description is None:
            return Plan(before, {})
        return Plan(before, {}, (Step("delete_function", versioned, settled=lambda found: found is None),))
    goal = {key: wanted[key] for key in ("comment", "runtime", "code")}
    after = {"development": goal, "live": goal}
    steps = []
    content = {
        "Name": name,
        "FunctionConfig": {"Comment": goal["comment"], "Runtime": goal["runtime"]},
        "FunctionCode": goal["code"].encode(),
    }

    def drafted(found: Any) -> bool:
        return bool(comparable(found).get("development") == goal)

    def published(found: Any) -> bool:
        return comparable(found) == after

    if description is None:
        steps.append(Step("create_function", content, settled=drafted))
    elif before["development"] != goal:
        steps.append(
            Step("update_function", lambda found: {**content, **versioned(found)}, settled=drafted, begun=drafted)
        )
    if before.get("live") != goal:
        # The draft's ETag is known once the draft is stored.
        steps.append(Step("publish_function", versioned, settled=published, begun=published))
    return Plan(before, after, tuple(steps))


def digest(stage: Mapping[str, Any] | None) -> str:
    return hashlib.sha256(stage["code"].encode()).hexdigest() if stage else ""


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "cloudfront")
    outcome = converge(
        module,
        client,
        f"function {wanted['name']}",
        lambda: describe_function(client, wanted["name"]),
        lambda description: plan(description, wanted),
    )
    shown: dict[str, Any] = {}
    if now := outcome.description:
        development = now["development"]
        shown = {
            "name": wanted["name"],
            "arn": development["arn"],
            "comment": development["comment"],
            "runtime": development["runtime"],
            "sha256": digest(development),
            "live_sha256": digest(now["live"]),
        }
    return {**outcome.fields(), "arn": shown.get("arn", ""), "function": shown}


def main() -> None:
    run(ARGUMENT_SPEC, body, required_if=[("state", "present", ["code"])])


if __name__ == "__main__":
    main()
