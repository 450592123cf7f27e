"""Passwords: argon2id, with RFC 9106's parameters for machines with little memory."""

from threading import BoundedSemaphore

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from primetime.accounts.guessing import is_easily_guessed
from primetime.errors import BadInput

SHORTEST = 10
LONGEST = 1024
_HASHER = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)
# A hash takes 64 MB: without a bound, forty sign-ins at once would fill a 4 GB server.
_AT_ONCE = BoundedSemaphore(2)


def check_new_password(password: str, *, email: str) -> None:
    """Raises BadInput for a password too short or too long, or that is guessed first of somebody with this e-mail."""
    if len(password) < SHORTEST:
        raise BadInput(f"the password has fewer than {SHORTEST} characters", remedy="choose a longer one")
    if len(password) > LONGEST:
        raise BadInput(f"the password has more than {LONGEST} characters", remedy="choose a shorter one")
    if is_easily_guessed(password, own=email):
        raise BadInput("the password is easily guessed", remedy="choose three or four words that do not go together")


def hash_password(password: str) -> str:
    """The hash to store."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; as slow for None (no such account), so that time tells nobody who has one."""
    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        try:
            return _HASHER.verify(password_hash or _NOBODY, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


_NOBODY = _HASHER.hash("nobody's password")
