#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: public_ports
short_description: Set the open ports of a Lightsail instance
version_added: 0.1.0
description:
  - Makes the firewall of an instance open exactly the ports given, to exactly the addresses given; or, with
    O(purge=false), those besides what is open already.
  - Addresses are compared as networks, so their order, doubles and spelling make no difference.
author: Prime Time contributors (@prime-time)
options:
  instance_name:
    description: Name of the instance.
    type: str
    required: true
  ports:
    description:
      - The ports that shall be open; with O(purge=true) all of them, so that an empty list closes the instance.
      - An entry with neither O(ports[].cidrs), O(ports[].ipv6_cidrs) nor O(ports[].cidr_list_aliases) is open to all.
      - An entry with any of them is open to those only.
    type: list
    elements: dict
    required: true
    suboptions:
      from_port:
        description: First port; for ICMP the type, where V(-1) means all.
        type: int
        required: true
      to_port:
        description: Last port; for ICMP the code. Without it, the same as O(ports[].from_port).
        type: int
      protocol:
        description: Protocol.
        type: str
        choices: [tcp, udp, all, icmp, icmpv6]
        default: tcp
      cidrs:
        description: IPv4 addresses or networks.
        type: list
        elements: str
        default: []
      ipv6_cidrs:
        description: IPv6 addresses or networks.
        type: list
        elements: str
        default: []
      cidr_list_aliases:
        description: Lists that AWS keeps; V(lightsail-connect) is the browser's SSH client.
        type: list
        elements: str
        choices: [lightsail-connect]
        default: []
  purge:
    description:
      - Whether O(ports) is the whole list, so that every other port is closed.
      - Without it, ports are only opened, and an open port is opened to more addresses. Nothing is closed.
    type: bool
    default: true
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.wait
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: The web for all, SSH for the office
  primetime.lightsail.public_ports:
    instance_name: prime-time-production
    ports:
      - {from_port: 80}
      - {from_port: 22, cidrs: [203.0.113.0/24], cidr_list_aliases: [lightsail-connect]}

- name: Besides what is open, the office may reach the metrics
  primetime.lightsail.public_ports:
    instance_name: prime-time-production
    ports:
      - {from_port: 9090, cidrs: [203.0.113.0/24]}
    purge: false
"""

RETURN = r"""
actions:
  description: The calls that change something; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [put_instance_public_ports]
ports:
  description: The ports that are open now, in normal form.
  returned: always
  type: list
  elements: dict
  contains:
    from_port: {description: First port., type: int}
    to_port: {description: Last port., type: int}
    protocol: {description: Protocol., type: str, sample: tcp}
    cidrs: {description: IPv4 networks that may reach it., type: list, elements: str}
    ipv6_cidrs: {description: IPv6 networks that may reach it., type: list, elements: str}
    cidr_list_aliases: {description: Lists of AWS's that may reach it., type: list, elements: str}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, converge
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import WAIT_OPTIONS, open_client, run
from ansible_collections.primetime.lightsail.plugins.module_utils.ports import (
    FAMILIES,
    describe_ports,
    normal_list,
    to_wire,
)

ARGUMENT_SPEC: dict[str, Any] = {
    "instance_name": {"type": "str", "required": True},
    "ports": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "from_port": {"type": "int", "required": True},
            "to_port": {"type": "int"},
            "protocol": {"type": "str", "choices": ["tcp", "udp", "all", "icmp", "icmpv6"], "default": "tcp"},
            "cidrs": {"type": "list", "elements": "str", "default": []},
            "ipv6_cidrs": {"type": "list", "elements": "str", "default": []},
            "cidr_list_aliases": {"type": "list", "elements": "str", "choices": ["lightsail-connect"], "default": []},
        },
    },
    "purge": {"type": "bool", "default": True},
    **WAIT_OPTIONS,
}


def plan(description: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> Plan:
    """The call that sets the list, if it differs.

    Args:
        description: families, the address families of the instance, and ports, what is open now; None when the
            instance isn't there.
        wanted: the module's options.

    Raises:
        RefusedError: there is no such instance, or an address is none.
    """
    if description is None:
        raise RefusedError(f"instance {wanted['instance_name']} doesn't exist: create it before opening its ports")
    families = description["families"]
    before = normal_list(description["ports"], families)
    kept = [] if wanted.get("purge", True) else before
    after = normal_list([*kept, *wanted["ports"]], families)
    if before == after:
        return Plan({"ports": before}, {"ports": before})
    step = Step(
        "put_instance_public_ports",
        {"instanceName": wanted["instance_name"], "portInfos": [to_wire(entry) for entry in after]},
        settled=lambda found: found is not None and normal_list(found["ports"], families) == after,
    )
    return Plan({"ports": before}, {"ports": after}, (step,))


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")
    name = wanted["instance_name"]

    def describe() -> dict[str, Any] | None:
        found = describe_ports(client, name)
        # Before a first run the instance is only planned too: check mode predicts the ports of a closed one.
        return {"families": FAMILIES["dualstack"], "ports": []} if found is None and module.check_mode else found

    outcome = converge(module, client, f"ports of {name}", describe, lambda description: plan(description, wanted))
    open_now = outcome.description
    return {**outcome.fields(), "ports": normal_list(open_now["ports"], open_now["families"])}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
