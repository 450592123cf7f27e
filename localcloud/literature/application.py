"""The stand-in's addresses: each source's own paths under a name of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from werkzeug.wrappers import Request, Response

from localcloud.literature.citations import CitationSources
from localcloud.literature.corpus import Document
from localcloud.literature.eutils import EUtilities, Reply
from localcloud.literature.index import Index
from localcloud.literature.limits import Fault, Gate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HEALTH = "/_literature/health"
FAULTS = "/_literature/faults"
REQUESTS = "/_literature/requests"
EUTILS = "/entrez/eutils"
LONGEST_ADDRESS = 8_000  # beyond it NCBI answers 414; longer ones are POSTed
_FAULTS = TypeAdapter(list[Fault])


class Literature:
    """The WSGI application over one corpus."""

    def __init__(self, documents: Sequence[Document]) -> None:
        index = Index(documents)
        self.gate = Gate()
        self._articles = len(documents)
        self._eutils = EUtilities(index)
        self._citations = CitationSources(index)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith("/_literature/"):
            return self._own(request)(environ, start_response)
        fault = self.gate.fault_for(request.path)
        if fault is not None and fault.delay:
            time.sleep(fault.delay)
        if fault is not None and fault.status is not None:
            headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
            response = Response("a fault that was ordered", status=fault.status, headers=headers)
        else:
            status, kind, body = self._reply(request)
            response = Response(
                body[: len(body) // 2] if fault and fault.cut else body, status=status, content_type=kind
            )
        self.gate.count(request.path, response.status_code)
        return response(environ, start_response)

    def _reply(self, request: Request) -> Reply:
        if len(request.url) > LONGEST_ADDRESS and not request.path.startswith("/icite/"):
            return 414, "text/plain", b"Request-URI Too Long"
        parameters = {**request.args.to_dict(), **request.form.to_dict()}
        if request.path.startswith(f"{EUTILS}/"):
            key = parameters.get("api_key", "")
            if self.gate.over_limit(key):
                limit = {"error": "API rate limit exceeded", "api-key": key, "count": "4", "limit": "3"}
                return 429, "application/json", json.dumps(limit).encode()
            return self._eutils.answer(request.path.removeprefix(f"{EUTILS}/").removesuffix(".fcgi"), parameters)
        handlers = {
            "/icite/api/pubs": self._citations.icite,
            "/openalex/works": self._citations.openalex,
            "/crossref/works": self._citations.crossref,
        }
        handler = handlers.get(request.path)
        return handler(parameters) if handler else (404, "text/plain", b"there is nothing at this address")

    def _own(self, request: Request) -> Response:
        if request.path == HEALTH:
            return Response(json.dumps({"articles": self._articles}), content_type="application/json")
        if request.path == REQUESTS:
            return Response(json.dumps(self.gate.counts), content_type="application/json")
        if request.path == FAULTS and request.method == "PUT":
            try:
                self.gate.order(_FAULTS.validate_json(request.get_data()))
            except ValidationError as error:
                return Response(str(error), status=400)
            return Response(status=204)
        return Response("there is nothing at this address", status=404)
