"""Personal tokens: what a program shows in place of a session; each with scopes, stored as a keyed hash, revocable."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import psycopg
from psycopg.rows import class_row, dict_row

from primetime.accounts.people import QUERIES, Account
from primetime.accounts.sessions import Sessions
from primetime.errors import BadInput, NotFound

PREFIX = "pt_"  # lets a scanner of leaked secrets, and a person, tell what it is
MOST = 50


class Scope(StrEnum):
    """What a token may be used for, within its account's role."""

    READ = "read"  # all that can be read, save what the scopes below are for
    SEARCH = "search"
    MODEL = "model"  # keywords and vectors of texts
    EXPORT = "export"
    WRITE = "write"  # whatever changes something


@dataclass(frozen=True, kw_only=True)
class PersonalToken:
    id: int
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None  # None: lives until it is revoked
    last_used_at: datetime | None


def create_token(
    connection: psycopg.Connection,
    sessions: Sessions,
    account_id: int,
    *,
    name: str,
    scopes: Collection[Scope],
    days: int | None = None,
) -> tuple[PersonalToken, str]:
    """A token's record and the token, which is nowhere else. Raises BadInput without a name, a scope, or room."""
    if not name.strip():
        raise BadInput("the token has no name", remedy="name what will use it")
    if not scopes:
        raise BadInput("the token has no scope", remedy=f"choose among {', '.join(Scope)}")
    row = connection.execute(QUERIES["count_tokens"], {"account_id": account_id}).fetchone()
    if row and row[0] >= MOST:
        raise BadInput(f"this account has {MOST} tokens already", remedy="revoke one that is not used")
    token = PREFIX + secrets.token_urlsafe(32)
    parameters = {
        "account_id": account_id,
        "token_hash": sessions.hash(token),
        "name": name.strip(),
        "scopes": sorted({scope.value for scope in scopes}),
        "days": days,
    }
    with connection.cursor(row_factory=class_row(PersonalToken)) as cursor:
        record = cursor.execute(QUERIES["create_token"], parameters).fetchone()
    assert record is not None
    return record, token


def list_tokens(connection: psycopg.Connection, account_id: int) -> list[PersonalToken]:
    with connection.cursor(row_factory=class_row(PersonalToken)) as cursor:
        return cursor.execute(QUERIES["list_tokens"], {"account_id": account_id}).fetchall()


def revoke_token(connection: psycopg.Connection, account_id: int, token_id: int) -> str:
    """The revoked token's name. Raises NotFound for one that this account does not have."""
    row = connection.execute(QUERIES["revoke_token"], {"id": token_id, "account_id": account_id}).fetchone()
    if row is None:
        raise NotFound(f"this account has no token {token_id}")
    return str(row[0])


def account_of_token(
    connection: psycopg.Connection, sessions: Sessions, token: str
) -> tuple[Account, frozenset[Scope]] | None:
    """Whose token it is, and its scopes; None when it is revoked, expired or made up."""
    token_hash = sessions.hash(token)
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(QUERIES["account_of_token"], {"token_hash": token_hash}).fetchone()
    if row is None:
        return None
    connection.execute(QUERIES["note_token_use"], {"token_hash": token_hash})
    scopes = frozenset(Scope(scope) for scope in row.pop("scopes"))
    return Account(**row), scopes
