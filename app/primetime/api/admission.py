"""Before every request under /api: who sent it, whether they may, and whether they have asked too often."""

from typing import cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from primetime.accounts.principals import Principal
from primetime.api.allowance import Standing, Use
from primetime.api.problems import answer, problem
from primetime.api.rules import Rule, rule_of
from primetime.api.services import Services, SignedOutError
from primetime.api.visitors import address_of, credentials_of
from primetime.errors import NotAllowed, PrimeTimeError
from primetime.telemetry.metrics import EXPORTS_GENERATED


class Admission:
    """Middleware: whatever it lets through to a path under /api has passed that path's rule."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not (scope["path"] == "/api" or scope["path"].startswith("/api/")):
            await self._app(scope, receive, send)
            return
        shared = cast(Services, scope["app"].state.services)
        rule = rule_of(scope["method"], scope["path"])
        state = scope.setdefault("state", {})
        state["address"] = address_of(scope, proxies=shared.settings.proxies)
        if rule.use is None:
            # Whether the platform lives must be told without the database, and as often as somebody looks.
            state |= {"principal": None, "rule": rule}
            await self._app(scope, receive, send)
            return
        try:
            principal = await shared.callers.find(credentials_of(Headers(scope=scope)))
        except Exception as error:  # noqa: BLE001 (answered or raised again, as the application's own are)
            await answer(Request(scope, receive), error)(scope, receive, send)
            return
        state["principal"] = principal
        standing = await _count(shared, rule.use, principal, state["address"])
        may_change = scope["method"] not in ("GET", "HEAD") and rule.use is not Use.MODEL
        status = 0

        async def send_with_standing(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).update(standing.headers)
                if may_change:
                    shared.changes.touch()
            await send(message)

        if standing.exceeded:
            response = problem(429, f"too many requests: {rule.use}", remedy=f"try again in {standing.reset} seconds")
            await response(scope, receive, send_with_standing)
            return
        refused = _refusal(rule, principal, open_reading=shared.settings.reading_without_account)
        if refused is not None:
            await answer(Request(scope, receive), refused)(scope, receive, send_with_standing)
            return
        state["rule"] = rule
        await self._app(scope, receive, send_with_standing)
        if rule.use is Use.EXPORT and status == 200:
            EXPORTS_GENERATED.inc()


async def _count(shared: Services, use: Use, principal: Principal | None, address: str) -> Standing:
    if principal is None or use is Use.SIGN_IN:
        return await shared.allowance.count(use, f"address:{address}")
    return await shared.allowance.count(use, f"account:{principal.account.id}")


def _refusal(rule: Rule, principal: Principal | None, *, open_reading: bool) -> PrimeTimeError | None:
    if rule.role is None:
        return None
    if principal is None:
        if rule.public and open_reading:
            return None
        return SignedOutError("nobody is signed in", remedy="sign in first")
    if not principal.account.may_act_as(rule.role):
        return NotAllowed(
            f"a {principal.account.role} may not do this", remedy=f"ask an administrator for the role {rule.role}"
        )
    if principal.scopes is not None and rule.scope not in principal.scopes:
        if rule.scope is None:
            return NotAllowed("no token may do this", remedy="sign in with e-mail and password")
        return NotAllowed(f"this token lacks the scope {rule.scope}", remedy="make one that has it")
    return None
