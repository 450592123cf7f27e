"""Whether a value is what a service's model says: its form, and the values that botocore leaves to the service."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

# Names of string shapes, and values that the service knows beside those that its model enumerates.
Unlisted = Mapping[str, tuple[str, ...]]
NUMBERS = ("integer", "long", "float", "double")
# Java's classes of characters, in which the models' patterns are written, and the nearest that Python has.
CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\w", r"\p{Z}": r"\s"}


def objections(value: Any, shape: Shape, unlisted: Unlisted | None = None) -> list[str]:
    """What of the value the model does not allow, each with where it stands; empty where all is well."""
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        return str(report.generate_report()).splitlines()
    return list(_wrong_values(value, shape, "", unlisted or {}))


def _wrong_values(value: Any, shape: Shape, path: str, unlisted: Unlisted) -> Iterator[str]:
    """Enumerations, patterns and upper bounds, of a value that has the form."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _wrong_values(value[name], member, f"{path}.{name}" if path else name, unlisted)
    elif isinstance(shape, ListShape):
        yield from _too_much(len(value), shape, path)
        for position, item in enumerate(value):
            yield from _wrong_values(item, shape.member, f"{path}[{position}]", unlisted)
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _wrong_values(key, shape.key, path, unlisted)
            yield from _wrong_values(item, shape.value, f"{path}.{key}", unlisted)
    elif shape.type_name == "string":
        allowed = getattr(shape, "enum", [])
        if allowed and value not in (*allowed, *unlisted.get(shape.name, ())):
            yield f"{path} is {value!r}, not one of {', '.join(allowed)}"
        pattern = shape.metadata.get("pattern")
        if pattern and not _matches(pattern, value):
            yield f"{path} is {value!r}, which does not match {pattern}"
        yield from _too_much(len(value), shape, path)
    elif shape.type_name in NUMBERS:
        yield from _too_much(value, shape, path)


def _matches(pattern: str, value: str) -> bool:
    for java, python in CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.search(f"^(?:{pattern})$", value, re.DOTALL) is not None


def _too_much(amount: float, shape: Shape, path: str) -> Iterator[str]:
    highest = shape.metadata.get("max")
    if highest is not None and amount > highest:
        yield f"{path} {'is' if shape.type_name in NUMBERS else 'has the length'} {amount}, above {highest}"
