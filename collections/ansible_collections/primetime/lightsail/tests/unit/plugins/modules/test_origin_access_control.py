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


def test_update_and_delete_name_the_version_that_was_read() -> None:
    (update,) = plan(described(SigningBehavior="never"), WANTED).steps
    assert (update.arguments["Id"], update.arguments["IfMatch"]) == ("E1", "T1")
    assert update.arguments["OriginAccessControlConfig"]["Description"] == "kept"
    (delete,) = plan(described(), {**WANTED, "state": "absent"}).steps
    assert delete.arguments == {"Id": "E1", "IfMatch": "T1"}
