import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.errors import SettingError
from localcloud.settings import Settings


def test_defaults_are_the_demo():
    settings = Settings.from_environment({})
    assert (settings.name, settings.port, settings.edge_port) == ("demo", 4566, 8080)
    assert settings.state_directory.parts[-2:] == (".localcloud", "demo")
    assert str(settings.subnet) == "10.201.0.0/16"


def test_private_and_public_addresses_share_the_subnet_and_no_address():
    settings = Settings.from_environment({"LOCALCLOUD_SUBNET": "10.9.0.0/24"})
    assert settings.private_addresses == ipaddress.IPv4Network("10.9.0.0/25")
    assert settings.public_addresses == ipaddress.IPv4Network("10.9.0.128/25")
    assert settings.gateway in settings.private_addresses


def test_another_process_reads_the_same_settings():
    settings = Settings.from_environment({"LOCALCLOUD_NAME": "other", "LOCALCLOUD_PORT": "5000"})
    assert Settings.from_environment(settings.as_environment()) == settings


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{0,30}", fullmatch=True).filter(lambda name: name != "demo"))
def test_another_name_never_takes_the_demos_subnet(name):
    demo = Settings.from_environment({})
    assert not Settings.from_environment({"LOCALCLOUD_NAME": name}).subnet.overlaps(demo.subnet)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LOCALCLOUD_NAME", "Has Spaces"),
        ("LOCALCLOUD_NAME", "-leading"),
        ("LOCALCLOUD_NAME", "x" * 32),
        ("LOCALCLOUD_PORT", "0"),
        ("LOCALCLOUD_PORT", "65536"),
        ("LOCALCLOUD_EDGE_PORT", "http"),
        ("LOCALCLOUD_SUBNET", "10.9.0.1/16"),
        ("LOCALCLOUD_SUBNET", "10.9.0.0/30"),
        ("LOCALCLOUD_SUBNET", "fd00::/64"),
    ],
)
def test_a_bad_value_names_its_variable_and_a_remedy(variable, value):
    with pytest.raises(SettingError) as caught:
        Settings.from_environment({variable: value})
    assert variable in caught.value.cause
    assert caught.value.remedy
