"""The plans of the module cloudfront_function: published when, and only when, what is live differs."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.modules.cloudfront_function import plan

CODE = "function handler(event) { return event.request; }"
WANTED = {"name": "pages", "state": "present", "code": CODE, "comment": "", "runtime": "cloudfront-js-2.0"}


def stage(code: str = CODE, **changes: Any) -> dict[str, Any]:
    return {"etag": "E1", "arn": "arn:f", "comment": "", "runtime": "cloudfront-js-2.0", "code": code, **changes}


@pytest.mark.parametrize(
    ("description", "calls"),
    [
        (None, ["create_function", "publish_function"]),
        ({"development": stage(), "live": None}, ["publish_function"]),
        ({"development": stage(), "live": stage("old")}, ["publish_function"]),
        ({"development": stage("old"), "live": stage()}, ["update_function"]),
        ({"development": stage("old"), "live": stage("old")}, ["update_function", "publish_function"]),
        ({"development": stage(comment="x"), "live": stage(comment="x")}, ["update_function", "publish_function"]),
        ({"development": stage(), "live": stage()}, []),
    ],
)
def test_plan(description: Any, calls: list[str]) -> None:
    assert [step.operation for step in plan(description, WANTED).steps] == calls


def test_the_draft_is_published_by_the_etag_that_it_has_then() -> None:
    publish = plan(None, WANTED).steps[-1]
    assert callable(publish.arguments)
    assert publish.arguments({"development": stage(etag="E9"), "live": None}) == {"Name": "pages", "IfMatch": "E9"}


def test_delete() -> None:
    gone = {**WANTED, "state": "absent"}
    there = {"development": stage(), "live": stage()}
    (step,) = plan(there, gone).steps
    assert callable(step.arguments)
    assert step.arguments(there) == {"Name": "pages", "IfMatch": "E1"}
    assert plan(None, gone).steps == ()
