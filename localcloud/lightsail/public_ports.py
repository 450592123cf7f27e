"""An instance's firewall: which ports are open, and to whom."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from localcloud.lightsail import cloud as c
from localcloud.lightsail import networking
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.records import Instance, PortRange

Change = Callable[[list[PortRange]], list[PortRange]]

EVERYBODY = ("0.0.0.0/0",)
EVERYBODY_IPV6 = ("::/0",)
ALIASES = ("lightsail-connect",)
COMMON_NAMES = {("tcp", 22): "SSH", ("tcp", 80): "HTTP", ("tcp", 443): "HTTPS", ("tcp", 5432): "PostgreSQL"}


def _open_to_everybody(port: int) -> PortRange:
    return PortRange(protocol="tcp", from_port=port, to_port=port, cidrs=EVERYBODY, ipv6_cidrs=EVERYBODY_IPV6)


# What Lightsail opens on a new Linux instance.
DEFAULT = (_open_to_everybody(22), _open_to_everybody(80))


def open_ports(cloud: Cloud, region: str, members: Members) -> Members:
    opened = parse(members["portInfo"])

    def change(ports: list[PortRange]) -> list[PortRange]:
        return [found for found in ports if not _same_service(found, opened)] + [opened]

    return {"operation": _change(cloud, region, members["instanceName"], "OpenInstancePublicPorts", change)}


def close_ports(cloud: Cloud, region: str, members: Members) -> Members:
    closed = parse(members["portInfo"])

    def change(ports: list[PortRange]) -> list[PortRange]:
        return [found for found in ports if not _same_service(found, closed)]

    return {"operation": _change(cloud, region, members["instanceName"], "CloseInstancePublicPorts", change)}


def put_ports(cloud: Cloud, region: str, members: Members) -> Members:
    wanted = [parse(info) for info in members["portInfos"]]

    def change(_ports: list[PortRange]) -> list[PortRange]:
        return wanted

    return {"operation": _change(cloud, region, members["instanceName"], "PutInstancePublicPorts", change)}


def get_port_states(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        instance = c.find_instance(account, region, members["instanceName"])
        return {"portStates": [_members(port_range) | {"state": "open"} for port_range in _of_families(instance)]}


def shown(instance: Instance) -> list[Members]:
    """The open ports as GetInstance shows them."""
    return [describe(port_range) for port_range in _of_families(instance)]


def _of_families(instance: Instance) -> list[PortRange]:
    """The rules without the IPv6 sources of an instance that has no such address."""
    if instance.ip_address_type != "ipv4":
        return instance.ports
    return [
        port_range.model_copy(update={"ipv6_cidrs": ()})
        for port_range in instance.ports
        if port_range.cidrs or port_range.cidr_list_aliases
    ]


def describe(port_range: PortRange) -> Members:
    """As GetInstance shows it."""
    sources = [*port_range.cidrs, *port_range.ipv6_cidrs, *port_range.cidr_list_aliases]
    everywhere = set(port_range.cidrs) == set(EVERYBODY)
    return _members(port_range) | {
        "accessFrom": "Anywhere (0.0.0.0/0 and ::/0)" if everywhere else f"Custom ({', '.join(sources)})",
        "accessType": "Public",
        "commonName": COMMON_NAMES.get((port_range.protocol, port_range.from_port), ""),
        "accessDirection": "inbound",
    }


def parse(info: Members) -> PortRange:
    """A `PortInfo`; nobody named means everybody, as Lightsail takes it.

    Raises:
        InvalidInputException: ports out of order or range, or a source that is no CIDR block.
    """
    for member in ("protocol", "fromPort", "toPort"):
        if member not in info:
            raise InvalidInputException(f"{member} is missing in the port information")
    protocol, first, last = info["protocol"], info["fromPort"], info["toPort"]
    if protocol in ("tcp", "udp", "all") and not 0 <= first <= last <= 65535:
        raise InvalidInputException(f"The port range is not valid: {first} to {last}")
    if protocol in ("icmp", "icmpv6") and not (-1 <= first <= 255 and -1 <= last <= 255):
        raise InvalidInputException(f"The ICMP type and code are not valid: {first} and {last}")
    aliases = tuple(info.get("cidrListAliases", ()))
    for alias in aliases:
        if alias not in ALIASES:
            raise InvalidInputException(f"The CIDR list alias is not valid: {alias}", f"use {', '.join(ALIASES)}")
    cidrs = tuple(_cidr(text, 4) for text in info.get("cidrs", ()))
    ipv6_cidrs = tuple(_cidr(text, 6) for text in info.get("ipv6Cidrs", ()))
    if not (cidrs or ipv6_cidrs or aliases):
        cidrs, ipv6_cidrs = EVERYBODY, EVERYBODY_IPV6
    return PortRange(
        protocol=protocol,
        from_port=first,
        to_port=last,
        cidrs=cidrs,
        ipv6_cidrs=ipv6_cidrs,
        cidr_list_aliases=aliases,
    )


def _cidr(text: str, version: int) -> str:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise InvalidInputException(f"The CIDR block is not valid: {error}") from None
    if network.version != version:
        raise InvalidInputException(f"The CIDR block is not an IPv{version} block: {text}")
    return str(network)


def _same_service(one: PortRange, other: PortRange) -> bool:
    return (one.protocol, one.from_port, one.to_port) == (other.protocol, other.from_port, other.to_port)


def _members(port_range: PortRange) -> Members:
    return {
        "fromPort": port_range.from_port,
        "toPort": port_range.to_port,
        "protocol": port_range.protocol,
        "cidrs": list(port_range.cidrs),
        "ipv6Cidrs": list(port_range.ipv6_cidrs),
        "cidrListAliases": list(port_range.cidr_list_aliases),
    }


def _change(cloud: Cloud, region: str, name: str, operation_type: str, change: Change) -> Members:
    with cloud.store.changing() as account:
        instance = c.find_instance(account, region, name)
        before = instance.ports
        instance.ports = change(before)
    try:
        cloud.now(instance, lambda: networking.apply(cloud, instance))
    except OperationFailureException:
        # The record tells what the machine has, or the next call would find nothing to change.
        with cloud.store.changing() as account:
            c.find_instance(account, region, name).ports = before
        raise
    with cloud.store.changing() as account:
        return c.succeeded(account, instance, operation_type).describe()


OPERATIONS: dict[str, c.Handler] = {
    "OpenInstancePublicPorts": open_ports,
    "CloseInstancePublicPorts": close_ports,
    "PutInstancePublicPorts": put_ports,
    "GetInstancePortStates": get_port_states,
}
