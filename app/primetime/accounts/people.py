"""Accounts and their roles."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import psycopg
from psycopg.rows import class_row

from primetime.accounts.passwords import check_new_password, hash_password, needs_rehash, verify_password
from primetime.database.queries import load_queries
from primetime.errors import BadInput, NotAllowed, NotFound
from primetime.visible_text import hides, is_blank

QUERIES = load_queries("primetime.accounts")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s./]+(?:\.[^@\s./]+)*")


class Role(StrEnum):
    """What an account may do; each may also do what those before it may."""

    READER = "reader"  # read and export
    RESEARCHER = "researcher"  # start an analysis
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, kw_only=True)
class Account:
    id: int
    email: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None = None  # None: may sign in

    def __post_init__(self) -> None:
        object.__setattr__(self, "role", Role(self.role))

    def may_act_as(self, role: Role) -> bool:
        order = list(Role)
        return order.index(self.role) >= order.index(role)


def require_owner(account: Account, owner_id: int | None, what: str) -> None:
    """Who has made something changes and deletes it, or an administrator does; what is nobody's (None) is everybody's.

    Raises NotAllowed.
    """
    if owner_id not in (None, account.id) and account.role is not Role.ADMINISTRATOR:
        raise NotAllowed(f"{what} is somebody else's", remedy="ask them or an administrator")


def create_account(connection: psycopg.Connection, *, email: str, password: str, role: Role, name: str = "") -> Account:
    """A new account; the name is the e-mail's first part when none is given.

    Raises BadInput for an e-mail that is none or is taken, or a password that check_new_password refuses.
    """
    address = normal_email(email)
    check_new_password(password, email=address)
    parameters = {
        "email": address,
        "name": address.partition("@")[0] if is_blank(name) else name.strip(),
        "role": role.value,
        "password_hash": hash_password(password),
    }
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        account = cursor.execute(QUERIES["create_account"], parameters).fetchone()
    if account is None:
        raise BadInput(f"there is an account {address} already", remedy="choose another e-mail")
    return account


def list_accounts(
    connection: psycopg.Connection, *, after: str | None = None, limit: int | None = None
) -> list[Account]:
    """By e-mail: all, or so many after one."""
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        return cursor.execute(QUERIES["list_accounts"], {"after": after, "limit": limit}).fetchall()


def find_account(connection: psycopg.Connection, account_id: int) -> Account:
    """Raises NotFound."""
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        account = cursor.execute(QUERIES["find_account"], {"id": account_id}).fetchone()
    if account is None:
        raise NotFound(f"there is no account {account_id}")
    return account


def change_account(
    connection: psycopg.Connection,
    account_id: int,
    *,
    name: str | None = None,
    role: Role | None = None,
    disabled: bool | None = None,
) -> Account:
    """Change what is given; a disabled account's sessions end.

    Raises NotFound, and BadInput when nobody would be left who can administer the platform.
    """
    administrators = {row[0] for row in connection.execute(QUERIES["lock_administrators"])}
    loses = disabled is True or (role is not None and role is not Role.ADMINISTRATOR)
    if loses and administrators == {account_id}:
        raise BadInput("this is the last administrator", remedy="make somebody else an administrator first")
    parameters = {"id": account_id, "name": name, "role": role and role.value, "disabled": disabled}
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        account = cursor.execute(QUERIES["change_account"], parameters).fetchone()
    if account is None:
        raise NotFound(f"there is no account {account_id}")
    if disabled:
        connection.execute(QUERIES["delete_sessions_of"], {"account_id": account_id, "except": None})
    return account


def set_password(connection: psycopg.Connection, account: Account, password: str) -> None:
    """Raises BadInput for a password that check_new_password refuses."""
    check_new_password(password, email=account.email)
    parameters = {"id": account.id, "password_hash": hash_password(password)}
    connection.execute(QUERIES["replace_password_hash"], parameters)


def check_credentials(connection: psycopg.Connection, *, email: str, password: str) -> int:
    """The id of the account that these belong to.

    Raises NotAllowed, in the same words and time whether the account or the password is wrong.
    """
    row = connection.execute(QUERIES["find_credentials"], {"email": email.strip().lower()}).fetchone()
    # The hash takes a tenth of a second; no transaction stays open over it.
    connection.commit()
    account_id, password_hash = row or (None, None)
    if not verify_password(password_hash, password) or account_id is None:
        raise NotAllowed("e-mail or password is wrong", remedy="check both and try again")
    if needs_rehash(password_hash):
        connection.execute(
            QUERIES["replace_password_hash"], {"id": account_id, "password_hash": hash_password(password)}
        )
    return int(account_id)


def normal_email(email: str) -> str:
    """The e-mail as it is stored. Raises BadInput when it is none, or has a character that nobody sees."""
    address = email.strip().lower()
    if hides(address):
        raise BadInput(f"{email[:80]!r} has a character that cannot be seen", remedy="type it, do not paste it")
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise BadInput(f"{email[:80]!r} is not an e-mail address", remedy="write it as name@example.org")
    return address
