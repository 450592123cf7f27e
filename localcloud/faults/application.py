"""Stands before the endpoint and lets the calls of AWS's clients meet the faults that are on."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

import structlog
from pydantic import ValidationError
from werkzeug.wrappers import Request, Response

from localcloud.calls import CallLog, identify
from localcloud.faults import replies
from localcloud.faults.rules import Fault, FaultBook, Kind

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

PATH = "/_localcloud/faults"
OWN_PATHS = "/_localcloud/"
# CloudFront's edge reads with keys of its own: it is a part of this cloud, and no client whose call may fail.
EDGE_ACCESS_KEY_ID = "localcloud-edge"


class FaultyApplication:
    """A WSGI application around another. `PATH` lists (GET), adds (POST) and ends (DELETE) faults."""

    def __init__(self, application: WSGIApplication, book: FaultBook, calls: CallLog) -> None:
        self._application = application
        self._book = book
        self._calls = calls

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == PATH:
            return self._manage(Request(environ))(environ, start_response)
        if path.startswith(OWN_PATHS) or f"Credential={EDGE_ACCESS_KEY_ID}/" in environ.get("HTTP_AUTHORIZATION", ""):
            return self._application(environ, start_response)
        service, operation, mutating = identify(environ)
        fault = self._book.draw(service, operation)
        if fault is None:
            return self._application(environ, start_response)
        log.info("fault", kind=fault.kind.value, service=service, operation=operation)
        if fault.kind is Kind.SLOW:
            time.sleep(fault.seconds)
            return self._application(environ, start_response)
        if fault.kind is Kind.LOSE_REPLY:
            self._carry_out_and_hang_up(environ)
        # The body is read, or a connection that is kept would take it for the next request.
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self._calls.record(service, operation, mutating=mutating, outcome=f"fault: {fault.kind.value}")
        throttled = fault.kind is Kind.THROTTLE
        reply = replies.throttled(service, environ) if throttled else replies.failed(service, environ, fault.code)
        start_response(reply.status, reply.headers)
        return [reply.body]

    def _carry_out_and_hang_up(self, environ: WSGIEnvironment) -> NoReturn:
        def forget(_status: str, _headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
            return lambda _data: None

        body = self._application(environ, forget)
        for _part in body:
            pass
        if hasattr(body, "close"):
            body.close()
        connection: socket.socket = environ["werkzeug.socket"]
        connection.shutdown(socket.SHUT_RDWR)
        # The server takes this for a client that went away, and closes the connection without a word.
        raise ConnectionResetError("the reply is lost, as localcloud was told")

    def _manage(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                fault = Fault.model_validate_json(request.get_data())
            except ValidationError as error:
                told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
                return Response(told, status=400)
            self._book.add(fault)
        elif request.method == "DELETE":
            self._book.clear()
        elif request.method != "GET":
            return Response("GET, POST or DELETE", status=405, headers={"Allow": "GET, POST, DELETE"})
        return Response(self._book.listed().model_dump_json(), content_type="application/json")
