"""Signing in and out."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from primetime.accounts.people import check_credentials
from primetime.accounts.sessions import Sessions
from primetime.api.problems import problem
from primetime.api.services import COOKIE, Connection, Reader, ServicesOf, SignedOutError
from primetime.api.shapes import SessionOut
from primetime.errors import NotAllowed
from primetime.settings import Settings

router = APIRouter(prefix="/api/v1/session", tags=["session"])


class Credentials(BaseModel):
    email: str = Field(min_length=1, max_length=254)
    password: str = Field(min_length=1, max_length=1024)


@router.post("", response_model=SessionOut)
def sign_in(
    credentials: Credentials, request: Request, response: Response, shared: ServicesOf, connection: Connection
) -> Response | SessionOut:
    address = request.client.host if request.client else "unknown"
    wait = shared.sign_in_limit.attempt(email=credentials.email, address=address)
    if wait:
        return problem(
            429,
            "too many attempts to sign in",
            remedy=f"try again in {wait} seconds",
            headers={"Retry-After": str(wait)},
        )
    try:
        account_id = check_credentials(connection, email=credentials.email, password=credentials.password)
    except NotAllowed as error:
        raise SignedOutError(str(error), remedy=error.remedy) from error
    token = shared.sessions.open(connection, account_id)
    account = shared.sessions.account(connection, token)
    _set_cookie(response, token, shared.settings, shared.sessions)
    return SessionOut.model_validate(account)


@router.get("")
def who(account: Reader) -> SessionOut:
    return SessionOut.model_validate(account)


@router.delete("", status_code=204)
def sign_out(request: Request, shared: ServicesOf, connection: Connection) -> Response:
    token = request.cookies.get(COOKIE)
    if token:
        shared.sessions.end(connection, token)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=shared.settings.secure_cookies)
    return response


def _set_cookie(response: Response, token: str, settings: Settings, sessions: Sessions) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=sessions.hours * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )
