#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: origin_access_control
short_description: Create, change and delete a CloudFront origin access control
version_added: 0.1.0
description:
  - An origin access control lets a CloudFront distribution read a private S3 bucket with signed requests.
  - Ansible has M(community.aws.cloudfront_origin_access_identity) only, which is the mechanism that it supersedes and
    which can't serve regions opened since 2022 or buckets encrypted with KMS.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Its name, by which it is found again.
    type: str
    required: true
  state:
    description: Whether it shall exist. One that a distribution uses can't be deleted.
    type: str
    choices: [present, absent]
    default: present
  description:
    description: Remark. Without this option it is left as it is.
    type: str
  origin_type:
    description: Kind of origin that it is for.
    type: str
    choices: [s3, mediastore, mediapackagev2, lambda]
    default: s3
  signing_behavior:
    description: Which requests CloudFront signs.
    type: str
    choices: [always, never, no-override]
    default: always
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: Let the distribution read the site's bucket
  primetime.lightsail.origin_access_control:
    name: prime-time-production
  register: access
"""

RETURN = r"""
actions:
  description: The calls that change something; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_origin_access_control]
id:
  description: Its id, for an origin's C(origin_access_control_id); empty when there is none.
  returned: always
  type: str
origin_access_control:
  description: It as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    id: {description: Its id., type: str}
    name: {description: Its name., type: str}
    description: {description: Remark., type: str}
    origin_type: {description: Kind of origin., type: str}
    signing_behavior: {description: Which requests are signed., type: str}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.cloudfront import every_cloudfront
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, converge, find
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "description": {"type": "str"},
    "origin_type": {"type": "str", "choices": ["s3", "mediastore", "mediapackagev2", "lambda"], "default": "s3"},
    "signing_behavior": {"type": "str", "choices": ["always", "never", "no-override"], "default": "always"},
}


def comparable(description: Any) -> dict[str, Any]:
    """What the module compares and shows in its diff."""
    if description is None:
        return {}
    config = description["OriginAccessControl"]["OriginAccessControlConfig"]
    return {
        "name": config["Name"],
        "description": config.get("Description") or "",
        "origin_type": config["OriginAccessControlOriginType"],
        "signing_behavior": config["SigningBehavior"],
    }


def versioned(description: Any) -> dict[str, Any]:
    """Which one, and which version of it."""
    return {"Id": description["OriginAccessControl"]["Id"], "IfMatch": description["ETag"]}


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that create, change or delete.

    Args:
        description: GetOriginAccessControl's reply, or None.
        wanted: the module's options.
    """
    before = comparable(description)
    if wanted["state"] == "absent":
        delete = Step("delete_origin_access_control", versioned, settled=lambda found: found is None)
        return Plan(before, {}, () if description is None else (delete,))
    remark = before.get("description", "") if wanted.get("description") is None else wanted["description"]
    after = {
        "name": wanted["name"],
        "description": remark,
        "origin_type": wanted["origin_type"],
        "signing_behavior": wanted["signing_behavior"],
    }
    if before == after:
        return Plan(before, after)
    config = {
        "Name": after["name"],
        "Description": after["description"],
        "SigningProtocol": "sigv4",
        "SigningBehavior": after["signing_behavior"],
        "OriginAccessControlOriginType": after["origin_type"],
    }
    content = {"OriginAccessControlConfig": config}

    def done(found: Any) -> bool:
        return comparable(found) == after

    if description is None:
        step = Step("create_origin_access_control", content, settled=done)
    else:
        step = Step(
            "update_origin_access_control",
            lambda found: {**content, **versioned(found)},
            settled=done,
            begun=done,
        )
    return Plan(before, after, (step,))


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "cloudfront")

    def describe() -> Any:
        listed = every_cloudfront(client, "list_origin_access_controls", "OriginAccessControlList")
        ids = [item["Id"] for item in listed if item["Name"] == wanted["name"]]
        return find(client, "get_origin_access_control", Id=ids[0]) if ids else None

    outcome = converge(
        module,
        client,
        f"origin access control {wanted['name']}",
        describe,
        lambda description: plan(description, wanted),
    )
    shown = comparable(outcome.description)
    if shown:
        shown["id"] = outcome.description["OriginAccessControl"]["Id"]
    return {**outcome.fields(), "id": shown.get("id", ""), "origin_access_control": shown}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
