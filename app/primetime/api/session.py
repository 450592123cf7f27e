"""Signing in and out."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from primetime.accounts import audit
from primetime.accounts.attempts import LockedOutError, sign_in
from primetime.accounts.people import QUERIES, Account
from primetime.api.services import Address, Connection, Services, ServicesOf, SignedOutError, Visitor
from primetime.api.shapes import SessionOut
from primetime.api.visitors import COOKIE
from primetime.errors import NotAllowed

router = APIRouter(prefix="/api/v1/session", tags=["session"])


class Credentials(BaseModel):
    email: str = Field(min_length=1, max_length=254)
    password: str = Field(min_length=1, max_length=1024)


@router.post("")
def open_session(
    credentials: Credentials, response: Response, shared: ServicesOf, connection: Connection, address: Address
) -> SessionOut:
    """Sets the session's cookie. 429 after too many wrong passwords, longer each time."""
    try:
        account = sign_in(connection, shared.sessions, email=credentials.email, password=credentials.password)
    except NotAllowed as error:
        known = connection.execute(QUERIES["account_of_email"], {"email": credentials.email.strip().lower()}).fetchone()
        # What is no account's e-mail may be a password in the wrong field: it is not written down.
        subject = str(known[1]) if known else ""
        audit.record(connection, "sign-in refused", subject=subject, address=address)
        connection.commit()
        if isinstance(error, LockedOutError):
            raise
        raise SignedOutError(str(error), remedy=error.remedy) from error
    audit.record(connection, "signed in", actor=account, address=address)
    _start(response, shared, connection, account)
    return SessionOut.model_validate(account)


@router.get("")
def who(account: Visitor) -> SessionOut:
    """Who is signed in; role `visitor` where reading needs no account and nobody is."""
    return SessionOut.model_validate(account) if account else SessionOut(id=None, email="", name="", role="visitor")


@router.delete("", status_code=204)
def close_session(
    request: Request, shared: ServicesOf, connection: Connection, account: Visitor, address: Address
) -> Response:
    token = request.cookies.get(COOKIE)
    if token:
        shared.sessions.end(connection, token)
    if account:
        audit.record(connection, "signed out", actor=account, address=address)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=shared.settings.secure_cookies)
    return response


def _start(response: Response, shared: Services, connection: Connection, account: Account) -> None:
    response.set_cookie(
        COOKIE,
        shared.sessions.open(connection, account.id),
        max_age=shared.sessions.hours * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=shared.settings.secure_cookies,
    )
