"""Lock-out: who gives wrong passwords too often waits, longer each time. Counted in PostgreSQL, for all processes."""

import psycopg

from primetime.accounts.passwords import check_new_password, verify_password
from primetime.accounts.people import QUERIES, Account, check_credentials, find_account, set_password
from primetime.accounts.sessions import Sessions
from primetime.errors import BadInput, NotAllowed

FAILURES_ALLOWED = 5
FIRST_WAIT_SECONDS = 60
LONGEST_WAIT_SECONDS = 3600


class LockedOutError(NotAllowed):
    """Too many wrong passwords for this e-mail."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too many attempts with a wrong password", remedy=f"try again in {seconds} seconds")
        self.seconds = seconds


def sign_in(connection: psycopg.Connection, sessions: Sessions, *, email: str, password: str) -> Account:
    """The account that these belong to; the attempt is counted, and forgotten when it succeeds.

    After 5 failures the e-mail waits a minute, and twice as long after each further one, up to an hour; a day without
    one forgets them. Raises LockedOutError, and NotAllowed when e-mail or password is wrong.
    """
    person = _signing_in(sessions, email)
    _count(connection, person)
    account_id = check_credentials(connection, email=email, password=password)
    connection.execute(QUERIES["forget_attempts"], {"person": person})
    return find_account(connection, account_id)


def change_password(
    connection: psycopg.Connection, sessions: Sessions, account: Account, *, current: str, wanted: str
) -> None:
    """Wrong current passwords make wait as in signing in, or whoever finds a session open could try them all.

    Raises BadInput for a new password that check_new_password refuses or that is the current one (this is no attempt),
    LockedOutError, and NotAllowed when the current password is another.
    """
    check_new_password(wanted, email=account.email)
    if wanted == current:
        raise BadInput("the new password is the current one", remedy="choose another")
    person = _changing(sessions, account.email)
    _count(connection, person)
    row = connection.execute(QUERIES["find_password"], {"id": account.id}).fetchone()
    connection.commit()
    if row is None or not verify_password(row[0], current):
        raise NotAllowed("the current password is wrong", remedy="write it again")
    connection.execute(QUERIES["forget_attempts"], {"person": person})
    set_password(connection, account, wanted)


def unlock(connection: psycopg.Connection, sessions: Sessions, email: str) -> None:
    """Forget the failures of an e-mail."""
    for person in (_signing_in(sessions, email), _changing(sessions, email)):
        connection.execute(QUERIES["forget_attempts"], {"person": person})


def _signing_in(sessions: Sessions, email: str) -> bytes:
    return sessions.hash(f"sign-in {email.strip().lower()}")


def _changing(sessions: Sessions, email: str) -> bytes:
    # Apart from signing in: whoever locks an e-mail from without does not keep its owner from a new password.
    return sessions.hash(f"password {email.strip().lower()}")


def _count(connection: psycopg.Connection, person: bytes) -> None:
    """Count an attempt, and commit. Raises LockedOutError."""
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
