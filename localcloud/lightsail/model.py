"""botocore's own description of Lightsail: requests and replies are checked against it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator

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
    report = ParamValidator().validate(members, model.input_shape)
    if report.has_errors():
        raise InvalidInputException(f"Invalid request: {'; '.join(report.generate_report().splitlines())}")
    if wrong := list(_wrong_values(members, model.input_shape, "")):
        raise InvalidInputException("; ".join(wrong))
    return members


def serialise_reply(model: OperationModel, reply: dict[str, Any]) -> bytes:
    """The reply as the wire has it; times become seconds since 1970.

    Raises:
        ValueError: a reply that Lightsail's model does not allow, which is a fault of this program.
    """
    shape = model.output_shape
    if shape is not None:
        report = ParamValidator().validate(reply, shape)
        wrong = report.generate_report() if report.has_errors() else "; ".join(_wrong_values(reply, shape, ""))
        if wrong:
            raise ValueError(f"{model.name} would answer what the model does not allow: {wrong}")
    return json.dumps(reply, default=_seconds).encode()


def _seconds(value: object) -> float:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    raise TypeError(f"{type(value).__name__} has no place in a reply")


def _wrong_values(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """What of a value that has its shape is not allowed: enumerations, patterns and upper bounds.

    botocore leaves these to the service.
    """
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _wrong_values(value[name], member, f"{path}.{name}" if path else name)
    elif isinstance(shape, ListShape):
        yield from _too_much(len(value), shape, path)
        for position, item in enumerate(value):
            yield from _wrong_values(item, shape.member, f"{path}[{position}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _wrong_values(key, shape.key, path)
            yield from _wrong_values(item, shape.value, f"{path}.{key}")
    elif shape.type_name == "string":
        allowed = getattr(shape, "enum", [])
        if allowed and value not in (*allowed, *UNLISTED.get(shape.name, ())):
            yield f"{path} is {value!r}, not one of {', '.join(allowed)}"
        pattern = shape.metadata.get("pattern")
        if pattern and not re.search(f"^(?:{pattern})$", value, re.DOTALL):
            yield f"{path} is {value!r}, which does not match {pattern}"
        yield from _too_much(len(value), shape, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _too_much(value, shape, path)


def _too_much(amount: float, shape: Shape, path: str) -> Iterator[str]:
    highest = shape.metadata.get("max")
    if highest is not None and amount > highest:
        what = "is" if shape.type_name in ("integer", "long", "float", "double") else "has the length"
        yield f"{path} {what} {amount}, above {highest}"
