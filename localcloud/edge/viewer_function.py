"""Runs CloudFront Functions in V8, with the event that CloudFront hands them.

A function gets no timers, network or files; it has one second here (CloudFront allows about a millisecond of its
own measure, which no other machine can reproduce). Source for the event's shape: "CloudFront Functions event
structure" in the CloudFront Developer Guide.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, unquote

from py_mini_racer import MiniRacer, init_mini_racer
from py_mini_racer._exc import MiniRacerBaseException

from localcloud.edge.error_pages import EdgeError
from localcloud.edge.messages import Headers, Request, Response, buffered

TIMEOUT = 1.0  # seconds
PRELUDE = """
const console = { log() {}, error() {} };
for (const name of ['eval', 'WebAssembly', 'setTimeout', 'setInterval', 'clearTimeout', 'clearInterval']) {
  globalThis[name] = undefined;
}
"""
CALL = "Promise.resolve(handler(JSON.parse({event}))).then(JSON.stringify)"
# Headers that a function may not change: CloudFront fails the request when it tries.
READ_ONLY = {"content-length", "host", "transfer-encoding", "via"}


class FunctionRuntime:
    """Keeps a V8 context for each published version of each function; a context runs one event at a time.

    Made before the threads that run events: V8 guards its memory with a protection key of the processor, which a
    thread inherits from the one that made it, and a thread without the key ends the process by SIGSEGV
    (https://issues.chromium.org/issues/360909072).
    """

    def __init__(self) -> None:
        init_mini_racer(ignore_duplicate_init=True)
        self._contexts: dict[str, tuple[str, MiniRacer, threading.Lock]] = {}
        self._lock = threading.Lock()

    def run(self, arn: str, version: str, code: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """What the handler returns for the event. Raises EdgeError 503 when it fails or takes too long."""
        try:
            context, turn = self._context(arn, version, code)
            with turn:
                # Twice: the event as JSON, inside a JavaScript string.
                promise = context.eval(CALL.format(event=json.dumps(json.dumps(event))), timeout_sec=TIMEOUT)
                result = json.loads(promise.get(timeout=TIMEOUT))  # type: ignore[union-attr]
        except (MiniRacerBaseException, TimeoutError, TypeError, ValueError, AttributeError) as error:
            raise _failure(f"{error}".splitlines()[0] if f"{error}" else type(error).__name__) from error
        if not isinstance(result, dict):
            raise _failure("it returned neither a request nor a response")
        return result

    def _context(self, arn: str, version: str, code: str) -> tuple[MiniRacer, threading.Lock]:
        with self._lock:
            held = self._contexts.get(arn)
            if held is None or held[0] != version:
                context = MiniRacer()
                context.eval(PRELUDE)
                context.eval(code, timeout_sec=TIMEOUT)
                held = (version, context, threading.Lock())
                self._contexts[arn] = held
            return held[1], held[2]


def _failure(cause: str) -> EdgeError:
    return EdgeError(
        503,
        "The CloudFront function associated with the CloudFront distribution is invalid or could not run. "
        f"We can't connect to the server for this app or website at this time. Cause: {cause}",
        x_cache="FunctionExecutionError from cloudfront",
    )


def viewer_request_event(request: Request, distribution_id: str, distribution_domain: str) -> dict[str, Any]:
    """The event of a viewer request."""
    return _event("viewer-request", request, distribution_id, distribution_domain)


def viewer_response_event(
    request: Request, response: Response, distribution_id: str, distribution_domain: str
) -> dict[str, Any]:
    """The event of a viewer response: the request as it was served, and the response's head."""
    event = _event("viewer-response", request, distribution_id, distribution_domain)
    event["response"] = {
        "statusCode": response.status,
        "headers": _event_headers(response.headers, but={"set-cookie"}),
        "cookies": {},
    }
    return event


def apply_to_request(request: Request, result: dict[str, Any]) -> Response | None:
    """Changes the request as the function returned it; a response that it made instead is given back."""
    if "statusCode" in result:
        return _generated(result)
    _check_read_only(request.headers, result.get("headers", {}))
    request.path = str(result.get("uri", request.path))
    if not request.path.startswith("/"):
        raise _failure("the uri that it returned does not begin with a slash")
    request.query = _query_string(result.get("querystring", {}))
    body_headers = [(k, v) for k, v in request.headers if k.lower() in READ_ONLY]
    request.headers = Headers(body_headers)
    for name, value in _returned_headers(result.get("headers", {})):
        if name.lower() not in READ_ONLY:
            request.headers.add(name, value)
    cookies = [f"{k}={v['value']}" for k, held in result.get("cookies", {}).items() for v in _values(held)]
    request.headers.remove("cookie")
    if cookies:
        request.headers.set("Cookie", "; ".join(cookies))
    return None


def apply_to_response(response: Response, result: dict[str, Any]) -> None:
    """Changes the response's head as the function returned it."""
    kept = [(k, v) for k, v in response.headers if k.lower() in READ_ONLY | {"set-cookie"}]
    response.status = int(result.get("statusCode", response.status))
    response.headers = Headers(kept)
    for name, value in _returned_headers(result.get("headers", {})):
        if name.lower() not in READ_ONLY:
            response.headers.add(name, value)
    _add_cookies(response, result)


def _event(kind: str, request: Request, distribution_id: str, distribution_domain: str) -> dict[str, Any]:
    return {
        "version": "1.0",
        "context": {
            "distributionDomainName": distribution_domain,
            "distributionId": distribution_id,
            "eventType": kind,
            "requestId": secrets.token_urlsafe(40),
        },
        "viewer": {"ip": request.viewer_address},
        "request": {
            "method": request.method,
            "uri": request.path,
            "querystring": _event_query(request.query),
            "headers": _event_headers(request.headers, but={"cookie"}),
            "cookies": _event_cookies(request.headers.get("cookie") or ""),
        },
        "response": {},
    }


def _multi(values: list[str]) -> dict[str, Any]:
    if len(values) == 1:
        return {"value": values[0]}
    return {"value": values[-1], "multiValue": [{"value": value} for value in values]}


def _event_headers(headers: Headers, *, but: set[str]) -> dict[str, Any]:
    names = dict.fromkeys(name.lower() for name, _ in headers)
    return {name: _multi(headers.all(name)) for name in names if name not in but}


def _event_query(query: str) -> dict[str, Any]:
    values: dict[str, list[str]] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        values.setdefault(name, []).append(value)
    return {name: _multi(held) for name, held in values.items()}


def _event_cookies(header: str) -> dict[str, Any]:
    try:
        return {name: {"value": morsel.coded_value} for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _values(held: Any) -> list[dict[str, Any]]:
    many = held.get("multiValue")
    return list(many) if many else [held]


def _query_string(returned: dict[str, Any]) -> str:
    pairs = []
    for name, held in returned.items():
        for value in _values(held):
            text = quote(unquote(str(value["value"])), safe="~()*!.'") if "&" in str(value["value"]) else value["value"]
            pairs.append(f"{name}={text}" if text != "" else name)
    return "&".join(pairs)


def _returned_headers(returned: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, str(value["value"])) for name, held in returned.items() for value in _values(held)]


def _check_read_only(before: Headers, returned: dict[str, Any]) -> None:
    for name, held in returned.items():
        if name.lower() in READ_ONLY and before.get(name) not in (None, held.get("value")) and "multiValue" not in held:
            raise _failure(f"it changed the header {name}, which is read-only")


def _generated(result: dict[str, Any]) -> Response:
    body = result.get("body", "")
    text = body.get("data", "") if isinstance(body, dict) else str(body)
    response = buffered(int(result["statusCode"]), _returned_headers(result.get("headers", {})), text.encode())
    _add_cookies(response, result)
    response.headers.set("X-Cache", "FunctionGeneratedResponse from cloudfront")
    return response


def _add_cookies(response: Response, result: dict[str, Any]) -> None:
    for name, held in result.get("cookies", {}).items():
        for value in _values(held):
            attributes = f"; {value['attributes']}" if value.get("attributes") else ""
            response.headers.add("Set-Cookie", f"{name}={value['value']}{attributes}")
