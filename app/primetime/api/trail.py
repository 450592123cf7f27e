"""What was changed, and what was taken away as a file, leaves a record, whichever handler did it."""

from functools import partial
from typing import Any, cast

import orjson
import psycopg
import structlog
from anyio import to_thread
from psycopg_pool import PoolClosed, PoolTimeout
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from primetime.accounts import audit
from primetime.accounts.principals import Principal
from primetime.api.rules import Rule
from primetime.api.services import Services, lent

# In the answer of a request that made or began something: what it is known by.
_MADE = ("id", "search_id", "job_id")

log = structlog.get_logger(__name__)


class Trail:
    """Middleware behind the admission. A handler that records more than who, what and which is not recorded twice."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule = cast(Rule | None, scope.get("state", {}).get("rule")) if scope["type"] == "http" else None
        if rule is None or not rule.leaves_record(scope["method"]):
            await self._app(scope, receive, send)
            return
        started: Message | None = None
        succeeded = recorded = False

        async def send_recorded(message: Message) -> None:
            """Who is answered finds the record. A stream has a connection till its end: it is recorded after that."""
            nonlocal started, succeeded, recorded
            if message["type"] == "http.response.start":
                started, succeeded = message, message["status"] < 400
                return
            if started is not None:
                if succeeded and not message.get("more_body"):
                    recorded = True
                    await _record(scope, told, message.get("body", b""))
                await send(started)
                started = None
            await send(message)

        with audit.noticing() as told:
            try:
                await self._app(scope, receive, send_recorded)
            finally:
                if succeeded and not recorded and started is None:
                    await _record(scope, told, b"")


async def _record(scope: Scope, told: list[str], body: bytes) -> None:
    if told:
        return
    shared = cast(Services, scope["app"].state.services)
    principal = cast(Principal | None, scope["state"]["principal"])
    action = f"{scope['method']} {scope['route'].path}"
    subject = " ".join(f"{name}={value}" for name, value in _names(scope, body).items())
    details: dict[str, Any] = {"by": "token"} if principal and principal.scopes is not None else {}
    record = partial(
        audit.record,
        action=action,
        actor=principal.account if principal else None,
        subject=subject,
        address=scope["state"]["address"],
        **details,
    )
    try:
        async with lent(shared) as connection:
            await to_thread.run_sync(record, connection)
    except (psycopg.Error, PoolTimeout, PoolClosed) as error:
        # What was done is done, and stands: the log has what the trail lacks.
        actor = principal.account.id if principal else None
        log.error("not in the audit trail", action=action, subject=subject, actor=actor, error=type(error).__name__)


def _names(scope: Scope, body: bytes) -> dict[str, Any]:
    """Which things it was: the path's own, and what the answer says was made. Numbers, and no words of anybody."""
    names = dict(scope.get("path_params", {}))
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return names
    made = answer if isinstance(answer, dict) else {}
    return names | {name: made[name] for name in _MADE if isinstance(made.get(name), int)}
