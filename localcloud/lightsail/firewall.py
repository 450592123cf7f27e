"""An instance's public ports and a database's public mode as rules for iptables-restore.

The rules stand in the table mangle, ahead of everything that a machine's owner or its Docker engine does in the
tables filter and nat: flushing those opens nothing, and a port that a container publishes is closed like any other.
As in Lightsail they bind what comes from outside; instances reach each other's private addresses freely.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from localcloud.lightsail.records import PortRange

CHAIN = "LIGHTSAIL"
PORTS_CHAIN = "LIGHTSAIL-PORTS"
ANYWHERE = "0.0.0.0/0"


def rules(
    ports: Iterable[PortRange], *, private_addresses: IPv4Network, private_address: str, gateway: IPv4Address
) -> str:
    """The table for a machine or database: `ports` are open to their sources, all else is dropped."""
    lines = [
        "*mangle",
        f":{CHAIN} - [0:0]",
        f":{PORTS_CHAIN} - [0:0]",
        f"-A {CHAIN} -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN",
        # The gateway is this host, and everything beyond it: outside, whatever address it asks for.
        f"-A {CHAIN} -s {gateway}/32 -g {PORTS_CHAIN}",
        f"-A {CHAIN} -s {private_addresses} -d {private_address}/32 -j RETURN",
        f"-A {CHAIN} -g {PORTS_CHAIN}",
    ]
    for port_range in ports:
        lines += [f"-A {PORTS_CHAIN} {match} -j RETURN" for match in _matches(port_range)]
    lines += [f"-A {PORTS_CHAIN} -j DROP", "COMMIT"]
    return "\n".join(lines)


def _matches(port_range: PortRange) -> list[str]:
    if port_range.protocol == "icmpv6":
        return []  # the local cloud's network has no IPv6
    match port_range.protocol:
        case "all":
            service = ""
        case "icmp":
            # For ICMP the first "port" is the type; -1 stands for every one.
            service = "-p icmp" if port_range.from_port < 0 else f"-p icmp --icmp-type {port_range.from_port}"
        case protocol:
            service = f"-p {protocol} --dport {port_range.from_port}:{port_range.to_port}"
    return [f"-s {source} {service}".rstrip() for source in _sources(port_range)]


def _sources(port_range: PortRange) -> tuple[str, ...]:
    """Nobody named means everybody; addresses of Lightsail's browser clients exist nowhere here."""
    if not (port_range.cidrs or port_range.ipv6_cidrs or port_range.cidr_list_aliases):
        return (ANYWHERE,)
    return port_range.cidrs
