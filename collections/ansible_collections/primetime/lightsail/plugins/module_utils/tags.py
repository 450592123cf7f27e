# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Lightsail's tags: lists of key and value on the wire, a plain mapping to the user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .convergence import Step


def from_wire(tags: list[dict[str, str]] | None) -> dict[str, str]:
    """A mapping from Lightsail's list; a tag without a value has an empty one."""
    return {tag["key"]: tag.get("value", "") for tag in tags or []}


def to_wire(tags: Mapping[str, Any]) -> list[dict[str, str]]:
    """Lightsail's list from a mapping, in a stable order."""
    return [{"key": str(key), "value": str(value)} for key, value in sorted(tags.items())]


def wanted_tags(current: Mapping[str, str], wanted: Mapping[str, Any] | None, purge: bool) -> dict[str, str]:
    """The tags that there should be: those named, and unless purged those that are there already."""
    if wanted is None:
        return dict(current)
    named = {str(key): str(value) for key, value in wanted.items()}
    return named if purge else {**current, **named}


def tag_steps(resource: str, current: Mapping[str, str], after: Mapping[str, str]) -> list[Step]:
    """The calls that turn the current tags of a Lightsail resource into those after."""
    steps = []
    if gone := sorted(set(current) - set(after)):
        steps.append(Step("untag_resource", {"resourceName": resource, "tagKeys": gone}))
    if new := {key: value for key, value in after.items() if current.get(key) != value}:
        steps.append(Step("tag_resource", {"resourceName": resource, "tags": to_wire(new)}))
    return steps
