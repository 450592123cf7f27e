"""The plans of the module origin_access_control."""

from __future__ import annotations

from typing import Any

from ansible_collections.primetime.lightsail.plugins.modules.origin_access_control import plan

WANTED = {
    "name": "site",
    "state": "present",
    "description": None,
    "origin_type": "s3",
    "signing_behavior": "always",
}


def described(**changes: Any) -> dict[str, Any]:
    config = {
        "Name": "site",
        "Description": "kept",
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
        **changes,
    }
    return {"OriginAccessControl": {"Id": "E1", "OriginAccessControlConfig": config}, "ETag": "T1"}


def test_create() -> None:
    (step,) = plan(None, WANTED).steps
    assert step.operation == "create_origin_access_control"
    assert step.arguments["OriginAccessControlConfig"]["SigningProtocol"] == "sigv4"


def test_a_remark_that_is_not_given_is_kept() -> None:
    assert plan(described(), WANTED).steps == ()


def test_update_and_delete_name_the_version_that_is_there_then() -> None:
    now = {**described(), "ETag": "T2"}
    (update,) = plan(described(SigningBehavior="never"), WANTED).steps
    assert callable(update.arguments)
    assert (update.arguments(now)["Id"], update.arguments(now)["IfMatch"]) == ("E1", "T2")
    assert update.arguments(now)["OriginAccessControlConfig"]["Description"] == "kept"
    (delete,) = plan(described(), {**WANTED, "state": "absent"}).steps
    assert callable(delete.arguments)
    assert delete.arguments(now) == {"Id": "E1", "IfMatch": "T2"}
