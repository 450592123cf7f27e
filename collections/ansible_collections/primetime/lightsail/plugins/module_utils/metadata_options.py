# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""How an instance's metadata service answers: version 1, or version 2 (IMDSv2) only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .convergence import Step

MEMBERS = {
    "http_tokens": "httpTokens",
    "http_endpoint": "httpEndpoint",
    "http_put_response_hop_limit": "httpPutResponseHopLimit",
    "http_protocol_ipv6": "httpProtocolIpv6",
}
# What a new instance has without being told.
UNTOLD = {
    "http_tokens": "optional",
    "http_endpoint": "enabled",
    "http_put_response_hop_limit": 1,
    "http_protocol_ipv6": "disabled",
}
METADATA_SPEC: dict[str, Any] = {
    "type": "dict",
    "options": {
        "http_tokens": {"type": "str", "choices": ["optional", "required"], "no_log": False},
        "http_endpoint": {"type": "str", "choices": ["enabled", "disabled"]},
        "http_put_response_hop_limit": {"type": "int"},
        "http_protocol_ipv6": {"type": "str", "choices": ["enabled", "disabled"]},
    },
}


def metadata_view(description: Mapping[str, Any] | None) -> dict[str, Any]:
    """The options in the modules' words; empty where Lightsail tells none."""
    there = (description or {}).get("metadataOptions") or {}
    return {option: there[member] for option, member in MEMBERS.items() if member in there}


def given(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given."""
    return {option: value for option, value in (wanted.get("metadata_options") or {}).items() if value is not None}


def metadata_steps(name: str, there: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[Step]:
    """The call that sets what differs.

    Args:
        there: as metadata_view gives it.
        wanted: the module's options.
    """
    goal = given(wanted)
    differs = {MEMBERS[option]: value for option, value in goal.items() if there.get(option) != value}
    if not differs:
        return []

    def settled(description: Any) -> bool:
        applied = (description or {}).get("metadataOptions", {}).get("state", "applied") == "applied"
        return applied and goal.items() <= metadata_view(description).items()

    return [Step("update_instance_metadata_options", {"instanceName": name, **differs}, settled=settled)]
