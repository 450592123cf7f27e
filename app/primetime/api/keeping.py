"""Answers that are the same for everybody: kept until the data changes, and not sent to who has them already."""

import hashlib
from dataclasses import dataclass
from typing import cast

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from primetime.api.rules import Rule
from primetime.api.services import Services
from primetime.telemetry.metrics import KEPT_ANSWERS

_LARGEST = 4 << 20
# A browser may keep it for its own person, and asks each time whether it still holds.
_POLICY = "private, no-cache"
_KEPT_HEADERS = ("content-type", "link")


@dataclass(frozen=True, kw_only=True)
class Kept:
    headers: dict[str, str]  # of those below, what the handler said
    body: bytes

    @classmethod
    def of(cls, started: Message, body: bytes) -> "Kept":
        said = MutableHeaders(scope=started)
        headers = {name: said[name] for name in _KEPT_HEADERS if name in said}
        return cls(headers=headers | {"etag": f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'}, body=body)

    def packed(self) -> bytes:
        return orjson.dumps(self.headers) + b"\n" + self.body

    @classmethod
    def unpacked(cls, data: bytes) -> "Kept":
        headers, _, body = data.partition(b"\n")
        return cls(headers=orjson.loads(headers), body=body)


class Keeping:
    """Middleware behind the admission: the rule says how long a path's answers may be kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule = cast(Rule | None, scope.get("state", {}).get("rule")) if scope["type"] == "http" else None
        if rule is None or not rule.keep or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        shared = cast(Services, scope["app"].state.services)
        version = shared.changes.data
        key = _key(scope, version, shared) if version is not None else ""
        data = await shared.shelf.get(key) if key else None
        KEPT_ANSWERS.labels("found" if data is not None else "made").inc()
        if data is not None:
            await _answer(Kept.unpacked(data), "hit")(scope, receive, send)
            return
        started: Message | None = None
        body = bytearray()

        async def collect(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                if message["status"] != 200:
                    await send(message)
                    return
                started = message
            elif started is None:
                await send(message)
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, collect)
        if started is None:
            return
        kept = Kept.of(started, bytes(body))
        if key and len(body) <= _LARGEST:
            await shared.shelf.put(key, kept.packed(), seconds=rule.keep)
        await _answer(kept, "fwd=miss")(scope, receive, send)


def _key(scope: Scope, version: str, shared: Services) -> str:
    model = shared.encoder.manifest.hash if shared.encoder else ""
    parts = (version, shared.settings.release_id, model, scope["path"], scope["query_string"].decode("latin-1"))
    return "answer:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _answer(kept: Kept, how: str) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        headers = kept.headers | {
            "cache-control": _POLICY,
            "vary": "Cookie, Authorization",
            "cache-status": f"prime-time; {how}",
        }
        if _has_it(Headers(scope=scope).get("if-none-match", ""), kept.headers["etag"]):
            del headers["content-type"]
            await Response(status_code=304, headers=headers)(scope, receive, send)
            return
        await Response(kept.body, headers=headers)(scope, receive, send)

    return answer


def _has_it(wanted: str, etag: str) -> bool:
    """Whether an If-None-Match names this answer, compared weakly (RFC 9110, 13.1.2)."""
    names = {name.strip().removeprefix("W/") for name in wanted.split(",")}
    return "*" in names or etag.removeprefix("W/") in names
