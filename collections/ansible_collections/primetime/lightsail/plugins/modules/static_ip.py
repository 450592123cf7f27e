#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: static_ip
short_description: Allocate, attach, move and release a Lightsail static IP
version_added: 0.1.0
description:
  - Makes sure that a static IP is allocated, that it is attached to an instance, or that it is released.
  - M(community.aws.lightsail_static_ip) allocates and releases, but can't attach and has no check mode.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Name of the static IP.
    type: str
    required: true
  state:
    description:
      - V(present) allocates it, and leaves it attached as it is unless O(instance_name) is given.
      - V(attached) needs O(instance_name); if it is attached to another instance, it is moved.
      - V(detached) allocates it and detaches it. A static IP that isn't attached is charged for.
      - V(absent) detaches and releases it. The address is lost.
    type: str
    choices: [present, attached, detached, absent]
    default: present
  instance_name:
    description: Instance that it is to be attached to.
    type: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.wait
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: An address that outlives the server
  primetime.lightsail.static_ip:
    name: prime-time-production
    state: attached
    instance_name: prime-time-production
  register: address
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [allocate_static_ip, attach_static_ip]
ip_address:
  description: The address; empty when there is none, as in check mode before it is allocated.
  returned: always
  type: str
attached_to:
  description: Name of the instance that it is attached to; empty when there is none.
  returned: always
  type: str
static_ip:
  description: The static IP as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
    ip_address: {description: The address., type: str}
    attached_to: {description: Instance that it is attached to., type: str}
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, converge, find
from ansible_collections.primetime.lightsail.plugins.module_utils.module import WAIT_OPTIONS, open_client, run
from ansible_collections.primetime.lightsail.plugins.module_utils.static_ips import attached_to, static_ip_view

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "attached", "detached", "absent"], "default": "present"},
    "instance_name": {"type": "str"},
    **WAIT_OPTIONS,
}


def is_attached_to(instance: str) -> Callable[[Any], bool]:
    """A test of a description: attached to this instance, or with an empty name, there and to none."""
    return lambda description: description is not None and attached_to(description) == instance


def comparable(description: Any) -> dict[str, Any]:
    return {} if description is None else {"name": description["name"], "attached_to": attached_to(description)}


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that allocate, attach, move, detach or release.

    Args:
        description: Lightsail's StaticIp structure, or None.
        wanted: the module's options.
    """
    name, there, before = wanted["name"], attached_to(description), comparable(description)
    steps: list[Step] = []
    goal = {"detached": "", "absent": ""}.get(wanted["state"], wanted.get("instance_name") or there)
    if description is None and wanted["state"] != "absent":
        steps.append(Step("allocate_static_ip", {"staticIpName": name}, settled=is_attached_to("")))
    if there and there != goal:
        free = is_attached_to("")
        steps.append(Step("detach_static_ip", {"staticIpName": name}, settled=free, begun=free))
    if wanted["state"] == "absent":
        if description is not None:
            gone = Step("release_static_ip", {"staticIpName": name}, settled=lambda found: found is None)
            steps.append(gone)
        return Plan(before, {}, tuple(steps))
    if goal and goal != there:
        arguments = {"staticIpName": name, "instanceName": goal}
        done = is_attached_to(goal)
        steps.append(Step("attach_static_ip", arguments, settled=done, begun=done))
    return Plan(before, {"name": name, "attached_to": goal}, tuple(steps))


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")

    def describe() -> Any:
        found = find(client, "get_static_ip", staticIpName=wanted["name"])
        return found["staticIp"] if found else None

    outcome = converge(
        module, client, f"static IP {wanted['name']}", describe, lambda description: plan(description, wanted)
    )
    shown = static_ip_view(outcome.description)
    return {
        **outcome.fields(),
        "static_ip": shown,
        "ip_address": shown.get("ip_address", ""),
        "attached_to": shown.get("attached_to", ""),
    }


def main() -> None:
    run(ARGUMENT_SPEC, body, required_if=[("state", "attached", ["instance_name"])])


if __name__ == "__main__":
    main()
