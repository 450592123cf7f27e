"""One's own account: name, password, personal tokens."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from primetime.accounts import audit
from primetime.accounts.attempts import change_password
from primetime.accounts.people import change_account
from primetime.accounts.tokens import Scope, create_token, list_tokens, revoke_token
from primetime.api.accounts import AccountOut
from primetime.api.services import Address, Connection, Reader, ServicesOf
from primetime.api.shapes import Name, Shape
from primetime.api.visitors import COOKIE
from primetime.errors import NotAllowed

router = APIRouter(prefix="/api/v1/account", tags=["account"])


class OwnChange(BaseModel):
    name: Name


class PasswordChange(BaseModel):
    current: str = Field(min_length=1, max_length=1024)
    wanted: str = Field(min_length=1, max_length=1024)


class TokenOut(Shape):
    id: int
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokenList(Shape):
    items: list[TokenOut]


class TokenMade(TokenOut):
    token: str  # shown this once


class TokenWanted(BaseModel):
    name: Annotated[Name, Field(max_length=100)]
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    days: int | None = Field(default=None, ge=1, le=3660)


@router.get("")
def own(account: Reader) -> AccountOut:
    return AccountOut.model_validate(account)


@router.patch("")
def rename(wanted: OwnChange, account: Reader, connection: Connection, address: Address) -> AccountOut:
    changed = change_account(connection, account.id, name=wanted.name)
    audit.record(connection, "account changed", actor=account, subject=account.email, address=address, name=wanted.name)
    return AccountOut.model_validate(changed)


@router.put("/password", status_code=204)
def new_password(
    wanted: PasswordChange,
    request: Request,
    account: Reader,
    shared: ServicesOf,
    connection: Connection,
    address: Address,
) -> Response:
    """Ends the account's other sessions. 403 when the current password is another, 429 after too many of them."""
    try:
        change_password(connection, shared.sessions, account, current=wanted.current, wanted=wanted.wanted)
    except NotAllowed:
        audit.record(connection, "password change refused", actor=account, subject=account.email, address=address)
        connection.commit()
        raise
    shared.sessions.end_all(connection, account.id, but=request.cookies.get(COOKIE))
    audit.record(connection, "password changed", actor=account, subject=account.email, address=address)
    return Response(status_code=204)


@router.get("/tokens")
def tokens(account: Reader, connection: Connection) -> TokenList:
    return TokenList(items=[TokenOut.model_validate(token) for token in list_tokens(connection, account.id)])


@router.post("/tokens", status_code=201)
def new_token(
    wanted: TokenWanted, account: Reader, shared: ServicesOf, connection: Connection, address: Address
) -> TokenMade:
    record, token = create_token(
        connection, shared.sessions, account.id, name=wanted.name, scopes=wanted.scopes, days=wanted.days
    )
    audit.record(connection, "token made", actor=account, subject=record.name, address=address, scopes=record.scopes)
    return TokenMade(**TokenOut.model_validate(record).model_dump(), token=token)


@router.delete("/tokens/{token_id}", status_code=204)
def revoke(
    token_id: Annotated[int, Path(ge=1, le=2**63 - 1)], account: Reader, connection: Connection, address: Address
) -> Response:
    name = revoke_token(connection, account.id, token_id)
    audit.record(connection, "token revoked", actor=account, subject=name, address=address)
    return Response(status_code=204)
