"""Accounts and sessions in a real PostgreSQL."""

import psycopg
import pytest

from primetime.accounts.people import Role, check_credentials, create_account, list_accounts
from primetime.accounts.sessions import Sessions
from primetime.errors import BadInput, NotAllowed

PASSWORD = "correct horse battery"


def make(connection: psycopg.Connection, email: str = "Ann@Example.org", role: Role = Role.READER) -> int:
    return create_account(connection, email=email, password=PASSWORD, role=role).id


def test_an_account_is_found_by_its_email_in_any_case(connection: psycopg.Connection) -> None:
    account = make(connection)
    assert check_credentials(connection, email=" ANN@example.ORG ", password=PASSWORD) == account
    (listed,) = list_accounts(connection)
    assert (listed.email, listed.name, listed.role) == ("ann@example.org", "ann", Role.READER)


@pytest.mark.parametrize(("email", "password"), [("ann@example.org", "wrong password"), ("bob@example.org", PASSWORD)])
def test_account_and_password_fail_alike(connection: psycopg.Connection, email: str, password: str) -> None:
    make(connection)
    with pytest.raises(NotAllowed, match="e-mail or password is wrong"):
        check_credentials(connection, email=email, password=password)


def test_an_email_is_taken_once(connection: psycopg.Connection) -> None:
    make(connection)
    with pytest.raises(BadInput, match="there is an account"):
        make(connection, "ann@EXAMPLE.org")


@pytest.mark.parametrize("email", ["", "ann", "ann@", "@x.org", "a b@x.org", "ann@x..org", "a@" + "x" * 300])
def test_what_is_no_email_is_refused(connection: psycopg.Connection, email: str) -> None:
    with pytest.raises(BadInput, match="is not an e-mail address"):
        make(connection, email)


def test_no_password_and_no_token_is_stored(connection: psycopg.Connection) -> None:
    token = Sessions(b"k" * 32, hours=1).open(connection, make(connection))
    stored = str(connection.execute("SELECT accounts, sessions FROM accounts, sessions").fetchall())
    assert PASSWORD not in stored
    assert token not in stored


def test_a_session_lives_until_it_is_ended(connection: psycopg.Connection) -> None:
    sessions = Sessions(b"k" * 32, hours=1)
    token = sessions.open(connection, make(connection))
    account = sessions.account(connection, token)
    assert account is not None
    assert account.email == "ann@example.org"
    assert sessions.account(connection, token + "x") is None
    assert Sessions(b"another key" * 4, hours=1).account(connection, token) is None
    sessions.end(connection, token)
    assert sessions.account(connection, token) is None


def test_a_session_expires(connection: psycopg.Connection) -> None:
    sessions = Sessions(b"k" * 32, hours=1)
    account = make(connection)
    token = sessions.open(connection, account)
    connection.execute("UPDATE sessions SET expires_at = now() - interval '1 second'")
    assert sessions.account(connection, token) is None
    sessions.open(connection, account)
    assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (1,)


def test_each_role_may_do_what_those_before_it_may(connection: psycopg.Connection) -> None:
    for role in Role:
        make(connection, f"{role}@example.org", role)
    may = {account.role: [role for role in Role if account.may_act_as(role)] for account in list_accounts(connection)}
    assert may == {
        Role.READER: [Role.READER],
        Role.RESEARCHER: [Role.READER, Role.RESEARCHER],
        Role.ADMINISTRATOR: list(Role),
    }
