"""Lock-out: who fails to sign in too often waits, longer each time. Counted in PostgreSQL, for all processes."""

import psycopg

from primetime.accounts.people import QUERIES, Account, check_credentials, find_account
from primetime.accounts.sessions import Sessions
from primetime.errors import NotAllowed

FAILURES_ALLOWED = 5
FIRST_WAIT_SECONDS = 60
LONGEST_WAIT_SECONDS = 3600


class LockedOutError(NotAllowed):
    """Too many wrong passwords for this e-mail."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too many attempts to sign in", remedy=f"try again in {seconds} seconds")
        self.seconds = seconds


def sign_in(connection: psycopg.Connection, sessions: Sessions, *, email: str, password: str) -> Account:
    """The account that these belong to; the attempt is counted, and forgotten when it succeeds.

    After 5 failures the e-mail waits a minute, and twice as long after each further one, up to an hour; a day without
    one forgets them. Raises LockedOutError, and NotAllowed when e-mail or password is wrong.
    """
    person = sessions.hash(f"sign-in {email.strip().lower()}")
    parameters = {
        "person": person,
        "allowed": FAILURES_ALLOWED,
        "first": FIRST_WAIT_SECONDS,
        "longest": LONGEST_WAIT_SECONDS,
    }
    counted = connection.execute(QUERIES["count_attempt"], parameters).fetchone()
    connection.commit()
    if counted is None:
        row = connection.execute(QUERIES["seconds_locked"], {"person": person}).fetchone()
        raise LockedOutError(max(1, row[0] if row and row[0] else 1))
    account_id = check_credentials(connection, email=email, password=password)
    connection.execute(QUERIES["forget_attempts"], {"person": person})
    return find_account(connection, account_id)


def unlock(connection: psycopg.Connection, sessions: Sessions, email: str) -> None:
    """Forget the failures of an e-mail."""
    connection.execute(QUERIES["forget_attempts"], {"person": sessions.hash(f"sign-in {email.strip().lower()}")})
