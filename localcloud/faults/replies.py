"""An error as each of AWS's protocols writes it: JSON, S3's XML, and the XML of everything else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Name, HTTP status and message. S3 throttles with a 503 of its own; botocore retries all of them.
THROTTLED = {
    "s3": ("SlowDown", 503, "Please reduce your request rate."),
    "json": ("ThrottlingException", 400, "Rate exceeded"),
    "xml": ("Throttling", 400, "Rate exceeded"),
}
FAILED = {
    "s3": ("InternalError", 500, "We encountered an internal error. Please try again."),
    "lightsail": ("ServiceException", 500, "An internal error occurred."),
    "json": ("InternalServerError", 500, "An internal error occurred."),
    "xml": ("InternalFailure", 500, "The request processing has failed because of an unknown error."),
}
STATUS_LINES = {400: "400 Bad Request", 403: "403 Forbidden", 500: "500 Internal Server Error", 503: "503 Slow Down"}
FORBIDDEN = ("AccessDenied", "AccessDeniedException")
NAMESPACES = {
    "cloudfront": "http://cloudfront.amazonaws.com/doc/2020-05-31/",
    "route53": "https://route53.amazonaws.com/doc/2013-04-01/",
}


@dataclass(frozen=True, kw_only=True)
class ErrorReply:
    """A reply, ready for WSGI."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def throttled(service: str, environ: WSGIEnvironment) -> ErrorReply:
    return _reply(service, environ, *THROTTLED[_protocol(service, environ)])


def failed(service: str, environ: WSGIEnvironment, code: str) -> ErrorReply:
    """The error of that name, or where it is empty the service's own failure."""
    if code:
        return _reply(service, environ, code, 403 if code in FORBIDDEN else 400, f"{code}, as localcloud was told.")
    return _reply(service, environ, *(FAILED.get(service) or FAILED[_protocol(service, environ)]))


def _protocol(service: str, environ: WSGIEnvironment) -> str:
    if environ.get("HTTP_X_AMZ_TARGET"):
        return "json"
    return "s3" if service == "s3" else "xml"


def _reply(service: str, environ: WSGIEnvironment, code: str, status: int, message: str) -> ErrorReply:
    request_id = str(uuid4())
    protocol = _protocol(service, environ)
    if protocol == "json":
        body = json.dumps({"__type": code, "message": message, "code": code})
        kind = "application/x-amz-json-1.1"
    else:
        kind = "text/xml"
        error = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        if protocol == "s3":
            body = f"<Error>{error}<RequestId>{request_id}</RequestId></Error>"
        else:
            space = f' xmlns="{NAMESPACES[service]}"' if service in NAMESPACES else ""
            body = (
                f"<ErrorResponse{space}><Error><Type>Sender</Type>{error}</Error>"
                f"<RequestId>{request_id}</RequestId></ErrorResponse>"
            )
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body.encode()))),
        ("x-amzn-RequestId", request_id),
        ("x-amzn-ErrorType", code),
    ]
    return ErrorReply(status=STATUS_LINES[status], headers=headers, body=body.encode())
