import pytest

from localcloud.lightsail import public_ports
from localcloud.lightsail.errors import InvalidInputException


def test_nobody_named_means_everybody():
    parsed = public_ports.parse({"protocol": "tcp", "fromPort": 443, "toPort": 443})
    assert (parsed.cidrs, parsed.ipv6_cidrs) == (("0.0.0.0/0",), ("::/0",))


def test_one_address_becomes_a_block():
    parsed = public_ports.parse({"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrs": ["192.0.2.7"]})
    assert parsed.cidrs == ("192.0.2.7/32",)
    assert parsed.ipv6_cidrs == ()


@pytest.mark.parametrize(
    "info",
    [
        {"protocol": "tcp", "fromPort": 80},
        {"fromPort": 80, "toPort": 80},
        {"protocol": "tcp", "fromPort": 81, "toPort": 80},
        {"protocol": "udp", "fromPort": 0, "toPort": 65536},
        {"protocol": "tcp", "fromPort": -1, "toPort": 80},
        {"protocol": "icmp", "fromPort": 300, "toPort": -1},
        {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrs": ["192.0.2.1/24"]},
        {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrs": ["everywhere"]},
        {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrs": ["::/0"]},
        {"protocol": "tcp", "fromPort": 22, "toPort": 22, "ipv6Cidrs": ["0.0.0.0/0"]},
        {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrListAliases": ["office"]},
    ],
)
def test_what_cannot_be_opened_is_refused(info):
    with pytest.raises(InvalidInputException):
        public_ports.parse(info)
