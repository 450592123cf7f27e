#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: distribution
short_description: Create, change and delete a CloudFront distribution
version_added: 0.1.0
description:
  - Makes sure that a CloudFront distribution has the origins, behaviors and settings given, or is gone.
  - M(community.aws.cloudfront_distribution) doesn't serve here, since it has no check mode, and knows neither origin
    access controls nor function associations.
  - What isn't given is left as it is. A list that is given is the whole list.
  - It is found again by its caller reference, which CloudFront doesn't list, so each distribution of the account is
    looked at until it is found, those with the same comment first.
author: Prime Time contributors (@prime-time)
options:
  caller_reference:
    description: What makes this distribution itself. It can't be changed later.
    type: str
    required: true
  state:
    description:
      - Whether it shall exist.
      - V(absent) disables it, waits until that has reached every edge, and deletes it.
    type: str
    choices: [present, absent]
    default: present
  comment:
    description: Remark.
    type: str
  enabled:
    description: Whether it answers.
    type: bool
  aliases:
    description: Host names of its own. They need O(certificate).
    type: list
    elements: str
  certificate:
    description: Certificate for the aliases. Without it, CloudFront's own for its own host name.
    type: dict
    suboptions:
      acm_certificate_arn:
        description: ARN of a certificate of AWS Certificate Manager in C(us-east-1). Empty for CloudFront's own.
        type: str
      minimum_protocol_version:
        description: Oldest TLS that it speaks.
        type: str
        default: TLSv1.2_2021
      ssl_support_method:
        description: How it knows which certificate is asked for.
        type: str
        choices: [sni-only, vip, static-ip]
        default: sni-only
  default_root_object:
    description: What C(/) answers, such as V(index.html).
    type: str
  price_class:
    description: Which edges serve it.
    type: str
    choices: [PriceClass_100, PriceClass_200, PriceClass_All]
  http_version:
    description: Newest HTTP that it speaks.
    type: str
    choices: [http1.1, http2, http3, http2and3]
  ipv6_enabled:
    description: Whether it answers over IPv6.
    type: bool
  web_acl_id:
    description: ARN of a web ACL of AWS WAF. Empty for none.
    type: str
  origins:
    description: Where it gets what it serves. Needed to create.
    type: list
    elements: dict
    suboptions:
      id:
        description: Its name within the distribution.
        type: str
        required: true
      domain_name:
        description: Host name; of a bucket, the regional one.
        type: str
        required: true
      origin_path:
        description: Folder put before every path, such as V(/site). Empty for none.
        type: str
      origin_access_control_id:
        description: How CloudFront signs its requests to a bucket. Empty for not at all.
        type: str
      custom_headers:
        description: Headers that CloudFront adds to its requests, by name. Their values are never shown.
        type: dict
      connection_attempts:
        description: Times that CloudFront tries to connect, 1 to 3.
        type: int
      connection_timeout:
        description: Seconds that each try may take, 1 to 10.
        type: int
      custom_origin:
        description: How to speak to a server of your own. Without it, the origin is a bucket.
        type: dict
        suboptions:
          protocol_policy:
            description: Which protocol to use.
            type: str
            choices: [http-only, https-only, match-viewer]
            required: true
          http_port:
            description: Port for HTTP.
            type: int
            default: 80
          https_port:
            description: Port for HTTPS.
            type: int
            default: 443
          ssl_protocols:
            description: Which TLS to speak.
            type: list
            elements: str
            default: [TLSv1.2]
          read_timeout:
            description: Seconds to wait for an answer, 1 to 60 unless AWS has raised the quota.
            type: int
            default: 30
          keepalive_timeout:
            description: Seconds to keep an idle connection.
            type: int
            default: 5
  default_cache_behavior:
    description: What to do with paths that no other behavior names. Needed to create.
    type: dict
    suboptions: &behavior
      target_origin_id:
        description: Id of the origin.
        type: str
        required: true
      viewer_protocol_policy:
        description: What becomes of plain HTTP.
        type: str
        choices: [allow-all, https-only, redirect-to-https]
        default: redirect-to-https
      allowed_methods:
        description: Methods passed to the origin.
        type: list
        elements: str
      cached_methods:
        description: Methods whose answers are cached, V([GET, HEAD]) by default. Counts only with the allowed methods.
        type: list
        elements: str
      compress:
        description: Whether CloudFront compresses.
        type: bool
        default: true
      cache_policy_id:
        description: What is cached, for how long, by what. Needed to create.
        type: str
      origin_request_policy_id:
        description: What of the viewer's request the origin gets. Empty for none.
        type: str
      response_headers_policy_id:
        description: Headers added to answers. Empty for none.
        type: str
      function_associations:
        description: CloudFront functions to run. They must be published.
        type: list
        elements: dict
        suboptions:
          event_type:
            description: When to run it.
            type: str
            choices: [viewer-request, viewer-response]
            required: true
          function_arn:
            description: ARN of the function.
            type: str
            required: true
  cache_behaviors:
    description: What to do with other paths; the first that fits counts.
    type: list
    elements: dict
    suboptions:
      path_pattern:
        description: Paths, such as V(/api/*).
        type: str
        required: true
      <<: *behavior
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.wait
  - primetime.lightsail.tags
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: A site in a private bucket, and an API, under one name
  primetime.lightsail.distribution:
    caller_reference: prime-time-production
    comment: Prime Time production
    default_root_object: index.html
    price_class: PriceClass_100
    origins:
      - id: site
        domain_name: prime-time-frontend-production.s3.eu-central-1.amazonaws.com
        origin_access_control_id: "{{ access.id }}"
      - id: api
        domain_name: origin.example.org
        custom_origin: {protocol_policy: http-only}
        custom_headers: {X-Origin-Verify: "{{ origin_secret }}"}
    default_cache_behavior:
      target_origin_id: site
      cache_policy_id: 658327ea-f89d-4fab-a63d-7e88639e58f6 # Managed-CachingOptimized
      function_associations:
        - {event_type: viewer-request, function_arn: "{{ pages.arn }}"}
    cache_behaviors:
      - path_pattern: /api/*
        target_origin_id: api
        allowed_methods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]
        cache_policy_id: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad # Managed-CachingDisabled
        origin_request_policy_id: b689b0a8-53d0-40ab-baf2-68738e2966ac # Managed-AllViewerExceptHostHeader
  register: distribution
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_distribution_with_tags]
id:
  description: Its id; empty when there is none.
  returned: always
  type: str
arn:
  description: Its ARN, for a bucket's policy; empty when there is none.
  returned: always
  type: str
domain_name:
  description: Its host name at CloudFront; empty when there is none.
  returned: always
  type: str
distribution:
  description: It as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    id: {description: Its id., type: str}
    arn: {description: Its ARN., type: str}
    domain_name: {description: Its host name at CloudFront., type: str}
    status: {description: V(InProgress) or V(Deployed)., type: str}
    config: {description: Its DistributionConfig in CloudFront's words with plain lists and hidden headers., type: dict}
    tags: {description: Tags., type: dict}
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, converge
from ansible_collections.primetime.lightsail.plugins.module_utils.distribution_config import (
    merged,
    normal,
    refused,
    shown,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.distributions import (
    describe_distribution,
    distribution_view,
    find_id,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import (
    TAG_OPTIONS,
    WAIT_OPTIONS,
    open_client,
    run,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.tags import wanted_tags

CUSTOM_ORIGIN_SPEC: dict[str, Any] = {
    "protocol_policy": {"type": "str", "choices": ["http-only", "https-only", "match-viewer"], "required": True},
    "http_port": {"type": "int", "default": 80},
    "https_port": {"type": "int", "default": 443},
    "ssl_protocols": {"type": "list", "elements": "str", "default": ["TLSv1.2"]},
    "read_timeout": {"type": "int", "default": 30},
    "keepalive_timeout": {"type": "int", "default": 5},
}
ORIGIN_SPEC: dict[str, Any] = {
    "id": {"type": "str", "required": True},
    "domain_name": {"type": "str", "required": True},
    "origin_path": {"type": "str"},
    "origin_access_control_id": {"type": "str"},
    "custom_headers": {"type": "dict", "no_log": True},
    "connection_attempts": {"type": "int"},
    "connection_timeout": {"type": "int"},
    "custom_origin": {"type": "dict", "options": CUSTOM_ORIGIN_SPEC},
}
ASSOCIATION_SPEC: dict[str, Any] = {
    "event_type": {"type": "str", "choices": ["viewer-request", "viewer-response"], "required": True},
    "function_arn": {"type": "str", "required": True},
}
BEHAVIOR_SPEC: dict[str, Any] = {
    "target_origin_id": {"type": "str", "required": True},
    "viewer_protocol_policy": {
        "type": "str",
        "choices": ["allow-all", "https-only", "redirect-to-https"],
        "default": "redirect-to-https",
    },
    "allowed_methods": {"type": "list", "elements": "str"},
    "cached_methods": {"type": "list", "elements": "str"},
    "compress": {"type": "bool", "default": True},
    "cache_policy_id": {"type": "str"},
    "origin_request_policy_id": {"type": "str"},
    "response_headers_policy_id": {"type": "str"},
    "function_associations": {"type": "list", "elements": "dict", "options": ASSOCIATION_SPEC},
}
CERTIFICATE_SPEC: dict[str, Any] = {
    "acm_certificate_arn": {"type": "str"},
    "minimum_protocol_version": {"type": "str", "default": "TLSv1.2_2021"},
    "ssl_support_method": {"type": "str", "choices": ["sni-only", "vip", "static-ip"], "default": "sni-only"},
}
ARGUMENT_SPEC: dict[str, Any] = {
    "caller_reference": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "comment": {"type": "str"},
    "enabled": {"type": "bool"},
    "aliases": {"type": "list", "elements": "str"},
    "certificate": {"type": "dict", "options": CERTIFICATE_SPEC},
    "default_root_object": {"type": "str"},
    "price_class": {"type": "str", "choices": ["PriceClass_100", "PriceClass_200", "PriceClass_All"]},
    "http_version": {"type": "str", "choices": ["http1.1", "http2", "http3", "http2and3"]},
    "ipv6_enabled": {"type": "bool"},
    "web_acl_id": {"type": "str"},
    "origins": {"type": "list", "elements": "dict", "options": ORIGIN_SPEC},
    "default_cache_behavior": {"type": "dict", "options": BEHAVIOR_SPEC},
    "cache_behaviors": {
        "type": "list",
        "elements": "dict",
        "options": {"path_pattern": {"type": "str", "required": True}, **BEHAVIOR_SPEC},
    },
    **TAG_OPTIONS,
    **WAIT_OPTIONS,
}


def is_deployed(description: Any) -> bool:
    return description is not None and description["Status"] == "Deployed"


def update_step(
    identity: str,
    goal_of: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    settled: Callable[[Any], bool] = is_deployed,
) -> Step:
    """The call that changes the configuration.

    Args:
        goal_of: from the DistributionConfig that is there to the one that there should be.
    """

    def arguments(found: Any) -> dict[str, Any]:
        return {"Id": identity, "IfMatch": found["ETag"], "DistributionConfig": goal_of(found["Config"])}

    def begun(found: Any) -> bool:
        return bool(normal(goal_of(found["Config"])) == normal(found["Config"]))

    return Step("update_distribution", arguments, settled=settled, begun=begun)


def deletion_steps(description: Any) -> tuple[Step, ...]:
    """The calls that disable the distribution, if it isn't, and delete it."""
    identity = description["Id"]
    disable = update_step(
        identity,
        lambda config: {**config, "Enabled": False},
        settled=lambda found: is_deployed(found) and not found["Config"]["Enabled"],
    )
    delete = Step(
        "delete_distribution",
        lambda found: {"Id": identity, "IfMatch": found["ETag"]},
        settled=lambda found: found is None,
    )
    return (disable, delete) if description["Config"]["Enabled"] else (delete,)


def tag_steps(arn: str, before: Mapping[str, str], after: Mapping[str, str]) -> list[Step]:
    """The calls that turn the tags before into those after."""
    steps = []
    if gone := sorted(set(before) - set(after)):
        steps.append(Step("untag_resource", {"Resource": arn, "TagKeys": {"Items": gone}}))
    if new := {key: value for key, value in after.items() if before.get(key) != value}:
        steps.append(Step("tag_resource", {"Resource": arn, "Tags": tag_items(new)}))
    return steps


def tag_items(tags: Mapping[str, str]) -> dict[str, Any]:
    return {"Items": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}


def require_complete(config: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raises a RefusedError when origins or the default behavior are missing, or a behavior names an unknown origin."""
    if missing := [name for name in ("Origins", "DefaultCacheBehavior") if not config.get(name)]:
        options = {"Origins": "origins", "DefaultCacheBehavior": "default_cache_behavior"}
        raise RefusedError(
            f"distribution {wanted['caller_reference']} doesn't exist, and to create it these are missing: "
            + ", ".join(options[name] for name in missing)
        )
    default = [wanted["default_cache_behavior"]] if wanted.get("default_cache_behavior") else []
    ids = {origin["Id"] for origin in normal(config)["Origins"]}
    if unknown := refused([*default, *(wanted.get("cache_behaviors") or [])], ids):
        raise RefusedError(
            f"target_origin_id names no origin: {', '.join(unknown)}; there are: {', '.join(sorted(ids))}"
        )


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that make the distribution as wanted.

    Args:
        description: Id, ARN, DomainName, Status, ETag, Config (DistributionConfig) and Tags (mapping), or None.
        wanted: the module's options.

    Raises:
        RefusedError: what it needs is missing.
    """
    current = None if description is None else description["Config"]
    tags_before = {} if description is None else description["Tags"]
    before = {} if description is None else {"config": shown(current), "tags": tags_before}
    if wanted["state"] == "absent":
        return Plan(before, {}, () if description is None else deletion_steps(description))
    config = merged(current, wanted)
    require_complete(config, wanted)
    tags = wanted_tags(tags_before, wanted.get("tags"), wanted.get("purge_tags", False))
    after = {"config": shown(config, current), "tags": tags}
    if description is None:
        arguments = {"DistributionConfigWithTags": {"DistributionConfig": config, "Tags": tag_items(tags)}}
        return Plan(before, after, (Step("create_distribution_with_tags", arguments, settled=is_deployed),))
    steps = []
    if normal(config) != normal(current):
        steps.append(update_step(description["Id"], lambda there: merged(there, wanted)))
    steps.extend(tag_steps(description["ARN"], tags_before, tags))
    return Plan(before, after, tuple(steps))


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "cloudfront")
    known: list[str] = []

    def describe() -> Any:
        if not known and (identity := find_id(client, wanted["caller_reference"], wanted["comment"])):
            known.append(identity)
        return describe_distribution(client, known[0]) if known else None

    outcome = converge(
        module,
        client,
        f"distribution {wanted['caller_reference']}",
        describe,
        lambda description: plan(description, wanted),
        stable=lambda description: description is None or is_deployed(description),
    )
    shape = distribution_view(outcome.description)
    top = {key: shape.get(key, "") for key in ("id", "arn", "domain_name")}
    return {**outcome.fields(), **top, "distribution": shape}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
