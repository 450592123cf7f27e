#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: public_ports
short_description: Set the whole list of a Lightsail instance's open ports
version_added: 0.1.0
description:
  - Makes the firewall of an instance open exactly the ports given, to exactly the addresses given.
  - Addresses are compared as networks, so their order, doubles and spelling make no difference.
author: Prime Time contributors (@prime-time)
options:
  instance_name:
    description: Name of the instance.
    type: str
    required: true
  ports:
    description:
      - All ports that shall be open. An empty list closes the instance.
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
        default: []
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
"""

from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, call, converge, find
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import WAIT_OPTIONS, open_client, run

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
            "cidr_list_aliases": {"type": "list", "elements": "str", "default": []},
        },
    },
    **WAIT_OPTIONS,
}

EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}
FAMILIES = {"ipv4": {4}, "ipv6": {6}, "dualstack": {4, 6}}


def networks(addresses: Iterable[str], version: int) -> list[str]:
    """Addresses as networks in normal form, sorted, each once.

    Raises:
        RefusedError: one of them is no network of this version.
    """
    found = set()
    for address in addresses:
        try:
            network = ip_network(address.strip(), strict=False)
        except ValueError as error:
            raise RefusedError(f"'{address}' is no address or network: {error}") from error
        if network.version != version:
            option = "cidrs" if network.version == 4 else "ipv6_cidrs"
            raise RefusedError(f"'{address}' is an IPv{network.version} network: it belongs in {option}")
        found.add(str(network))
    return sorted(found)


def normal(port: Mapping[str, Any], families: set[int]) -> dict[str, Any]:
    """One entry in normal form: networks of the families that the instance has, open to all where none is named."""
    entry = {
        "from_port": port["from_port"],
        "to_port": port["from_port"] if port.get("to_port") is None else port["to_port"],
        "protocol": port.get("protocol") or "tcp",
        "cidrs": networks(port.get("cidrs") or [], 4),
        "ipv6_cidrs": networks(port.get("ipv6_cidrs") or [], 6),
        "cidr_list_aliases": sorted(set(port.get("cidr_list_aliases") or [])),
    }
    if not (entry["cidrs"] or entry["ipv6_cidrs"] or entry["cidr_list_aliases"]):
        # ICMP and ICMPv6 exist in one family each.
        able = families & {"icmp": {4}, "icmpv6": {6}}.get(entry["protocol"], {4, 6})
        entry["cidrs"] = [EVERYWHERE[4]] if 4 in able else []
        entry["ipv6_cidrs"] = [EVERYWHERE[6]] if 6 in able else []
    # Lightsail keeps no rule of a family that the instance has no address of.
    if 4 not in families:
        entry["cidrs"] = []
    if 6 not in families:
        entry["ipv6_cidrs"] = []
    return entry


def normal_list(ports: Iterable[Mapping[str, Any]], families: set[int]) -> list[dict[str, Any]]:
    """Entries in normal form and order; those for the same ports and protocol become one."""
    merged: dict[tuple[int, int, str], dict[str, Any]] = {}
    for port in ports:
        entry = normal(port, families)
        key = (entry["from_port"], entry["to_port"], entry["protocol"])
        known = merged.setdefault(key, entry)
        for member in ("cidrs", "ipv6_cidrs", "cidr_list_aliases"):
            known[member] = sorted(set(known[member]) | set(entry[member]))
    return [merged[key] for key in sorted(merged)]


def from_wire(states: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The open ones of Lightsail's InstancePortState structures, in the module's words."""
    return [
        {
            "from_port": state["fromPort"],
            "to_port": state["toPort"],
            "protocol": state["protocol"],
            "cidrs": state.get("cidrs") or [],
            "ipv6_cidrs": state.get("ipv6Cidrs") or [],
            "cidr_list_aliases": state.get("cidrListAliases") or [],
        }
        for state in states
        if state.get("state", "open") == "open"
    ]


def to_wire(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Lightsail's PortInfo from an entry in normal form; empty lists are left out."""
    members = {"cidrs": "cidrs", "ipv6Cidrs": "ipv6_cidrs", "cidrListAliases": "cidr_list_aliases"}
    filled = {member: entry[key] for member, key in members.items() if entry[key]}
    return {"fromPort": entry["from_port"], "toPort": entry["to_port"], "protocol": entry["protocol"], **filled}


def plan(description: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> Plan:
    """The call that sets the whole list, if it differs.

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
    before, after = normal_list(description["ports"], families), normal_list(wanted["ports"], families)
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
        instance = find(client, "get_instance", instanceName=name)
        if instance is None:
            # Before a first run the instance is only planned too: check mode predicts the ports of a closed one.
            return {"families": FAMILIES["dualstack"], "ports": []} if module.check_mode else None
        states = call(client, "get_instance_port_states", instanceName=name)["portStates"]
        families = FAMILIES[instance["instance"].get("ipAddressType") or "dualstack"]
        return {"families": families, "ports": from_wire(states)}

    outcome = converge(module, client, f"ports of {name}", describe, lambda description: plan(description, wanted))
    open_now = outcome.description
    return {**outcome.fields(), "ports": normal_list(open_now["ports"], open_now["families"])}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
