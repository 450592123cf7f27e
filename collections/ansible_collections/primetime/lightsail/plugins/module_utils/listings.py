# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the info modules of tagged resources have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

NAME_AND_TAGS: dict[str, Any] = {"name": {"type": "str"}, "tags": {"type": "dict", "default": {}}}


def one_or_all(name: str | None, one: Callable[[str], Any], listed: Callable[[], list[Any]]) -> list[Any]:
    """The descriptions that a name asks for: that one, if it is there, or without a name all."""
    if not name:
        return listed()
    found = one(name)
    return [] if found is None else [found]


def by_name(views: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The views in the order of their names."""
    return sorted(views, key=lambda view: str(view["name"]))


def with_tags(views: Iterable[Mapping[str, Any]], tags: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The views that have all these tags, by name."""
    wanted = {key: str(value) for key, value in tags.items()}
    return by_name(view for view in views if wanted.items() <= view["tags"].items())
