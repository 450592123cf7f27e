"""Invitations: a link with a one-time token makes an account, or gives one that exists a new password."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from primetime.accounts.attempts import unlock
from primetime.accounts.people import QUERIES, Account, Role, create_account, find_account, normal_email, set_password
from primetime.accounts.sessions import Sessions
from primetime.errors import BadInput, NotFound

HOURS = 7 * 24


@dataclass(frozen=True, kw_only=True)
class Invitation:
    email: str
    name: str
    role: Role
    account_id: int | None  # None: somebody new
    created_at: datetime
    expires_at: datetime


def invite(
    connection: psycopg.Connection, sessions: Sessions, *, email: str, role: Role, by: int, name: str = ""
) -> tuple[Invitation, str]:
    """An invitation and its token, which is nowhere else; a former one of this e-mail is void.

    Raises BadInput for an e-mail that is none or has an account.
    """
    address = normal_email(email)
    if connection.execute(QUERIES["account_of_email"], {"email": address}).fetchone():
        raise BadInput(f"there is an account {address} already", remedy="change its role, or give it a new password")
    return _put(connection, sessions, email=address, name=name.strip(), role=role.value, account_id=None, invited_by=by)


def invite_to_new_password(
    connection: psycopg.Connection, sessions: Sessions, account_id: int, *, by: int
) -> tuple[Invitation, str]:
    """The same for somebody who has an account and has lost the password. Raises NotFound."""
    account = find_account(connection, account_id)
    return _put(
        connection,
        sessions,
        email=account.email,
        name=account.name,
        role=account.role.value,
        account_id=account.id,
        invited_by=by,
    )


def list_invitations(
    connection: psycopg.Connection, *, after: str | None = None, limit: int | None = None
) -> list[Invitation]:
    """Those that can still be accepted, by e-mail: all, or so many after one."""
    with connection.cursor(row_factory=class_row(Invitation)) as cursor:
        return cursor.execute(QUERIES["list_invitations"], {"after": after, "limit": limit}).fetchall()


def withdraw(connection: psycopg.Connection, email: str) -> str:
    """The e-mail as it was stored: that can be withdrawn, whatever is taken for an e-mail now. Raises NotFound."""
    stored = email.strip().lower()
    if not connection.execute(QUERIES["delete_invitation"], {"email": stored}).rowcount:
        raise NotFound(f"{email[:80]!r} is not invited")
    return stored


def find_invitation(connection: psycopg.Connection, sessions: Sessions, token: str) -> Invitation:
    """What a link is for. Raises NotFound when it is used, withdrawn, expired or made up."""
    with connection.cursor(row_factory=class_row(Invitation)) as cursor:
        found = cursor.execute(QUERIES["find_invitation"], {"token_hash": sessions.hash(token)}).fetchone()
    return _require(found)


def accept(connection: psycopg.Connection, sessions: Sessions, token: str, *, password: str, name: str = "") -> Account:
    """The account with this password; the invitation is used up.

    Raises NotFound as above, BadInput for a password that check_new_password refuses (the invitation stays).
    """
    with connection.transaction(), connection.cursor(row_factory=class_row(Invitation)) as cursor:
        taken = cursor.execute(QUERIES["take_invitation"], {"token_hash": sessions.hash(token)}).fetchone()
        invitation = _require(taken)
        unlock(connection, sessions, invitation.email)
        if invitation.account_id is not None:
            account = find_account(connection, invitation.account_id)
            set_password(connection, account, password)
            sessions.end_all(connection, account.id)
            return account
        return create_account(
            connection,
            email=invitation.email,
            password=password,
            role=Role(invitation.role),
            name=name or invitation.name,
        )


def _put(connection: psycopg.Connection, sessions: Sessions, **parameters: object) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(32)
    with connection.cursor(row_factory=class_row(Invitation)) as cursor:
        found = cursor.execute(
            QUERIES["put_invitation"], {**parameters, "token_hash": sessions.hash(token), "hours": HOURS}
        ).fetchone()
    assert found is not None
    return found, token


def _require(found: Invitation | None) -> Invitation:
    if found is None:
        raise NotFound("this invitation is used, withdrawn or expired", remedy="ask an administrator for a new one")
    return found
