"""Sessions: a random token in the browser's cookie, its keyed hash in the database."""

import hashlib
import hmac
import secrets

import psycopg
from psycopg.rows import class_row

from primetime.accounts.people import QUERIES, Account


class Sessions:
    """Opens, finds and ends sessions. With another secret, every session is unknown."""

    def __init__(self, secret: bytes, *, hours: int) -> None:
        self._secret = secret
        self.hours = hours

    def open(self, connection: psycopg.Connection, account_id: int) -> str:
        """A new session's token; it is nowhere else."""
        token = secrets.token_urlsafe(32)
        connection.execute(QUERIES["delete_expired_sessions"])
        connection.execute(
            QUERIES["create_session"],
            {"token_hash": self.hash(token), "account_id": account_id, "hours": self.hours},
        )
        return token

    def account(self, connection: psycopg.Connection, token: str) -> Account | None:
        """Whose session it is; None when it is unknown, ended or expired."""
        with connection.cursor(row_factory=class_row(Account)) as cursor:
            return cursor.execute(QUERIES["find_session"], {"token_hash": self.hash(token)}).fetchone()

    def end(self, connection: psycopg.Connection, token: str) -> None:
        connection.execute(QUERIES["delete_session"], {"token_hash": self.hash(token)})

    def end_all(self, connection: psycopg.Connection, account_id: int, *, but: str | None = None) -> None:
        """End the account's sessions, all but the one of this token."""
        kept = self.hash(but) if but else None
        connection.execute(QUERIES["delete_sessions_of"], {"account_id": account_id, "except": kept})

    def hash(self, token: str) -> bytes:
        """What is stored in place of a token: of a session, an invitation, a program."""
        return hmac.digest(self._secret, token.encode(), hashlib.sha256)
