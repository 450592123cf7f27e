"""What happened that the reader should know of, and what of it has been seen."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from primetime.accounts.people import Role
from primetime.api.services import Connection, Reader
from primetime.api.shapes import AlertList, AlertOut
from primetime.jobs.alerts import alerts_for, see

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])


class Seen(BaseModel):
    ids: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] | None = Field(
        default=None, max_length=1000, description="null: all"
    )


@router.get("")
def alerts(account: Reader, connection: Connection, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> AlertList:
    """Newest first; those of failed runs are for administrators alone."""
    operator = account.may_act_as(Role.ADMINISTRATOR)
    found, unseen = alerts_for(connection, account.id, operator=operator, limit=limit)
    return AlertList(items=[AlertOut.model_validate(one) for one in found], unseen=unseen)


@router.post("/seen", status_code=204)
def seen(which: Seen, account: Reader, connection: Connection) -> Response:
    """Note that one has seen some of them, or all. Ids of others' alerts are passed over."""
    see(connection, account.id, operator=account.may_act_as(Role.ADMINISTRATOR), ids=which.ids)
    return Response(status_code=204)
