"""A server's parameters: what there are, which values they take, and the file that sets them. No I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.lightsail.errors import InvalidInputException

QUERY = Path(__file__).with_suffix(".sql").read_text()
# Those of the image's that RDS lets a server preload.
PRELOADABLE = ("auto_explain", "pg_prewarm", "pg_stat_statements")
DATA_TYPES = {"bool": "boolean", "integer": "integer", "real": "float", "string": "string", "enum": "string"}
IMMEDIATE, AT_REBOOT = "immediate", "pending-reboot"
INTEGER, REAL = re.compile(r"-?\d+"), re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One of pg_settings' rows. Values are in the parameter's own unit, and 0 or 1 for a boolean, as on RDS."""

    name: str
    value: str
    description: str
    type: str  # pg_settings' vartype
    minimum: str | None
    maximum: str | None
    choices: tuple[str, ...]
    static: bool  # takes effect at a restart only
    modifiable: bool

    @property
    def allowed_values(self) -> str:
        if self.name == "shared_preload_libraries":
            return ",".join(PRELOADABLE)
        if self.type == "bool":
            return "0,1"
        if self.choices:
            return ",".join(self.choices)
        return "" if self.minimum is None else f"{self.minimum}-{self.maximum}"

    def describe(self, value: str, *, pending: bool) -> dict[str, Any]:
        """Lightsail's structure; `value` is the one that is set, which a pending one is before it has an effect."""
        return {
            "parameterName": self.name,
            "parameterValue": value,
            "description": self.description,
            "dataType": "list" if self.name == "shared_preload_libraries" else DATA_TYPES[self.type],
            "allowedValues": self.allowed_values,
            "applyType": "static" if self.static else "dynamic",
            "applyMethod": AT_REBOOT if self.static or pending else IMMEDIATE,
            "isModifiable": self.modifiable,
        }

    def check(self, value: str) -> None:
        """Refuse a value that the server would not take.

        Raises:
            InvalidInputException: it cannot be changed, or not to this.
        """
        if not self.modifiable:
            raise InvalidInputException(f"The parameter {self.name} cannot be modified")
        if not self._takes(value):
            raise InvalidInputException(
                f"The value of parameter {self.name} is not valid: {value}",
                f"allowed: {self.allowed_values or 'one line of text'}",
            )

    def _takes(self, value: str) -> bool:
        if self.name == "shared_preload_libraries":
            return all(name.strip() in PRELOADABLE for name in value.split(",")) or value == ""
        if self.type == "bool":
            return value in ("0", "1")
        if self.choices:
            return value in self.choices
        if self.type in ("integer", "real"):
            pattern = INTEGER if self.type == "integer" else REAL
            if not pattern.fullmatch(value):
                return False
            return float(self.minimum or value) <= float(value) <= float(self.maximum or value)
        return value.isprintable()


def parse(output: str) -> dict[str, Parameter]:
    """The parameters by name, from what the query prints."""
    found = {}
    for row in json.loads(output):
        row["choices"] = tuple(row["choices"] or ())
        if row["type"] == "bool":
            row["value"] = "1" if row["value"] == "on" else "0"
        found[row["name"]] = Parameter(**row)
    return found


def as_file(values: Mapping[str, str]) -> bytes:
    """The lines of a configuration file."""
    quoted = {name: value.replace("\\", "\\\\").replace("'", "''") for name, value in values.items()}
    return "".join(f"{name} = '{value}'\n" for name, value in sorted(quoted.items())).encode()
