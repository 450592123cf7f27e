"""CloudFront's REST-XML protocol, driven by botocore's service model.

`match` finds the operation that a method and URL name, `parse` turns the request into the operation's parameters and
checks them against the model, `reply` and `error_reply` write what a client expects back.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

import botocore.loaders
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import RequestParserError, RestXMLParser
from moto.core.serialize import RestXMLSerializer
from werkzeug.datastructures import Headers, MultiDict

from localcloud import shapes
from localcloud.aws.cloudfront.errors import CloudFrontError

NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An HTTP reply, ready for WSGI."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Match:
    """The operation that a request names and the values in its path."""

    operation: str
    path_values: Mapping[str, str]


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    description = botocore.loaders.create_loader().load_service_model("cloudfront", "service-2", "2020-05-31")
    return ServiceModel(description, "cloudfront")


@lru_cache(maxsize=1)
def _routes() -> list[tuple[str, str, re.Pattern[str], dict[str, str]]]:
    routes = []
    for name in service_model().operation_names:
        http = service_model().operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.compile("^" + re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)) + "/?$")
        routes.append((name, http["method"], pattern, dict(parse_qsl(query, keep_blank_values=True))))
    # An operation told apart by its query (…?WithTags) must be tried before the one that has none.
    return sorted(routes, key=lambda route: -len(route[3]))


def match(method: str, path: str, query: str) -> Match | None:
    """The operation named by the request; None when CloudFront has none such."""
    given = dict(parse_qsl(query, keep_blank_values=True))
    for name, route_method, pattern, literal in _routes():
        if route_method != method or any(given.get(key) != value for key, value in literal.items()):
            continue
        if found := pattern.match(path):
            return Match(operation=name, path_values={k: unquote(v) for k, v in found.groupdict().items()})
    return None


def parse(matched: Match, headers: Headers, query: str, body: bytes) -> dict[str, Any]:
    """The operation's parameters.

    Raises CloudFrontError (MalformedXML, InvalidArgument) when the body is no XML or not what the model says.
    """
    model = _operation(matched.operation)
    parser = RestXMLParser(model)
    try:
        parameters: dict[str, Any] = parser.parse(
            {
                "body": body,
                "headers": headers,
                "method": str(model.http["method"]),
                "url_params": dict(matched.path_values),
                "url_path": str(model.http["requestUri"]),
                "values": MultiDict(parse_qsl(query, keep_blank_values=True)),
            }
        )
    except RequestParserError as error:
        raise CloudFrontError("MalformedXML", str(error).splitlines()[0]) from error
    except ValueError as error:
        raise CloudFrontError("InvalidArgument", f"a value does not have the type of its member: {error}") from error
    if model.input_shape is not None and (wrong := shapes.objections(parameters, model.input_shape)):
        raise CloudFrontError("InvalidArgument", "; ".join(wrong))
    return parameters


def reply(operation: str, result: Mapping[str, Any] | None) -> Reply:
    """The reply as the wire has it.

    Raises CloudFrontError (InternalError) for a result that the model does not allow, which is a fault of this program.
    """
    shape = _operation(operation).output_shape
    if shape is not None and (wrong := shapes.objections(dict(result or {}), shape)):
        told = "; ".join(wrong)
        raise CloudFrontError("InternalError", f"{operation} would answer what the model does not allow: {told}")
    serialized = RestXMLSerializer(_operation(operation)).serialize(result or {})
    body = serialized["body"]
    headers = [(name, str(value)) for name, value in serialized["headers"].items()]
    if isinstance(body, str):
        body = body.encode()
    elif body:
        # A blob is the body as it stands; its type is in the result, not the serializer's.
        headers = [(name, value) for name, value in headers if name.lower() != "content-type"]
        headers.append(("Content-Type", str((result or {}).get("ContentType", "application/octet-stream"))))
    return Reply(status=serialized["status_code"], headers=[*headers, _request_id_header()], body=bytes(body or b""))


def error_reply(error: CloudFrontError) -> Reply:
    request_id = _request_id_header()
    body = (
        f'<?xml version="1.0"?>\n<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type>'
        f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message></Error>"
        f"<RequestId>{request_id[1]}</RequestId></ErrorResponse>"
    )
    return Reply(
        status=_error_status(error.code), headers=[("Content-Type", "text/xml"), request_id], body=body.encode()
    )


def _operation(name: str) -> OperationModel:
    model: OperationModel = service_model().operation_model(name)
    return model


def _error_status(code: str) -> int:
    for shape in service_model().error_shapes:
        if shape.name == code:
            return int(shape.metadata.get("error", {}).get("httpStatusCode", 400))
    return 500 if code == "InternalError" else 400


def _request_id_header() -> tuple[str, str]:
    raw = secrets.token_hex(16)
    return "x-amzn-RequestId", f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"
