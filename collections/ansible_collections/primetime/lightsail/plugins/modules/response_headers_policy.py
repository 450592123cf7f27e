#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: response_headers_policy
short_description: Create, change and delete a CloudFront response headers policy
version_added: 0.2.0
description:
  - A response headers policy says which headers CloudFront adds to answers, and which it takes out of them.
  - M(community.aws.cloudfront_response_headers_policy) says in check mode that it changes a policy even where nothing
    differs, updates an existing policy on every run, reads the first page of policies only, can't remove headers or set
    Server-Timing, and replaces what it isn't told of.
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
  comment:
    description: Remark. Without this option it is left as it is.
    type: str
  security_headers:
    description:
      - Headers that tell a browser how to protect its user. Given, they are all that there are of them; V({}) is none.
      - Where C(override) is false, a header of the origin's own stays.
    type: dict
    suboptions:
      content_security_policy:
        description: Content-Security-Policy.
        type: dict
        suboptions:
          policy: {description: The directives., type: str, required: true}
          override: &override {description: Whether it replaces the origin's own., type: bool, default: true}
      content_type_options:
        description: X-Content-Type-Options with the value C(nosniff).
        type: dict
        suboptions:
          override: *override
      frame_options:
        description: X-Frame-Options.
        type: dict
        suboptions:
          value: {description: Who may frame the page., type: str, choices: [DENY, SAMEORIGIN], required: true}
          override: *override
      referrer_policy:
        description: Referrer-Policy.
        type: dict
        suboptions:
          value:
            description: What other sites are told of the page.
            type: str
            required: true
            choices:
              - no-referrer
              - no-referrer-when-downgrade
              - origin
              - origin-when-cross-origin
              - same-origin
              - strict-origin
              - strict-origin-when-cross-origin
              - unsafe-url
          override: *override
      strict_transport_security:
        description: Strict-Transport-Security.
        type: dict
        suboptions:
          max_age: {description: Seconds that browsers use HTTPS alone., type: int, required: true}
          include_subdomains: {description: Whether this goes for names below too., type: bool, default: false}
          preload: {description: Whether browsers may know it beforehand., type: bool, default: false}
          override: *override
      xss_protection:
        description: X-XSS-Protection, which today's browsers ignore.
        type: dict
        suboptions:
          protection: {description: Whether it is on., type: bool, required: true}
          mode_block: {description: Whether a suspected page isn't shown at all., type: bool, default: false}
          report_uri: {description: Where to report. Excludes O(security_headers.xss_protection.mode_block)., type: str}
          override: *override
  cors:
    description:
      - What pages of other origins may do. An empty list of O(cors.allow_origins) takes it away.
    type: dict
    suboptions:
      allow_origins: {description: Origins., type: list, elements: str, required: true}
      allow_methods:
        description: Methods.
        type: list
        elements: str
        choices: [GET, POST, OPTIONS, PUT, DELETE, PATCH, HEAD, ALL]
        default: [GET, HEAD]
      allow_headers: {description: Request headers., type: list, elements: str, default: ['*']}
      expose_headers: {description: Headers of the answer that pages may read., type: list, elements: str, default: []}
      allow_credentials: {description: Whether cookies may be sent., type: bool, default: false}
      max_age: {description: Seconds that a browser remembers this., type: int, default: 600}
      override: *override
  custom_headers:
    description: Other headers to add. Given, they are all that there are; V([]) is none.
    type: list
    elements: dict
    suboptions:
      name: {description: The header's name., type: str, required: true}
      value: {description: Its value., type: str, required: true}
      override: *override
  remove_headers:
    description: Headers of the origin's to take out. Given, they are all that there are; V([]) is none.
    type: list
    elements: str
  server_timing:
    description: Percentage of answers, 0 to 100, that get CloudFront's Server-Timing header. V(0) is none.
    type: float
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: What browsers are told of the site
  primetime.lightsail.response_headers_policy:
    name: site
    security_headers:
      content_security_policy: {policy: "default-src 'self'; frame-ancestors 'none'"}
      content_type_options: {}
      strict_transport_security: {max_age: 31536000}
    custom_headers:
      - {name: Permissions-Policy, value: "camera=(), microphone=()"}
    remove_headers: [Server]
  register: site_headers
"""

RETURN = r"""
actions:
  description: The calls that change something; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_response_headers_policy]
id:
  description: Its id, for a behavior's C(response_headers_policy_id); empty when there is none.
  returned: always
  type: str
response_headers_policy:
  description: It as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    id: {description: Its id., type: str}
    config: {description: Its ResponseHeadersPolicyConfig in CloudFront's words with plain lists., type: dict}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.cloudfront import wrapped
from ansible_collections.primetime.lightsail.plugins.module_utils.distribution_config import given
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import run
from ansible_collections.primetime.lightsail.plugins.module_utils.policies import (
    POLICY_OPTIONS,
    RESPONSE_HEADERS,
    converge_policy,
)

OVERRIDE: dict[str, Any] = {"type": "bool", "default": True}
REFERRER_POLICIES = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
]
METHODS = ["GET", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "HEAD", "ALL"]


def header_spec(**options: Any) -> dict[str, Any]:
    """An option that is one header."""
    return {"type": "dict", "options": {**options, "override": OVERRIDE}}


SECURITY_SPEC: dict[str, Any] = {
    "content_security_policy": header_spec(policy={"type": "str", "required": True}),
    "content_type_options": header_spec(),
    "frame_options": header_spec(value={"type": "str", "choices": ["DENY", "SAMEORIGIN"], "required": True}),
    "referrer_policy": header_spec(value={"type": "str", "choices": REFERRER_POLICIES, "required": True}),
    "strict_transport_security": header_spec(
        max_age={"type": "int", "required": True},
        include_subdomains={"type": "bool", "default": False},
        preload={"type": "bool", "default": False},
    ),
    "xss_protection": header_spec(
        protection={"type": "bool", "required": True},
        mode_block={"type": "bool", "default": False},
        report_uri={"type": "str"},
    ),
}
CORS_SPEC: dict[str, Any] = {
    "allow_origins": {"type": "list", "elements": "str", "required": True},
    "allow_methods": {"type": "list", "elements": "str", "choices": METHODS, "default": ["GET", "HEAD"]},
    "allow_headers": {"type": "list", "elements": "str", "default": ["*"]},
    "expose_headers": {"type": "list", "elements": "str", "default": []},
    "allow_credentials": {"type": "bool", "default": False},
    "max_age": {"type": "int", "default": 600},
    "override": OVERRIDE,
}
CUSTOM_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "value": {"type": "str", "required": True},
    "override": OVERRIDE,
}
ARGUMENT_SPEC: dict[str, Any] = {
    **POLICY_OPTIONS,
    "security_headers": {"type": "dict", "options": SECURITY_SPEC},
    "cors": {"type": "dict", "options": CORS_SPEC},
    "custom_headers": {"type": "list", "elements": "dict", "options": CUSTOM_SPEC},
    "remove_headers": {"type": "list", "elements": "str"},
    "server_timing": {"type": "float"},
}
# The option of each security header, its member, and its own options with their members.
SECURITY_MEMBERS: dict[str, tuple[str, dict[str, str]]] = {
    "content_security_policy": ("ContentSecurityPolicy", {"policy": "ContentSecurityPolicy"}),
    "content_type_options": ("ContentTypeOptions", {}),
    "frame_options": ("FrameOptions", {"value": "FrameOption"}),
    "referrer_policy": ("ReferrerPolicy", {"value": "ReferrerPolicy"}),
    "strict_transport_security": (
        "StrictTransportSecurity",
        {"max_age": "AccessControlMaxAgeSec", "include_subdomains": "IncludeSubdomains", "preload": "Preload"},
    ),
    "xss_protection": (
        "XSSProtection",
        {"protection": "Protection", "mode_block": "ModeBlock", "report_uri": "ReportUri"},
    ),
}


def security(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A SecurityHeadersConfig from the option security_headers."""
    return {
        member: given(wanted[option], {**names, "override": "Override"})
        for option, (member, names) in SECURITY_MEMBERS.items()
        if wanted.get(option) is not None
    }


def cors(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A CorsConfig from the option cors; empty without origins."""
    if not wanted["allow_origins"]:
        return {}
    exposed = {"AccessControlExposeHeaders": wrapped(wanted["expose_headers"])} if wanted["expose_headers"] else {}
    return {
        "AccessControlAllowOrigins": wrapped(wanted["allow_origins"]),
        "AccessControlAllowMethods": wrapped(wanted["allow_methods"]),
        "AccessControlAllowHeaders": wrapped(wanted["allow_headers"]),
        "AccessControlAllowCredentials": wanted["allow_credentials"],
        "AccessControlMaxAgeSec": wanted["max_age"],
        "OriginOverride": wanted["override"],
        **exposed,
    }


def listed(items: list[dict[str, Any]]) -> dict[str, Any]:
    return wrapped(items) if items else {}


def config_of(wanted: Mapping[str, Any], current: Mapping[str, Any] | None) -> dict[str, Any]:
    """The whole ResponseHeadersPolicyConfig that there should be.

    Args:
        wanted: the module's options.
        current: the ResponseHeadersPolicyConfig that is there, or None.

    Raises:
        RefusedError: a new policy would say nothing.
    """
    config = {"Comment": "", **(current or {}), "Name": wanted["name"], **given(wanted, {"comment": "Comment"})}
    sections: dict[str, dict[str, Any]] = {}
    if wanted.get("security_headers") is not None:
        sections["SecurityHeadersConfig"] = security(wanted["security_headers"])
    if wanted.get("cors") is not None:
        sections["CorsConfig"] = cors(wanted["cors"])
    if wanted.get("custom_headers") is not None:
        names = {"name": "Header", "value": "Value", "override": "Override"}
        sections["CustomHeadersConfig"] = listed([given(header, names) for header in wanted["custom_headers"]])
    if wanted.get("remove_headers") is not None:
        sections["RemoveHeadersConfig"] = listed([{"Header": name} for name in wanted["remove_headers"]])
    if wanted.get("server_timing") is not None:
        share = wanted["server_timing"]
        sections["ServerTimingHeadersConfig"] = {"Enabled": True, "SamplingRate": share} if share else {}
    for member, section in sections.items():
        if section:
            config[member] = section
        else:
            # CloudFront wants a section that says nothing left out.
            config.pop(member, None)
    if not any(member.endswith("Config") for member in config):
        raise RefusedError(
            f"response headers policy {wanted['name']} would say nothing: give security_headers, cors, custom_headers, "
            "remove_headers or server_timing"
        )
    return config


def body(module: Any) -> dict[str, Any]:
    return converge_policy(module, RESPONSE_HEADERS, config_of)


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
