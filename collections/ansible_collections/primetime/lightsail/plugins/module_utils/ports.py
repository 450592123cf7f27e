# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""An instance's open ports, in a normal form in which they can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from typing import Any

from .convergence import call, find
from .errors import RefusedError

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


def describe_ports(client: Any, instance: str) -> dict[str, Any] | None:
    """families, the address families of an instance, and ports, what is open now; None when it isn't there."""
    found = find(client, "get_instance", instanceName=instance)
    if found is None:
        return None
    states = call(client, "get_instance_port_states", instanceName=instance)["portStates"]
    families = FAMILIES[found["instance"].get("ipAddressType") or "dualstack"]
    return {"families": families, "ports": from_wire(states)}
