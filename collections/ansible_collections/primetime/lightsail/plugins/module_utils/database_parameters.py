# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A Lightsail database's parameters: reading them, and what of the wanted ones differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .convergence import Step, every
from .errors import RefusedError, nearest

TRUE, FALSE = ("1", "on", "true", "yes"), ("0", "off", "false", "no")
IMMEDIATE, AT_REBOOT = "immediate", "pending-reboot"


@dataclass(frozen=True)
class Difference:
    """The parameters that differ: their present values, the wanted ones, and those that need a reboot."""

    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    static: frozenset[str] = frozenset()


def read_parameters(client: Any, name: str) -> dict[str, dict[str, Any]]:
    """Lightsail's RelationalDatabaseParameter structures by name."""
    listed = every(client, "get_relational_database_parameters", "parameters", relationalDatabaseName=name)
    return {parameter["parameterName"]: parameter for parameter in listed}


def parameters_view(known: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the modules return of parameters, by name."""
    return {
        name: {
            "value": parameter.get("parameterValue", ""),
            "allowed_values": parameter.get("allowedValues", ""),
            "data_type": parameter.get("dataType", ""),
            "apply_type": parameter.get("applyType", ""),
            "apply_method": parameter.get("applyMethod", ""),
            "modifiable": bool(parameter.get("isModifiable")),
            "description": parameter.get("description", ""),
        }
        for name, parameter in sorted(known.items())
    }


def plain(value: Any) -> str:
    """A value as it is sent: YAML's booleans as 1 and 0, all else as it is written."""
    return str(int(value)) if isinstance(value, bool) else str(value)


def compare(known: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Any]) -> Difference:
    """What of the wanted parameters differs from the known ones.

    Raises:
        RefusedError: a parameter that there is not, or that can't be changed.
    """
    before, after = {}, {}
    for name, value in sorted(wanted.items()):
        if name not in known:
            near = ", ".join(nearest(name, known, 4)) or "none"
            raise RefusedError(f"parameters: there is no '{name}'; the nearest are: {near}")
        present = str(known[name].get("parameterValue", ""))
        given = _in_words_of(known[name], value)
        if present == given:
            continue
        if not known[name].get("isModifiable"):
            raise RefusedError(
                f"parameters: {name} is {present}, wanted {given}, and Lightsail doesn't let it be changed"
            )
        before[name], after[name] = present, given
    return Difference(before, after, frozenset(name for name in after if known[name].get("applyType") == "static"))


def _in_words_of(parameter: Mapping[str, Any], value: Any) -> str:
    """The value as the service writes it: a boolean has one of its two allowed values."""
    text = plain(value)
    if parameter.get("dataType") != "boolean":
        return text
    allowed = [word.strip() for word in str(parameter.get("allowedValues", "")).split(",")]
    for words in (TRUE, FALSE):
        if text.lower() in words:
            return next((word for word in allowed if word.lower() in words), text)
    return text


def parameters_step(name: str, values: Mapping[str, str], static: frozenset[str]) -> Step:
    """The call that sets parameters: the static ones for the next reboot, the others at once."""

    def wire(parameter: str) -> dict[str, str]:
        method = AT_REBOOT if parameter in static else IMMEDIATE
        return {"parameterName": parameter, "parameterValue": values[parameter], "applyMethod": method}

    listed = [wire(parameter) for parameter in sorted(values)]
    return Step("update_relational_database_parameters", {"relationalDatabaseName": name, "parameters": listed})
