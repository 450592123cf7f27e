"""The endpoint for everything but Lightsail: moto's server, with CloudFront's control plane in front of it.

moto serves S3, Route 53, ACM, IAM, SNS, SSM, Secrets Manager, CloudWatch, logs and STS. Its backends belong to the
process, so one process has one application; and they are not made for threads, so requests to them take turns.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import structlog
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from localcloud.aws import hosted_zones
from localcloud.aws.cloudfront import CloudFront
from localcloud.aws.moto_state import MotoState

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

REVISION_PATH = "/_localcloud/cloudfront/revision"
READING_METHODS = {"GET", "HEAD", "OPTIONS"}
READING_ACTION = re.compile(r"^(Get|List|Describe|BatchGet|Lookup|Filter|Test|Simulate|Decode)")
# By the names that requests are signed for. Others would keep state that nothing here is known to save.
SERVICES = {"s3", "route53", "acm", "iam", "sns", "ssm", "secretsmanager", "monitoring", "logs", "sts", "cloudfront"}
CREDENTIAL_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")


def application(state_directory: Path) -> WSGIApplication:
    """The WSGI application whose state is kept under `state_directory` and found there again.

    Raises StateError when what is there cannot be used.
    """
    state_directory.mkdir(parents=True, exist_ok=True)
    return _Application(state_directory)


class _Application:
    def __init__(self, directory: Path) -> None:
        self._cloudfront = CloudFront(directory / "cloudfront.json")
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._state = MotoState(directory)
        self._state.restore()
        self._turn = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == REVISION_PATH:
            return self._cloudfront.revision(environ, start_response)
        signed = CREDENTIAL_SERVICE.search(environ.get("HTTP_AUTHORIZATION", ""))
        service = signed[1] if signed else None
        if service == "cloudfront":
            return self._cloudfront(environ, start_response)
        if service is not None and service not in SERVICES:
            return _refuse(service, start_response)
        return self._ask_moto(environ, start_response)

    def _ask_moto(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        reading = _only_reads(environ)
        reply = _Recorded()
        with self._turn:
            if reference := hosted_zones.repeated_reference(environ):
                return _zone_exists(reference, start_response)
            try:
                body = b"".join(self._moto(environ, reply.start))
                if not reading:
                    self._state.save()
            except Exception:  # a request that fails must not end the process that keeps the state
                log.exception("request failed", method=environ["REQUEST_METHOD"], path=environ.get("PATH_INFO"))
                reply.start("500 Internal Server Error", [("Content-Type", "text/xml")])
                body = b"<Error><Code>InternalError</Code><Message>localcloud failed; see its log.</Message></Error>"
        start_response(reply.status, reply.headers)
        return [body]


def _refuse(service: str, start_response: StartResponse) -> Iterable[bytes]:
    body = f"<Error><Code>NotImplemented</Code><Message>localcloud has no {service}.</Message></Error>".encode()
    start_response("501 Not Implemented", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]


def _zone_exists(reference: str, start_response: StartResponse) -> Iterable[bytes]:
    body = (
        "<ErrorResponse><Error><Type>Sender</Type><Code>HostedZoneAlreadyExists</Code><Message>A hosted zone has "
        f"already been created with the caller reference {escape(reference)}.</Message></Error></ErrorResponse>"
    ).encode()
    start_response("409 Conflict", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]


class _Recorded:
    """Holds a reply's head back until the state that it reports is on disk."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []

    def start(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
        self.status, self.headers = status, headers
        return lambda _data: None


def _only_reads(environ: WSGIEnvironment) -> bool:
    """Whether the request surely changes nothing; its action is in a header, or a query-style body leaves it open."""
    if environ["REQUEST_METHOD"] in READING_METHODS:
        action = parse_qs(environ.get("QUERY_STRING", "")).get("Action", [""])[0]
        return not action or bool(READING_ACTION.match(action))
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    return bool(READING_ACTION.match(target))
