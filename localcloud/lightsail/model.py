"""botocore's own description of Lightsail: requests and replies are checked against it."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from localcloud import shapes
from localcloud.lightsail.errors import InvalidInputException

TARGET_PREFIX = "Lightsail_20161128"
# What Lightsail answers and its model doesn't list: the second engine that it sells, and the operations on what is no
# machine, database or domain.
UNLISTED = {
    "RelationalDatabaseEngine": ("postgres",),
    "OperationType": (
        "CreateKeyPair",
        "ImportKeyPair",
        "DeleteKeyPair",
        "DeleteAutoSnapshot",
        "TagResource",
        "UntagResource",
    ),
}


@cache
def service() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("lightsail", "service-2"), "lightsail")


def operation(name: str) -> OperationModel | None:
    """The operation of that name, or None where Lightsail has none."""
    return service().operation_model(name) if name in service().operation_names else None


def parse_request(model: OperationModel, body: bytes) -> dict[str, Any]:
    """The request's members.

    Raises:
        InvalidInputException: no JSON object, or a member that is unknown, missing, of the wrong type or value.
    """
    try:
        members = json.loads(body or b"{}")
    except ValueError as error:
        raise InvalidInputException(f"The request is not JSON: {error}") from None
    if not isinstance(members, dict):
        raise InvalidInputException("The request is not a JSON object")
    if model.input_shape is None:
        return members
    if wrong := shapes.objections(members, model.input_shape, UNLISTED):
        raise InvalidInputException(f"Invalid request: {'; '.join(wrong)}")
    return members


def serialise_reply(model: OperationModel, reply: dict[str, Any]) -> bytes:
    """The reply as the wire has it; times become seconds since 1970.

    Raises:
        ValueError: a reply that Lightsail's model does not allow, which is a fault of this program.
    """
    shape = model.output_shape
    if shape is not None and (wrong := shapes.objections(reply, shape, UNLISTED)):
        raise ValueError(f"{model.name} would answer what the model does not allow: {'; '.join(wrong)}")
    return json.dumps(reply, default=_seconds).encode()


def _seconds(value: object) -> float:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    raise TypeError(f"{type(value).__name__} has no place in a reply")
