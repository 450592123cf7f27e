"""Lightsail's endpoint: a WSGI application that speaks JSON 1.1."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from werkzeug.wrappers import Request, Response

from localcloud.calls import CallLog, is_mutating
from localcloud.lightsail import (
    alarms,
    auto_snapshots,
    bucket_bundles,
    catalogue,
    contact_methods,
    costs,
    database_events,
    database_parameters,
    database_power,
    database_restores,
    database_snapshots,
    databases,
    disk_snapshots,
    disks,
    history,
    instance_options,
    instance_snapshots,
    instances,
    key_pairs,
    listings,
    load_balancer_attributes,
    load_balancer_https,
    load_balancer_metrics,
    load_balancers,
    metrics,
    model,
    pages,
    public_ports,
    static_ips,
    tags,
)
from localcloud.lightsail.cloud import Cloud, Handler
from localcloud.lightsail.errors import (
    InvalidInputException,
    InvalidSignatureException,
    LightsailError,
    ServiceException,
    UnauthenticatedException,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = structlog.get_logger(__name__)

COMPUTE = (instances, instance_options, instance_snapshots, disks, disk_snapshots, auto_snapshots)
WATCHING = (metrics, alarms, contact_methods, costs, bucket_bundles)
DATABASES = (
    databases,
    database_events,
    database_parameters,
    database_power,
    database_restores,
    database_snapshots,
)
BALANCING = (load_balancers, load_balancer_attributes, load_balancer_https, load_balancer_metrics)
ROOMS = (listings, key_pairs, *COMPUTE, public_ports, static_ips, *DATABASES, *BALANCING, tags, history, *WATCHING)
HANDLERS: dict[str, Handler] = {name: handler for room in ROOMS for name, handler in room.OPERATIONS.items()}
CREDENTIAL = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[a-z0-9-]+)/lightsail/aws4_request")


class LightsailApplication:
    """Parses and checks a request, hands it to its operation, checks and serialises the reply."""

    def __init__(self, cloud: Cloud, calls: CallLog) -> None:
        self._cloud = cloud
        self._calls = calls

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        target = request.headers.get("X-Amz-Target", "")
        operation = target.removeprefix(f"{model.TARGET_PREFIX}.")
        try:
            body = self._run(operation, request)
        except LightsailError as error:
            self._record(operation, type(error).__name__)
            return _response(json.dumps(error.as_json()).encode(), error.http_status, type(error).__name__)
        except Exception as error:
            # A fault of this program; the caller gets the service's own error for that, and the log the trace.
            log.exception("operation failed", operation=operation)
            self._record(operation, "ServiceException")
            failure = ServiceException(f"localcloud failed: {error}", "see endpoint.log in the state directory")
            return _response(json.dumps(failure.as_json()).encode(), failure.http_status, "ServiceException")
        self._record(operation, "ok")
        return _response(body, 200)

    def _record(self, operation: str, outcome: str) -> None:
        self._calls.record("lightsail", operation, mutating=is_mutating(operation), outcome=outcome)

    def _run(self, operation: str, request: Request) -> bytes:
        described = model.operation(operation)
        if described is None:
            raise InvalidInputException(f"Lightsail has no operation {operation!r}")
        region = _signed_region(request)
        members = model.parse_request(described, request.get_data())
        handler = HANDLERS.get(operation)
        if handler is None:
            raise InvalidInputException(f"{operation} is not offered by localcloud")
        reply = pages.page(described, members, handler(self._cloud, region, members))
        return model.serialise_reply(described, reply)


def _signed_region(request: Request) -> str:
    """The region that the request is signed for: resources of one region are unknown in another."""
    match = CREDENTIAL.search(request.headers.get("Authorization", ""))
    if match is None:
        raise UnauthenticatedException("The request is not signed for Lightsail", "any pair of keys will do")
    known = [found["name"] for found in catalogue.regions()]
    if match["region"] not in known:
        # Where AWS has no such region there is no such host either; this is what a host says to another's requests.
        raise InvalidSignatureException(
            f"Credential should be scoped to a valid region, not '{match['region']}'.",
            f"localcloud has {', '.join(known)}",
        )
    return match["region"]


def _response(body: bytes, status: int, error: str | None = None) -> Response:
    headers = {"x-amzn-RequestId": str(uuid4())}
    if error:
        headers["x-amzn-ErrorType"] = error
    return Response(body, status=status, headers=headers, content_type="application/x-amz-json-1.1")
