# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A Lightsail static IP as the service describes it, and as the modules show it."""

from __future__ import annotations

from typing import Any


def attached_to(description: Any) -> str:
    """Name of the instance that a static IP is attached to; empty for none."""
    if description is None or not description.get("isAttached"):
        return ""
    return str(description.get("attachedTo") or "")


def static_ip_view(description: Any) -> dict[str, Any]:
    """What the modules return of a static IP; empty for one that isn't there."""
    if description is None:
        return {}
    return {
        "name": description["name"],
        "arn": description.get("arn"),
        "ip_address": description.get("ipAddress"),
        "attached_to": attached_to(description),
    }
