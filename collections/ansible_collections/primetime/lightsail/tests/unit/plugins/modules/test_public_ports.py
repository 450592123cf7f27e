"""Ports are compared in a normal form."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.ports import from_wire, normal_list, to_wire
from ansible_collections.primetime.lightsail.plugins.modules.public_ports import plan
from hypothesis import given
from hypothesis import strategies as st

BOTH = frozenset({4, 6})
V4 = st.sampled_from(["10.0.0.0/8", "192.0.2.7", "192.0.2.7/32", "203.0.113.9/24", "0.0.0.0/0"])
V6 = st.sampled_from(["2001:db8::/32", "2001:DB8:0::/32", "::/0", "2001:db8::1"])
PORT = st.fixed_dictionaries(
    {
        "from_port": st.integers(0, 100),
        "protocol": st.sampled_from(["tcp", "udp"]),
        "cidrs": st.lists(V4, max_size=3),
        "ipv6_cidrs": st.lists(V6, max_size=3),
        "cidr_list_aliases": st.lists(st.just("lightsail-connect"), max_size=2),
    }
)


def described(ports: list[dict[str, Any]], families: frozenset[int] = BOTH) -> dict[str, Any]:
    return {"families": families, "ports": ports}


def wanted(*ports: dict[str, Any]) -> dict[str, Any]:
    return {"instance_name": "web", "ports": list(ports)}


def test_nobody_named_means_everybody() -> None:
    (entry,) = normal_list([{"from_port": 80}], BOTH)
    assert entry["cidrs"] == ["0.0.0.0/0"]
    assert entry["ipv6_cidrs"] == ["::/0"]
    assert entry["to_port"] == 80


def test_one_family_named_closes_the_other() -> None:
    (entry,) = normal_list([{"from_port": 22, "cidrs": ["192.0.2.7"]}], BOTH)
    assert entry["cidrs"] == ["192.0.2.7/32"]
    assert entry["ipv6_cidrs"] == []


def test_cidrs_alone_are_sent_without_empty_lists() -> None:
    (step,) = plan(described([]), wanted({"from_port": 22, "cidrs": ["192.0.2.7"]})).steps
    assert step.arguments["portInfos"] == [{"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrs": ["192.0.2.7/32"]}]


def test_an_instance_without_ipv6_has_no_ipv6_rule_to_miss() -> None:
    there = described([{"from_port": 80, "to_port": 80, "protocol": "tcp", "cidrs": ["0.0.0.0/0"]}], {4})
    assert plan(there, wanted({"from_port": 80})).steps == ()


@pytest.mark.parametrize(("protocol", "member"), [("icmp", "cidrs"), ("icmpv6", "ipv6_cidrs")])
def test_icmp_is_of_one_family(protocol: str, member: str) -> None:
    (entry,) = normal_list([{"from_port": -1, "protocol": protocol}], BOTH)
    assert [key for key in ("cidrs", "ipv6_cidrs") if entry[key]] == [member]


def test_the_same_port_twice_is_one_rule() -> None:
    entries = normal_list([{"from_port": 22, "cidrs": ["192.0.2.1"]}, {"from_port": 22, "cidrs": ["192.0.2.2"]}], BOTH)
    assert [entry["cidrs"] for entry in entries] == [["192.0.2.1/32", "192.0.2.2/32"]]


def test_an_empty_list_closes_everything() -> None:
    (step,) = plan(described([{"from_port": 80}]), wanted()).steps
    assert step.arguments["portInfos"] == []


@pytest.mark.parametrize(
    ("port", "told"),
    [
        ({"from_port": 22, "cidrs": ["office"]}, "'office' is no address"),
        ({"from_port": 22, "cidrs": ["::1"]}, "belongs in ipv6_cidrs"),
        ({"from_port": 22, "ipv6_cidrs": ["10.0.0.1"]}, "belongs in cidrs"),
        ({"from_port": 22, "cidrs": ["10.0.0.0/33"]}, "no address or network"),
    ],
)
def test_wrong_addresses_are_refused(port: dict[str, Any], told: str) -> None:
    with pytest.raises(RefusedError, match=told):
        plan(described([]), wanted(port))


def test_closed_ports_are_not_open() -> None:
    assert from_wire([{"fromPort": 1, "toPort": 1, "protocol": "tcp", "state": "closed"}]) == []


def test_a_missing_instance_is_told() -> None:
    with pytest.raises(RefusedError, match="web doesn't exist"):
        plan(None, wanted())


@given(st.lists(PORT, max_size=5), st.randoms())
def test_what_was_sent_comes_back_as_no_difference(ports: list[dict[str, Any]], random: Any) -> None:
    """Whatever the order, doubles and spelling: once the service has the list, there is nothing to do."""
    sent = [to_wire(entry) for entry in normal_list(ports, BOTH)]
    random.shuffle(sent)
    random.shuffle(ports)
    assert plan(described(from_wire(sent)), wanted(*ports)).steps == ()


def test_additions_close_nothing() -> None:
    there = described([{"from_port": 22, "cidrs": ["192.0.2.1/32"]}, {"from_port": 80}])
    more = {**wanted({"from_port": 22, "cidrs": ["192.0.2.2"]}, {"from_port": 443}), "purge": False}
    (step,) = plan(there, more).steps
    assert [(port["fromPort"], port["cidrs"]) for port in step.arguments["portInfos"]] == [
        (22, ["192.0.2.1/32", "192.0.2.2/32"]),
        (80, ["0.0.0.0/0"]),
        (443, ["0.0.0.0/0"]),
    ]
    assert plan(described(from_wire(step.arguments["portInfos"])), more | {"ports": []}).steps == ()
