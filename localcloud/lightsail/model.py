"""botocore's own description of Lightsail: requests and replies are checked against it."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator

from localcloud.lightsail.errors import InvalidInputException

TARGET_PREFIX = "Lightsail_20161128"


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
    report = ParamValidator().validate(members, model.input_shape)
    if report.has_errors():
        raise InvalidInputException(f"Invalid request: {'; '.join(report.generate_report().splitlines())}")
    _check_values(members, model.input_shape, "")
    return members


def serialise_reply(model: OperationModel, reply: dict[str, Any]) -> bytes:
    """The reply as the wire has it; times become seconds since 1970.

    Raises:
        ValueError: a reply that Lightsail's model does not allow, which is a fault of this program.
    """
    shape = model.output_shape
    if shape is not None:
        report = ParamValidator().validate(reply, shape)
        if report.has_errors():
            raise ValueError(f"{model.name} would answer what the model does not allow: {report.generate_report()}")
    return json.dumps(reply, default=_seconds).encode()


def _seconds(value: object) -> float:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    raise TypeError(f"{type(value).__name__} has no place in a reply")


def _check_values(value: Any, shape: Shape, path: str) -> None:
    """Enumerations and patterns, which botocore leaves to the service."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if value.get(name) is not None:
                _check_values(value[name], member, f"{path}.{name}" if path else name)
    elif isinstance(shape, ListShape):
        for position, item in enumerate(value):
            _check_values(item, shape.member, f"{path}[{position}]")
    elif isinstance(shape, MapShape):
        for item in value.values():
            _check_values(item, shape.value, path)
    elif shape.type_name == "string":
        allowed = getattr(shape, "enum", [])
        if allowed and value not in allowed:
            raise InvalidInputException(f"{path} is {value!r}, not one of {', '.join(allowed)}")
        pattern = shape.metadata.get("pattern")
        if pattern and not re.search(f"^(?:{pattern})$", value, re.DOTALL):
            raise InvalidInputException(f"{path} is {value!r}, which does not match {pattern}")
