# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""CloudFront's habits: listings with markers, lists wrapped in Quantity and Items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .convergence import call


def every_cloudfront(client: Any, operation: str, container: str, **arguments: Any) -> list[dict[str, Any]]:
    """All items of a CloudFront listing, over all its pages.

    Args:
        container: the reply's member that holds Items and NextMarker.
    """
    items: list[dict[str, Any]] = []
    marker: dict[str, str] = {}
    while True:
        page = call(client, operation, **arguments, **marker)[container]
        items.extend(page.get("Items") or [])
        if not page.get("NextMarker"):
            return items
        marker = {"Marker": page["NextMarker"]}


def wrapped(items: Sequence[Any]) -> dict[str, Any]:
    """CloudFront's form of a list; without Items when it is empty, as the service gives it back."""
    return {"Quantity": len(items), "Items": list(items)} if items else {"Quantity": 0}


def unwrapped(value: Any) -> Any:
    """The plain list in CloudFront's form of one, without its count; other values as they are."""
    if isinstance(value, Mapping) and "Quantity" in value and set(value) <= {"Quantity", "Items"}:
        return value.get("Items") or []
    return value
