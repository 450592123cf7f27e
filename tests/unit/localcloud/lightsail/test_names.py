import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.lightsail import names
from localcloud.lightsail.errors import InvalidInputException


@pytest.mark.parametrize("name", ["web", "prime-time-local", "2nd", "a.b_c-d", "ab"])
def test_names_that_lightsail_takes(name):
    assert names.check_resource_name(name) == name


@pytest.mark.parametrize("name", ["a", "", "-web", "web-", "custom gitlab", "naïve", "x" * 256, "web\n"])
def test_names_that_lightsail_refuses(name):
    with pytest.raises(InvalidInputException, match="not a valid resource name"):
        names.check_resource_name(name)


@pytest.mark.parametrize("name", ["postgres", "rdsadmin", "pg_monitor", "1st", "has-hyphen", "x" * 64, "ROOT;--"])
def test_master_names_that_the_engine_keeps_or_cannot_have(name):
    with pytest.raises(InvalidInputException, match="masterUsername"):
        names.check_master_name(name, "masterUsername")


@pytest.mark.parametrize(
    "password", ["short", "with space", 'quo"te-it', "a/slash-b", "at@sign-x", "ümlaut-pass", "x" * 129]
)
def test_passwords_that_lightsail_refuses_without_repeating_them(password):
    with pytest.raises(InvalidInputException) as caught:
        names.check_password(password)
    assert password not in caught.value.message + caught.value.tip


@given(st.integers())
def test_a_new_password_is_always_good(_seed):
    assert names.check_password(names.new_password())
