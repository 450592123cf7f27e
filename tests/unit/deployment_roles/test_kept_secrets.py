"""What the secrets role stores: decided without the Parameter Store."""

from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

NAMES = ["database/password", "jwt/secret", "origin/secret"]
KEPT = {"database/password": "d" * 40, "jwt/secret": "j" * 40, "origin/secret": "o" * 40}


@pytest.fixture(scope="session")
def kept_secrets(role_module: Callable[[str], ModuleType]) -> ModuleType:
    return role_module("secrets/library/kept_secrets.py")


def test_nothing_is_stored_where_all_are_kept(kept_secrets: ModuleType) -> None:
    assert kept_secrets.plan(KEPT, NAMES, {}, "", 40) == []
    assert kept_secrets.plan(KEPT, NAMES, {"jwt/secret": KEPT["jwt/secret"]}, "", 40) == []


def test_what_is_missing_is_taken_as_handed_in_or_made_up(kept_secrets: ModuleType) -> None:
    changes = kept_secrets.plan({"origin/secret": "o" * 40}, NAMES, {"jwt/secret": "handed-in-" * 4}, "", 40)
    assert [(change.name, change.replaces) for change in changes] == [
        ("database/password", False),
        ("jwt/secret", False),
    ]
    assert changes[1].value == "handed-in-" * 4
    assert len(changes[0].value) == 40
    assert changes[0].value.isalnum()


def test_another_value_than_the_kept_one_is_refused_without_naming_either(kept_secrets: ModuleType) -> None:
    with pytest.raises(kept_secrets.RefusedError, match="`fab rotate jwt/secret`") as refused:
        kept_secrets.plan(KEPT, NAMES, {"jwt/secret": "another-one-" * 4}, "", 40)
    assert "another-one" not in str(refused.value)
    assert KEPT["jwt/secret"] not in str(refused.value)


def test_only_the_one_named_is_rotated(kept_secrets: ModuleType) -> None:
    [made_up] = kept_secrets.plan(KEPT, NAMES, {}, "jwt/secret", 40)
    assert (made_up.name, made_up.replaces) == ("jwt/secret", True)
    assert made_up.value != KEPT["jwt/secret"]
    [handed_in] = kept_secrets.plan(KEPT, NAMES, {"jwt/secret": "n" * 40}, "jwt/secret", 40)
    assert handed_in.value == "n" * 40
    assert kept_secrets.plan(KEPT, NAMES, {"jwt/secret": KEPT["jwt/secret"]}, "jwt/secret", 40) == []
    with pytest.raises(kept_secrets.RefusedError, match="there is no secret jwt"):
        kept_secrets.plan(KEPT, NAMES, {}, "jwt", 40)


@pytest.mark.parametrize(
    ("handed_in", "told"),
    [
        ({"jwt": "x" * 40}, "no secret jwt"),
        ({"jwt/secret": "short"}, "12 to 128"),
        ({"jwt/secret": "x" * 31}, "31 characters: give 32"),
        ({"database/password": "with a blank in it"}, "12 to 128"),
        ({"database/password": 'quote"quote"quote'}, "12 to 128"),
        ({"database/password": "line\nline\nline\n"}, "12 to 128"),
        ({"database/password": 123456789012}, "12 to 128"),
        ({"database/password": "x" * 129}, "12 to 128"),
    ],
)
def test_what_could_not_be_used_is_refused(kept_secrets: ModuleType, handed_in: dict[str, object], told: str) -> None:
    with pytest.raises(kept_secrets.RefusedError, match=told):
        kept_secrets.check_given(handed_in, NAMES)


@given(value=st.text(max_size=140))
def test_what_is_taken_needs_no_quoting_anywhere(kept_secrets: ModuleType, value: str) -> None:
    try:
        taken = kept_secrets.check_given({"database/password": value}, NAMES)
    except kept_secrets.RefusedError:
        return
    assert taken == {"database/password": value}
    assert not set(value) & set(" \t\r\n\"'\\$@/:?#%&{}")


def test_an_optional_one_is_never_made_up_and_is_replaced_by_what_is_handed_in(kept_secrets: ModuleType) -> None:
    optional = ["openalex/api-key", "pubmed/api-key"]
    assert kept_secrets.plan(KEPT, NAMES, {}, "", 40, optional) == []
    [new] = kept_secrets.plan(KEPT, NAMES, {"openalex/api-key": "a+b/c="}, "", 40, optional)
    assert (new.name, new.value, new.replaces) == ("openalex/api-key", "a+b/c=", False)
    kept = KEPT | {"openalex/api-key": "a+b/c="}
    assert kept_secrets.plan(kept, NAMES, {"openalex/api-key": "a+b/c="}, "", 40, optional) == []
    [other] = kept_secrets.plan(kept, NAMES, {"openalex/api-key": "d"}, "", 40, optional)
    assert other.replaces
    with pytest.raises(kept_secrets.RefusedError, match="there is no secret openalex/api-key"):
        kept_secrets.plan(kept, NAMES, {}, "openalex/api-key", 40, optional)


@pytest.mark.parametrize("value", ["", "has a blank", "line\nline", "x" * 257, 'quo"te', "ü", 5])
def test_an_optional_one_that_a_settings_file_could_not_hold_is_refused(
    kept_secrets: ModuleType, value: object
) -> None:
    with pytest.raises(kept_secrets.RefusedError, match="openalex/api-key cannot be used"):
        kept_secrets.check_given({"openalex/api-key": value}, NAMES, ["openalex/api-key"])
