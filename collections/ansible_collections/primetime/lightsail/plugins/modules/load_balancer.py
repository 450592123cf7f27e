#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: load_balancer
short_description: Create, change and delete a Lightsail load balancer
version_added: 0.2.0
description:
  - Makes sure that a load balancer exists with these settings and these instances behind it, or that it doesn't exist.
  - HTTPS comes with a certificate, which M(primetime.lightsail.load_balancer_certificate) makes and attaches.
  - The port of the instances can't be changed in place. A difference fails with what to do, and the load balancer is
    replaced only with O(replace=true).
  - Neither amazon.aws nor community.aws has a module for Lightsail's load balancers.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Its name.
    type: str
    required: true
  state:
    description: Whether it shall exist. With it go its certificates; the instances stay.
    type: str
    choices: [present, absent]
    default: present
  instance_port:
    description: Port on which the instances are asked, by HTTP. Needed to create.
    type: int
  health_check_path:
    description: Path that every healthy instance answers with status 200. A new load balancer has V(/).
    type: str
  ip_address_type:
    description: Kinds of addresses that it has.
    type: str
    choices: [dualstack, ipv4, ipv6]
  instances:
    description:
      - Names of the instances that it asks. They must be running to be attached.
      - Without this option they stay as they are.
    type: list
    elements: str
  purge_instances:
    description: Whether to detach the instances that O(instances) does not name.
    type: bool
    default: true
  await_healthy:
    description: Whether to wait, after attaching instances, until all that O(instances) names are healthy.
    type: bool
    default: false
  session_stickiness:
    description: Whether a cookie keeps each visitor at one instance.
    type: bool
  session_cookie_seconds:
    description: For how long that cookie is good, 1 to 604800 seconds.
    type: int
  tls_policy:
    description: Which TLS its visitors may speak, such as V(TLS-FS-Res-1-2-2019-08). Counts with a certificate.
    type: str
  replace:
    description:
      - Whether to delete it and create it anew when O(instance_port) differs.
      - Its address and its certificates are lost then. What isn't named is as it was, its instances and other tags too.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.wait
  - primetime.lightsail.tags
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: Two servers under one name
  primetime.lightsail.load_balancer:
    name: web
    instance_port: 80
    health_check_path: /health
    instances: [web-1, web-2]
    await_healthy: true
    tls_policy: TLS-FS-Res-1-2-2019-08
    tags: {environment: production}
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_load_balancer, attach_instances_to_load_balancer]
load_balancer:
  description: It as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
    state: {description: Its state., type: str, sample: active}
    dns_name: {description: The name at which it is reached., type: str}
    protocol: {description: V(HTTP) or V(HTTP_HTTPS)., type: str}
    public_ports: {description: Ports that it listens on., type: list, elements: int}
    instance_port: {description: Port of the instances., type: int}
    health_check_path: {description: Path of the health check., type: str}
    ip_address_type: {description: Kinds of addresses., type: str}
    instances: {description: Names of the attached instances., type: list, elements: str}
    instance_health: {description: Their health by name., type: dict, sample: {web-1: healthy}}
    session_stickiness: {description: Whether visitors stay with one instance., type: bool}
    session_cookie_seconds: {description: For how long., type: int}
    https_redirect: {description: Whether plain HTTP is sent to HTTPS., type: bool}
    tls_policy: {description: Which TLS visitors may speak., type: str}
    certificate: {description: Name of the attached certificate; empty for none., type: str}
    tags: {description: Tags., type: dict}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import (
    Plan,
    Step,
    converge,
    every,
    left_rest,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.distribution_config import given
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError, unknown_choice
from ansible_collections.primetime.lightsail.plugins.module_utils.load_balancers import (
    COOKIE_SECONDS,
    STICKINESS,
    attached_instances,
    describe_load_balancer,
    health,
    load_balancer_view,
    stickiness,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.module import (
    TAG_OPTIONS,
    WAIT_OPTIONS,
    open_client,
    run,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.tags import (
    from_wire,
    tag_steps,
    to_wire,
    wanted_tags,
)

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "instance_port": {"type": "int"},
    "health_check_path": {"type": "str"},
    "ip_address_type": {"type": "str", "choices": ["dualstack", "ipv4", "ipv6"]},
    "instances": {"type": "list", "elements": "str"},
    "purge_instances": {"type": "bool", "default": True},
    "await_healthy": {"type": "bool", "default": False},
    "session_stickiness": {"type": "bool"},
    "session_cookie_seconds": {"type": "int"},
    "tls_policy": {"type": "str"},
    "replace": {"type": "bool", "default": False},
    **TAG_OPTIONS,
    **WAIT_OPTIONS,
}
# Options with the attribute that each is changed by, in the order of the calls.
ATTRIBUTES = {
    "health_check_path": "HealthCheckPath",
    "session_stickiness": STICKINESS,
    "session_cookie_seconds": COOKIE_SECONDS,
    "tls_policy": "TlsPolicyName",
}
# What a new balancer is like without being told.
UNTOLD = {"session_stickiness": False, "session_cookie_seconds": 86_400}
AT_CREATION = {
    "instance_port": "instancePort",
    "health_check_path": "healthCheckPath",
    "ip_address_type": "ipAddressType",
    "tls_policy": "tlsPolicyName",
}


def comparable(description: Any) -> dict[str, Any]:
    """What the module compares and shows in its diff."""
    if description is None:
        return {}
    return {
        "instance_port": description["instancePort"],
        "health_check_path": description.get("healthCheckPath") or "/",
        "ip_address_type": description.get("ipAddressType"),
        "instances": attached_instances(description),
        **stickiness(description),
        "tls_policy": description.get("tlsPolicyName"),
        "tags": from_wire(description.get("tags")),
    }


def is_stable(description: Any) -> bool:
    """Whether it is no longer being made or deleted."""
    return description is None or description.get("state") not in ("provisioning", "unknown")


def is_there(description: Any) -> bool:
    return description is not None and is_stable(description)


def is_absent(description: Any) -> bool:
    return description is None


def attribute_step(name: str, option: str, value: Any) -> Step:
    """The call that changes one attribute."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    arguments = {"loadBalancerName": name, "attributeName": ATTRIBUTES[option], "attributeValue": text}
    return Step(
        "update_load_balancer_attribute",
        arguments,
        settled=lambda found: found is not None and comparable(found)[option] == value,
    )


def instance_steps(wanted: Mapping[str, Any], before: list[str], after: list[str]) -> list[Step]:
    """The calls that detach and attach instances; new ones come first, so that somebody is always asked."""
    name, steps = wanted["name"], []

    def attached(found: Any) -> bool:
        if found is None or not set(after) <= set(attached_instances(found)):
            return False
        states = health(found)
        return not wanted.get("await_healthy") or all(states.get(one) == "healthy" for one in wanted["instances"])

    if new := sorted(set(after) - set(before)):
        arguments = {"loadBalancerName": name, "instanceNames": new}
        steps.append(Step("attach_instances_to_load_balancer", arguments, settled=attached))
    if gone := sorted(set(before) - set(after)):
        arguments = {"loadBalancerName": name, "instanceNames": gone}
        steps.append(
            Step(
                "detach_instances_from_load_balancer",
                arguments,
                settled=lambda found: found is not None and not set(gone) & set(attached_instances(found)),
            )
        )
    return steps


def creation(wanted: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Step, ...]]:
    """What there is after creating it, and the calls.

    Raises:
        RefusedError: the instances' port isn't given.
    """
    name = wanted["name"]
    if wanted.get("instance_port") is None:
        raise RefusedError(f"load balancer {name} doesn't exist, and to create it instance_port is missing")
    tags = wanted_tags({}, wanted.get("tags"), purge=False)
    arguments = {"loadBalancerName": name, **given(wanted, AT_CREATION), **({"tags": to_wire(tags)} if tags else {})}
    steps = [Step("create_load_balancer", arguments, settled=is_there)]
    later = [option for option in ATTRIBUTES if option not in AT_CREATION]
    steps += [attribute_step(name, option, wanted[option]) for option in later if wanted.get(option) is not None]
    instances = sorted(set(wanted.get("instances") or []))
    steps += instance_steps(wanted, [], instances)
    options = (*AT_CREATION, *later)
    shown = {option: wanted[option] for option in options if wanted.get(option) is not None}
    return {**shown, "instances": instances, "tags": tags}, tuple(steps)


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that make the load balancer as wanted.

    Args:
        description: Lightsail's LoadBalancer structure, or None.
        wanted: the module's options.

    Raises:
        RefusedError: it differs in what can't be changed in place, or can't be created.
    """
    name, before = wanted["name"], comparable(description)
    delete = Step(
        "delete_load_balancer",
        {"loadBalancerName": name},
        settled=is_absent,
        begun=left_rest(description, is_stable),
    )
    if wanted["state"] == "absent":
        return Plan(before, {}, () if description is None else (delete,))
    if description is None:
        return Plan(before, *creation(wanted))
    port = before["instance_port"]
    if wanted.get("instance_port") not in (None, port):
        if not wanted.get("replace"):
            raise RefusedError(
                f"load balancer {name}: instance_port is {port}, wanted {wanted['instance_port']}. Lightsail can't "
                "change this in place: set the option back, or create another load balancer, or set replace: true to "
                "delete it with its certificates and create it anew"
            )
        after, steps = creation(in_its_place(before, wanted))
        return Plan(before, after, (delete, *steps))
    return changes_in_place(description, before, wanted)


def in_its_place(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The module's options for the balancer that comes in the place of another: what they don't name is as it was."""
    kept = {option: value for option, value in before.items() if value != UNTOLD.get(option)}
    return {
        **kept,
        **{option: value for option, value in wanted.items() if value is not None},
        "instances": wanted_instances(before["instances"], wanted),
        "tags": wanted_tags(before["tags"], wanted.get("tags"), wanted.get("purge_tags", False)),
    }


def wanted_instances(there: list[str], wanted: Mapping[str, Any]) -> list[str]:
    """Names of the instances that there should be, in order."""
    if wanted.get("instances") is None:
        return there
    kept = [] if wanted.get("purge_instances", True) else there
    return sorted({*kept, *wanted["instances"]})


def changes_in_place(description: Any, before: Mapping[str, Any], wanted: Mapping[str, Any]) -> Plan:
    """The calls for what can be changed of a load balancer that stays."""
    name, steps, after = wanted["name"], [], dict(before)
    if wanted.get("ip_address_type") not in (None, before["ip_address_type"]):
        after["ip_address_type"] = wanted["ip_address_type"]
        arguments = {"resourceType": "LoadBalancer", "resourceName": name, "ipAddressType": wanted["ip_address_type"]}
        steps.append(Step("set_ip_address_type", arguments, settled=is_there))
    for option in ATTRIBUTES:
        if wanted.get(option) not in (None, before[option]):
            after[option] = wanted[option]
            steps.append(attribute_step(name, option, wanted[option]))
    after["instances"] = wanted_instances(before["instances"], wanted)
    steps.extend(instance_steps(wanted, before["instances"], after["instances"]))
    after["tags"] = wanted_tags(before["tags"], wanted.get("tags"), wanted.get("purge_tags", False))
    steps.extend(tag_steps(name, from_wire(description.get("tags")), after["tags"]))
    return Plan(before, after, tuple(steps))


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")

    def planned(description: Any) -> Plan:
        result = plan(description, wanted)
        policy = wanted["tls_policy"]
        if policy and policy != result.before.get("tls_policy"):
            policies = {item["name"]: item for item in every(client, "get_load_balancer_tls_policies", "tlsPolicies")}
            if policy not in policies:
                raise unknown_choice("tls_policy", policy, policies)
        return result

    outcome = converge(
        module,
        client,
        f"load balancer {wanted['name']}",
        lambda: describe_load_balancer(client, wanted["name"]),
        planned,
        stable=is_stable,
    )
    return {**outcome.fields(), "load_balancer": load_balancer_view(outcome.description)}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
