"""People, as an administrator sees them: accounts, invitations, the audit trail."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from primetime.accounts import audit
from primetime.accounts.attempts import unlock
from primetime.accounts.invitations import (
    Invitation,
    accept,
    find_invitation,
    invite,
    invite_to_new_password,
    list_invitations,
    withdraw,
)
from primetime.accounts.people import Role, change_account, find_account, list_accounts
from primetime.api.pages import ListQuestion
from primetime.api.services import Address, Connection, Reader, Services, ServicesOf
from primetime.api.shapes import Name, SessionOut, Shape

router = APIRouter(prefix="/api/v1", tags=["people"])
AccountId = Annotated[int, Path(ge=1, le=2**63 - 1)]
NameOrNone = Annotated[str, Field(max_length=200)]


class AccountOut(Shape):
    id: int
    email: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None


class AccountList(Shape):
    items: list[AccountOut]
    next: str | None  # `cursor` of the next page; null: this is the last


class AccountChange(BaseModel):
    name: Name | None = None
    role: Role | None = None
    disabled: bool | None = None


class InvitationOut(Shape):
    email: str
    name: str
    role: Role
    account_id: int | None  # null: somebody new; else a new password for this account
    created_at: datetime
    expires_at: datetime


class InvitationList(Shape):
    items: list[InvitationOut]
    next: str | None  # `cursor` of the next page; null: this is the last


class InvitationMade(InvitationOut):
    link: str  # shown this once; whoever has it can accept


class Invited(BaseModel):
    email: str = Field(min_length=1, max_length=254)
    name: NameOrNone = ""
    role: Role


class InvitationToken(BaseModel):
    token: str = Field(min_length=1, max_length=200)


class Acceptance(InvitationToken):
    password: str = Field(min_length=1, max_length=1024)
    name: NameOrNone = ""


class AuditEventOut(Shape):
    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]
    address: str


class AuditPage(Shape):
    items: list[AuditEventOut]
    next: int | None  # `before` of the next page; null: this is the last


@router.get("/accounts")
def accounts(question: Annotated[ListQuestion, Query()], connection: Connection) -> AccountList:
    """By e-mail."""
    found = list_accounts(connection, after=question.text(), limit=question.limit + 1)
    shown, following = question.page(found, lambda account: (account.email,))
    return AccountList(items=[AccountOut.model_validate(account) for account in shown], next=following)


@router.patch("/accounts/{account_id}")
def change(
    account_id: AccountId, wanted: AccountChange, connection: Connection, administrator: Reader, address: Address
) -> AccountOut:
    """Disabling ends the account's sessions. 400 for the last administrator."""
    before = find_account(connection, account_id)
    after = change_account(connection, account_id, name=wanted.name, role=wanted.role, disabled=wanted.disabled)
    audit.record(
        connection,
        "account changed",
        actor=administrator,
        subject=after.email,
        address=address,
        **wanted.model_dump(mode="json", exclude_none=True),
        role_before=before.role.value,
    )
    return AccountOut.model_validate(after)


@router.post("/accounts/{account_id}/password-link", status_code=201)
def new_password(
    account_id: AccountId, shared: ServicesOf, connection: Connection, administrator: Reader, address: Address
) -> InvitationMade:
    """A link with which its owner sets a new password."""
    invitation, token = invite_to_new_password(connection, shared.sessions, account_id, by=administrator.id)
    audit.record(connection, "new password offered", actor=administrator, subject=invitation.email, address=address)
    return _made(shared, invitation, token)


@router.post("/accounts/{account_id}/unlock", status_code=204)
def unlock_account(
    account_id: AccountId, shared: ServicesOf, connection: Connection, administrator: Reader, address: Address
) -> Response:
    """Forget the wrong passwords that made an account wait."""
    account = find_account(connection, account_id)
    unlock(connection, shared.sessions, account.email)
    audit.record(connection, "account unlocked", actor=administrator, subject=account.email, address=address)
    return Response(status_code=204)


@router.get("/invitations")
def invitations(question: Annotated[ListQuestion, Query()], connection: Connection) -> InvitationList:
    """Those that can still be accepted, by e-mail."""
    found = list_invitations(connection, after=question.text(), limit=question.limit + 1)
    shown, following = question.page(found, lambda invitation: (invitation.email,))
    return InvitationList(items=[InvitationOut.model_validate(one) for one in shown], next=following)


@router.post("/invitations", status_code=201)
def invite_somebody(
    invited: Invited, shared: ServicesOf, connection: Connection, administrator: Reader, address: Address
) -> InvitationMade:
    """An invitation whose link lives seven days; a former one of this e-mail is void."""
    invitation, token = invite(
        connection, shared.sessions, email=invited.email, name=invited.name, role=invited.role, by=administrator.id
    )
    audit.record(
        connection,
        "invited",
        actor=administrator,
        subject=invitation.email,
        address=address,
        role=invited.role.value,
    )
    return _made(shared, invitation, token)


@router.delete("/invitations/{email:path}", status_code=204)  # an e-mail may have a slash
def withdraw_invitation(
    email: Annotated[str, Path(max_length=254)], connection: Connection, administrator: Reader, address: Address
) -> Response:
    stored = withdraw(connection, email)
    audit.record(connection, "invitation withdrawn", actor=administrator, subject=stored, address=address)
    return Response(status_code=204)


@router.post("/invitations/shown")
def show_invitation(shown: InvitationToken, shared: ServicesOf, connection: Connection) -> InvitationOut:
    """What a link's token is for; in the body, so that no log has it. Needs no account."""
    return InvitationOut.model_validate(find_invitation(connection, shared.sessions, shown.token))


@router.post("/invitations/accepted", status_code=201)
def accept_invitation(
    acceptance: Acceptance, shared: ServicesOf, connection: Connection, address: Address
) -> SessionOut:
    """Makes the account, or gives it the new password. Needs no account; sign in afterwards."""
    account = accept(connection, shared.sessions, acceptance.token, password=acceptance.password, name=acceptance.name)
    audit.record(connection, "invitation accepted", actor=account, subject=account.email, address=address)
    return SessionOut.model_validate(account)


@router.get("/audit")
def audit_trail(
    connection: Connection,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:
    """Newest first."""
    events = audit.list_events(connection, before=before, limit=limit + 1)
    shown = events[:limit]
    return AuditPage(
        items=[AuditEventOut.model_validate(event) for event in shown],
        next=shown[-1].id if len(events) > limit else None,
    )


def _made(shared: Services, invitation: Invitation, token: str) -> InvitationMade:
    # Behind the #, which no browser sends to any server.
    link = f"{shared.settings.public_url}/invitation#{quote(token)}"
    return InvitationMade(**InvitationOut.model_validate(invitation).model_dump(), link=link)
