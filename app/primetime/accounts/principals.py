"""Who is behind a request: the account of a session, or of a personal token with its scopes."""

from dataclasses import dataclass

import psycopg

from primetime.accounts.people import Account
from primetime.accounts.sessions import Sessions
from primetime.accounts.tokens import Scope, account_of_token


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a request shows; a token counts before a cookie."""

    session: str | None = None
    token: str | None = None


@dataclass(frozen=True, kw_only=True)
class Principal:
    account: Account
    scopes: frozenset[Scope] | None  # None: a person's session, which may do all that the account may


def find_principal(connection: psycopg.Connection, sessions: Sessions, credentials: Credentials) -> Principal | None:
    """None when what is shown is unknown, ended, revoked or expired, or the account is disabled."""
    if credentials.token is not None:
        found = account_of_token(connection, sessions, credentials.token)
        return Principal(account=found[0], scopes=found[1]) if found else None
    if credentials.session is not None:
        account = sessions.account(connection, credentials.session)
        return Principal(account=account, scopes=None) if account else None
    return None
