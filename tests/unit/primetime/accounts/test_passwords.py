"""Passwords."""

import pytest

from primetime.accounts.passwords import LONGEST, hash_password, needs_rehash, verify_password
from primetime.errors import BadInput


def test_only_the_password_itself_fits() -> None:
    stored = hash_password("correct horse")
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, "correct horse")
    assert not verify_password(stored, "correct horsE")
    assert not needs_rehash(stored)


def test_nobody_has_no_password() -> None:
    assert not verify_password(None, "nobody's password")
    assert not verify_password("no hash", "x")
    assert not verify_password(hash_password("correct horse"), "x" * (LONGEST + 1))


@pytest.mark.parametrize("password", ["", "short", "x" * (LONGEST + 1)])
def test_a_password_of_the_wrong_length_is_refused(password: str) -> None:
    with pytest.raises(BadInput, match="characters"):
        hash_password(password)
