"""Around every request: its id and log line, the Origin check, the body's limit, the security headers."""

import re
import time
import uuid
from urllib.parse import urlsplit

import structlog
from opentelemetry import trace
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from primetime.api.problems import answer, problem
from primetime.telemetry.metrics import REQUEST_DURATION

LARGEST_BODY = 1 << 20
# The one path that takes files; the proxy in front lets no more pass either.
FILES_PATH, LARGEST_FILE = "/api/v1/imports", 32 << 20
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"

_tracer = trace.get_tracer(__name__)

log = structlog.get_logger(__name__)


class Protection:
    """Middleware of one application that is reached at `public_url`."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self._app = app
        self._public_origin = public_url.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        began = time.perf_counter()
        status = 500
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                _add_headers(MutableHeaders(scope=message), request_id, is_api=_is_api(scope["path"]))
            await send(message)

        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            _tracer.start_as_current_span("request") as span,
        ):
            try:
                largest = LARGEST_FILE if scope["path"] == FILES_PATH else LARGEST_BODY
                refusal = self._refusal(scope["method"], headers, largest)
                if refusal is not None:
                    await refusal(scope, receive, send_with_headers)
                    return
                await self._app(scope, _limited(receive, largest), send_with_headers)
            except Exception as error:
                # Here and not further out, so that this answer has its headers and its id too.
                response = answer(Request(scope), error)
                if started:
                    raise
                await response(scope, receive, send_with_headers)
            finally:
                # The route's pattern, not the path or the query: those may say what somebody searched for.
                route = getattr(scope.get("route"), "path", None) or "unmatched"
                seconds = time.perf_counter() - began
                log.info(
                    "request", method=scope["method"], route=route, status=status, milliseconds=round(seconds * 1000, 1)
                )
                REQUEST_DURATION.labels(scope["method"], route, status).observe(seconds)
                _describe(span, scope["method"], route, status, request_id)

    def _refusal(self, method: str, headers: Headers, largest: int) -> ASGIApp | None:
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > largest:
            return problem(413, f"the body has more than {largest} bytes")
        if method not in _SAFE_METHODS and not self._same_origin(headers):
            return problem(403, "the request comes from another site", remedy="use the platform's own pages")
        return None

    def _same_origin(self, headers: Headers) -> bool:
        """Whether a page of this site sent it, or no page at all (a program sends neither header).

        No page can choose its Origin or the Host it is sent to, so one that equals the other is our own.
        """
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "none") in ("same-origin", "none")
        return origin.lower() == self._public_origin or (
            bool(urlsplit(origin).netloc) and urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
        )


def _describe(span: trace.Span, method: str, route: str, status: int, request_id: str) -> None:
    if span.is_recording():
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.response.status_code": status, "request.id": request_id})
        if status >= 500:
            span.set_status(trace.StatusCode.ERROR)


def _limited(receive: Receive, largest: int) -> Receive:
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > largest:
            raise HTTPException(413, f"the body has more than {largest} bytes")
        return message

    return limited


def _add_headers(headers: MutableHeaders, request_id: str, *, is_api: bool) -> None:
    headers["X-Request-ID"] = request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if is_api:
        # Answers are for the account that asked; the site's own pages bring their policy with them.
        headers["Content-Security-Policy"] = _API_POLICY
        headers.setdefault("Cache-Control", "no-store")


def _is_api(path: str) -> bool:
    return path in ("/health", "/ready") or path.startswith("/api/")
