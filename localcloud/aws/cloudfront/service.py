"""The table of CloudFront's operations and the WSGI application that runs them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from werkzeug.wrappers import Request

from localcloud.aws.cloudfront import access_controls, distributions, functions, protocol, tagging
from localcloud.aws.cloudfront.errors import CloudFrontError
from localcloud.aws.cloudfront.policies import CACHE_POLICY, ORIGIN_REQUEST_POLICY, RESPONSE_HEADERS_POLICY
from localcloud.aws.cloudfront.store import Record, Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Operation = Callable[[Store, dict[str, Any]], Record | None]

log = structlog.get_logger(__name__)

OPERATIONS: dict[str, Operation] = {
    "CreateDistribution": distributions.create,
    "CreateDistributionWithTags": distributions.create_with_tags,
    "GetDistribution": distributions.get,
    "GetDistributionConfig": distributions.get_config,
    "UpdateDistribution": distributions.update,
    "DeleteDistribution": distributions.delete,
    "ListDistributions": distributions.list_all,
    "CreateInvalidation": distributions.create_invalidation,
    "GetInvalidation": distributions.get_invalidation,
    "ListInvalidations": distributions.list_invalidations,
    "CreateOriginAccessControl": access_controls.create,
    "GetOriginAccessControl": access_controls.get,
    "GetOriginAccessControlConfig": access_controls.get_config,
    "UpdateOriginAccessControl": access_controls.update,
    "DeleteOriginAccessControl": access_controls.delete,
    "ListOriginAccessControls": access_controls.list_all,
    "CreateFunction": functions.create,
    "DescribeFunction": functions.describe,
    "GetFunction": functions.get,
    "UpdateFunction": functions.update,
    "PublishFunction": functions.publish,
    "DeleteFunction": functions.delete,
    "ListFunctions": functions.list_all,
    "TagResource": tagging.tag,
    "UntagResource": tagging.untag,
    "ListTagsForResource": tagging.list_all,
}
for _kind, _plural in (
    (CACHE_POLICY, "CachePolicies"),
    (ORIGIN_REQUEST_POLICY, "OriginRequestPolicies"),
    (RESPONSE_HEADERS_POLICY, "ResponseHeadersPolicies"),
):
    OPERATIONS |= {
        f"Create{_kind.name}": _kind.create,
        f"Get{_kind.name}": _kind.get,
        f"Get{_kind.name}Config": _kind.get_config,
        f"Update{_kind.name}": _kind.update,
        f"Delete{_kind.name}": _kind.delete,
        f"List{_plural}": _kind.list_all,
    }


class CloudFront:
    """A WSGI application for CloudFront's API, keeping its state in one file."""

    def __init__(self, path: Path) -> None:
        self._store = Store(path)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        reply = self._answer(request)
        status = HTTPStatus(reply.status)
        headers = [*reply.headers, ("Content-Length", str(len(reply.body)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [reply.body]

    def revision(self, _environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The number of the state as JSON: an edge asks it before it trusts what it read earlier."""
        body = json.dumps({"revision": self._store.revision}).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, request: Request) -> protocol.Reply:
        query = request.query_string.decode()
        try:
            matched = protocol.match(request.method, request.path, query)
            if matched is None or matched.operation not in OPERATIONS:
                raise CloudFrontError(
                    "UnsupportedOperation", f"localcloud has no operation for {request.method} {request.path}."
                )
            parameters = protocol.parse(matched, request.headers, query, request.get_data())
            with self._store.reading():
                return protocol.reply(matched.operation, OPERATIONS[matched.operation](self._store, parameters))
        except CloudFrontError as error:
            return protocol.error_reply(error)
        except OSError as error:
            log.exception("the state cannot be written", method=request.method, path=request.path)
            return protocol.error_reply(CloudFrontError("InternalError", f"localcloud cannot keep its state: {error}"))
