"""The plans of the module static_ip."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.modules.static_ip import plan


def described(attached_to: str = "") -> dict[str, Any]:
    there = {"attachedTo": attached_to} if attached_to else {}
    return {"name": "address", "ipAddress": "192.0.2.1", "isAttached": bool(attached_to), **there}


@pytest.mark.parametrize(
    ("description", "state", "instance", "calls"),
    [
        (None, "present", None, ["allocate_static_ip"]),
        (None, "attached", "web", ["allocate_static_ip", "attach_static_ip"]),
        (None, "detached", None, ["allocate_static_ip"]),
        (None, "absent", None, []),
        (described(), "present", None, []),
        (described(), "present", "web", ["attach_static_ip"]),
        (described("web"), "present", None, []),
        (described("web"), "attached", "web", []),
        (described("old"), "attached", "web", ["detach_static_ip", "attach_static_ip"]),
        (described("web"), "detached", None, ["detach_static_ip"]),
        (described("web"), "detached", "web", ["detach_static_ip"]),
        (described(), "absent", None, ["release_static_ip"]),
        (described("web"), "absent", None, ["detach_static_ip", "release_static_ip"]),
    ],
)
def test_plan(description: Any, state: str, instance: str | None, calls: list[str]) -> None:
    result = plan(description, {"name": "address", "state": state, "instance_name": instance})
    assert [step.operation for step in result.steps] == calls
    assert (result.before == result.after) == (not calls)
