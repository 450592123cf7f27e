"""A line for each call in `calls.jsonl`: what was asked and how it ended, never what was in it."""

from __future__ import annotations

import io
import json
import re
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

READING = re.compile(r"(Get|Is|List|Describe|Head|BatchGet|Lookup|Filter|Test)[A-Z]")
READING_METHODS = ("GET", "HEAD", "OPTIONS")
SERVICE = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/(?P<service>[^/]+)/aws4_request")
# A query-style body that names its action is far smaller; an upload must not be read for it.
FORM_LIMIT = 256 * 1024


class CallLog:
    """Appends whole lines, from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)

    def record(self, service: str, operation: str, *, mutating: bool, outcome: str) -> None:
        """`outcome` is "ok", the name of an error, or an HTTP status."""
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "service": service,
            "operation": operation,
            "mutating": mutating,
            "outcome": outcome,
        }
        with self._lock, self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")


def is_mutating(operation: str) -> bool:
    """Whether an operation of that name, such as CreateInstances, changes anything."""
    return not READING.match(operation)


def identify(environ: WSGIEnvironment) -> tuple[str, str, bool]:
    """Service, operation and whether it changes anything, of a request to any AWS service.

    A REST-style service (S3, CloudFront, Route 53) names no operation: method and path stand for it.
    """
    match = SERVICE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = match["service"] if match else "unsigned"
    method = environ["REQUEST_METHOD"]
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    action = target or _form_action(environ)
    if action:
        return service, action, is_mutating(action)
    return service, f"{method} {environ.get('PATH_INFO', '/')}", method not in READING_METHODS


def _form_action(environ: WSGIEnvironment) -> str:
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return ""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 < length <= FORM_LIMIT:
        return ""
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    fields = parse_qs(body.decode(errors="replace"))
    return fields.get("Action", [""])[0]
