"""The plans of the module invalidation."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.invalidation import plan

WANTED = {"distribution_id": "E1", "caller_reference": "r1", "paths": ["/index.html", "/"]}


def described(*paths: str, status: str = "Completed") -> dict[str, Any]:
    batch = {"CallerReference": "r1", "Paths": {"Quantity": len(paths), "Items": list(paths)}}
    return {"Id": "I1", "Status": status, "InvalidationBatch": batch}


def test_once_per_reference() -> None:
    (step,) = plan(None, WANTED).steps
    assert step.arguments["InvalidationBatch"] == {
        "CallerReference": "r1",
        "Paths": {"Quantity": 2, "Items": ["/", "/index.html"]},
    }
    assert plan(described("/index.html", "/"), WANTED).steps == ()


def test_a_reference_used_for_other_paths_is_refused() -> None:
    with pytest.raises(RefusedError, match="another caller_reference"):
        plan(described("/other"), WANTED)


def test_paths_begin_with_a_slash() -> None:
    with pytest.raises(RefusedError, match=r"index\.html"):
        plan(None, {**WANTED, "paths": ["index.html"]})
