#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: load_balancer_certificate
short_description: Ask for, attach and delete a certificate of a Lightsail load balancer
version_added: 0.2.0
description:
  - Makes sure that a load balancer has a certificate, that its HTTPS listener shows it, or that it is gone.
  - Lightsail issues it once CNAME records in the domain's zone prove whose the names are. They are in
    RV(certificate.validation_records) as soon as it is asked for; make them with C(amazon.aws.route53) or wherever the
    zone is, then attach it.
  - The names of a certificate can't be changed. A difference fails with what to do.
  - Neither amazon.aws nor community.aws has a module for Lightsail's certificates.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Name of the certificate.
    type: str
    required: true
  load_balancer_name:
    description: Its load balancer.
    type: str
    required: true
  state:
    description:
      - V(present) asks for it, and leaves it attached as it is.
      - V(attached) asks for it, waits until it is issued and attaches it in place of another one.
      - V(absent) deletes it. One that is attached is deleted only with O(force=true), and HTTPS ends with it.
    type: str
    choices: [present, attached, absent]
    default: present
  domain_name:
    description: The first name that it is for. Needed unless O(state=absent).
    type: str
  alternative_names:
    description: Other names that it is for.
    type: list
    elements: str
    default: []
  https_redirect:
    description:
      - Whether the load balancer sends plain HTTP to HTTPS. Only with O(state=attached).
      - Without this option it is left as it is.
    type: bool
  force:
    description: Whether to delete it even where it is attached.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.wait
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: Ask for a certificate
  primetime.lightsail.load_balancer_certificate:
    name: web-2026
    load_balancer_name: web
    domain_name: example.org
    alternative_names: [www.example.org]
  register: asked

- name: Prove whose the names are
  amazon.aws.route53:
    zone: example.org
    record: "{{ item.name }}"
    type: "{{ item.type }}"
    value: "{{ item.value }}"
    ttl: 300
    overwrite: true
    state: present
  loop: "{{ asked.certificate.validation_records | default([]) }}"

- name: Speak HTTPS, and nothing else
  primetime.lightsail.load_balancer_certificate:
    name: web-2026
    load_balancer_name: web
    state: attached
    domain_name: example.org
    alternative_names: [www.example.org]
    https_redirect: true
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_load_balancer_tls_certificate]
certificate:
  description: It as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
    load_balancer_name: {description: Its load balancer., type: str}
    status: {description: Its status., type: str, sample: PENDING_VALIDATION}
    domain_name: {description: First name., type: str}
    alternative_names: {description: Other names., type: list, elements: str}
    attached: {description: Whether the load balancer shows it., type: bool}
    https_redirect: {description: Whether the load balancer sends plain HTTP to HTTPS., type: bool}
    tags: {description: Tags., type: dict}
    validation_records:
      description: The DNS records that prove whose the names are.
      type: list
      elements: dict
      contains:
        domain_name: {description: What it proves., type: str}
        name: {description: The record's name., type: str}
        type: {description: Its type., type: str, sample: CNAME}
        value: {description: Its value., type: str}
        status: {description: Whether Lightsail has seen it., type: str, sample: SUCCESS}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, converge
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.load_balancers import (
    alternative_names,
    certificate_view,
    certificates_of,
    describe_load_balancer,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.module import WAIT_OPTIONS, open_client, run

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "load_balancer_name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "attached", "absent"], "default": "present"},
    "domain_name": {"type": "str"},
    "alternative_names": {"type": "list", "elements": "str", "default": []},
    "https_redirect": {"type": "bool"},
    "force": {"type": "bool", "default": False},
    **WAIT_OPTIONS,
}
PENDING = "PENDING_VALIDATION"
# Of these a certificate may be shown; of all others it can't any more.
USABLE = (PENDING, "ISSUED")


def describe(client: Any, balancer: str, name: str) -> dict[str, Any] | None:
    """Lightsail's LoadBalancerTlsCertificate structure and its balancer's httpsRedirectionEnabled, or None."""
    found = [item for item in certificates_of(client, balancer) if item["name"] == name]
    described = describe_load_balancer(client, balancer) if found else None
    if described is None:
        return None
    return {**found[0], "httpsRedirectionEnabled": bool(described.get("httpsRedirectionEnabled"))}


def comparable(description: Any) -> dict[str, Any]:
    """What the module compares and shows in its diff."""
    if description is None:
        return {}
    return {
        "domain_name": description.get("domainName"),
        "alternative_names": alternative_names(description),
        "attached": bool(description.get("isAttached")),
        "https_redirect": bool(description.get("httpsRedirectionEnabled")),
    }


def require_usable(description: Any, before: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raises a RefusedError for a certificate that is for other names, or that never will be issued."""
    names = {"domain_name": wanted["domain_name"], "alternative_names": names_beside(wanted)}
    differs = [f"{key} is {before[key]}, wanted {value}" for key, value in names.items() if before[key] != value]
    remedy = "ask for one under another name, attach it, and delete this one"
    if differs:
        raise RefusedError(
            f"certificate {wanted['name']}: {', '.join(differs)}. A certificate's names can't be changed: {remedy}"
        )
    if description.get("status") not in USABLE:
        reason = f" ({description['failureReason']})" if description.get("failureReason") else ""
        raise RefusedError(f"certificate {wanted['name']} is {description.get('status')}{reason}: {remedy}")


def names_beside(wanted: Mapping[str, Any]) -> list[str]:
    return sorted(set(wanted.get("alternative_names") or []) - {wanted["domain_name"]})


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that make the certificate as wanted.

    Args:
        description: as describe gives it.
        wanted: the module's options.

    Raises:
        RefusedError: it is for other names, or never will be issued.
    """
    before, attach = comparable(description), wanted["state"] == "attached"
    key = {"loadBalancerName": wanted["load_balancer_name"], "certificateName": wanted["name"]}
    if wanted["state"] == "absent":
        force = {"force": True} if wanted.get("force") else {}
        delete = Step("delete_load_balancer_tls_certificate", {**key, **force}, settled=lambda found: found is None)
        return Plan(before, {}, () if description is None else (delete,))
    steps: list[Step] = []
    if description is None:
        others = names_beside(wanted)
        arguments = {**key, "certificateDomainName": wanted["domain_name"]}
        if others:
            arguments["certificateAlternativeNames"] = others
        settled = is_decided if attach else has_records
        steps.append(Step("create_load_balancer_tls_certificate", arguments, settled=settled))
        after = {"domain_name": wanted["domain_name"], "alternative_names": others, "attached": False}
        after["https_redirect"] = False
    else:
        require_usable(description, before, wanted)
        after = dict(before)
    if attach and not after["attached"]:
        after["attached"] = True
        steps.append(Step("attach_load_balancer_tls_certificate", key, settled=is_attached))
    if wanted.get("https_redirect") not in (None, after["https_redirect"]):
        after["https_redirect"] = wanted["https_redirect"]
        steps.append(redirect_step(wanted))
    return Plan(before, after, tuple(steps))


def redirect_step(wanted: Mapping[str, Any]) -> Step:
    arguments = {
        "loadBalancerName": wanted["load_balancer_name"],
        "attributeName": "HttpsRedirectionEnabled",
        "attributeValue": str(wanted["https_redirect"]).lower(),
    }
    return Step(
        "update_load_balancer_attribute",
        arguments,
        settled=lambda found: found is not None and found["httpsRedirectionEnabled"] == wanted["https_redirect"],
    )


def has_records(description: Any) -> bool:
    """Whether the records that prove the names are known; they come a moment after the certificate."""
    return description is not None and bool(description.get("domainValidationRecords"))


def is_decided(description: Any) -> bool:
    return description is not None and description.get("status") != PENDING


def is_attached(description: Any) -> bool:
    return description is not None and bool(description.get("isAttached"))


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")
    if wanted["https_redirect"] is not None and wanted["state"] != "attached":
        raise RefusedError("https_redirect needs a certificate that is attached: set state: attached, or leave it out")
    outcome = converge(
        module,
        client,
        f"certificate {wanted['name']}",
        lambda: describe(client, wanted["load_balancer_name"], wanted["name"]),
        lambda description: plan(description, wanted),
        stable=lambda description: description is None or wanted["state"] != "attached" or is_decided(description),
    )
    shown = certificate_view(outcome.description)
    if shown:
        shown["https_redirect"] = outcome.description["httpsRedirectionEnabled"]
    return {**outcome.fields(), "certificate": shown}


def main() -> None:
    required = [("state", "present", ["domain_name"]), ("state", "attached", ["domain_name"])]
    run(ARGUMENT_SPEC, body, required_if=required)


if __name__ == "__main__":
    main()
