"""Passwords."""

import pytest

from primetime.accounts.passwords import LONGEST, check_new_password, hash_password, needs_rehash, verify_password
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


@pytest.mark.parametrize("password", ["", "short", "nine char", "x" * (LONGEST + 1)])
def test_a_password_of_the_wrong_length_is_refused(password: str) -> None:
    with pytest.raises(BadInput, match="characters"):
        check_new_password(password, email="ann@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "1111111111",
        "abababababab",
        "x" * LONGEST,
        "          ",
        "1234567890",
        "9876543210x",
        "qwertyuiop",
        "1q2w3e4r5t",
        "zyxwvutsrq",
        "!@#$%^&*()",
        "password123",
        "P@ssw0rd2026",
        "PASSWORD!!",
        "ann.smith@hospital.org",
        "smith_smith_12",
        "hospital 2026",
        "primetime2026",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(BadInput, match="easily guessed"):
        check_new_password(password, email="ann.smith@hospital.org")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "another password",
        "jnsdf8h3nks",
        "8375920184",
        "tr0ub4dor&3",
        "blutdruck im alter",
        "日本語のパスワードです",
        "İstanbul'da üç çay",
        "zinc copper iron" * 64,
    ],
)
def test_what_is_not_guessed_soon_will_do(password: str) -> None:
    check_new_password(password, email="ann.smith@hospital.org")
