import subprocess
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.lightsail import firewall, public_ports
from localcloud.lightsail.records import PortRange


def rules(*ports):
    return firewall.rules(
        ports,
        private_addresses=IPv4Network("10.201.0.0/17"),
        private_address="10.201.0.2",
        gateway=IPv4Address("10.201.0.1"),
    ).splitlines()


def opened(*ports):
    """The rules that let something in from outside, without their constant parts."""
    prefix, suffix = "-A LIGHTSAIL-PORTS ", " -j RETURN"
    return [line[len(prefix) : -len(suffix)] for line in rules(*ports) if line.startswith(prefix) and suffix in line]


def test_nothing_listed_means_nothing_open():
    assert opened() == []
    assert rules()[-2:] == ["-A LIGHTSAIL-PORTS -j DROP", "COMMIT"]


def test_new_instance_opens_ssh_and_http():
    assert opened(*public_ports.DEFAULT) == ["-s 0.0.0.0/0 -p tcp --dport 22:22", "-s 0.0.0.0/0 -p tcp --dport 80:80"]


def test_replies_are_let_in_first_and_outside_is_told_by_the_gateway():
    lines = rules()
    established = next(i for i, line in enumerate(lines) if "ESTABLISHED" in line)
    outside = lines.index("-A LIGHTSAIL -s 10.201.0.1/32 -g LIGHTSAIL-PORTS")
    inside = lines.index("-A LIGHTSAIL -s 10.201.0.0/17 -d 10.201.0.2/32 -j RETURN")
    assert established < outside < inside


def test_each_source_gets_a_rule_of_its_own():
    port = PortRange(protocol="tcp", from_port=8000, to_port=8010, cidrs=("192.0.2.0/24", "198.51.100.7/32"))
    assert opened(port) == ["-s 192.0.2.0/24 -p tcp --dport 8000:8010", "-s 198.51.100.7/32 -p tcp --dport 8000:8010"]


@pytest.mark.parametrize(
    "port",
    [
        PortRange(protocol="tcp", from_port=22, to_port=22, ipv6_cidrs=("::/0",)),
        PortRange(protocol="tcp", from_port=22, to_port=22, cidr_list_aliases=("lightsail-connect",)),
        PortRange(protocol="icmpv6", from_port=-1, to_port=-1),
    ],
)
def test_what_names_no_ipv4_source_opens_nothing(port):
    assert opened(port) == []


def test_ping_is_a_type_and_everything_needs_no_port():
    assert opened(PortRange(protocol="icmp", from_port=8, to_port=-1)) == ["-s 0.0.0.0/0 -p icmp --icmp-type 8"]
    assert opened(PortRange(protocol="icmp", from_port=-1, to_port=-1)) == ["-s 0.0.0.0/0 -p icmp"]
    assert opened(PortRange(protocol="all", from_port=0, to_port=65535)) == ["-s 0.0.0.0/0"]


@given(st.integers(0, 65535), st.integers(0, 65535), st.sampled_from(["tcp", "udp"]))
def test_any_range_opens_exactly_itself(first, last, protocol):
    first, last = sorted((first, last))
    port = PortRange(protocol=protocol, from_port=first, to_port=last)
    assert opened(port) == [f"-s 0.0.0.0/0 -p {protocol} --dport {first}:{last}"]


def test_iptables_reads_every_kind_of_rule():
    every_kind = (
        *public_ports.DEFAULT,
        PortRange(protocol="udp", from_port=1, to_port=65535, cidrs=("192.0.2.0/24",)),
        PortRange(protocol="icmp", from_port=8, to_port=-1),
        PortRange(protocol="all", from_port=0, to_port=65535),
    )
    try:
        check = subprocess.run(
            ["iptables-restore", "--test", "--noflush"],
            input="\n".join(rules(*every_kind)) + "\n",
            text=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("iptables is not installed here; the deployment tests apply the rules in a machine")
    if "Permission denied" in check.stderr:
        pytest.skip("only root may ask iptables; the deployment tests apply the rules in a machine")
    assert check.returncode == 0, check.stderr
