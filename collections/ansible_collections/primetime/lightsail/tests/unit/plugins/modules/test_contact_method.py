"""The plans of the module contact_method."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.contact_method import plan

WANTED = {"protocol": "Email", "contact_endpoint": "a@example.org", "state": "present", "replace": False}
HELD = {"protocol": "Email", "contactEndpoint": "a@example.org", "status": "PendingVerification"}


def operations(description: Any, **options: Any) -> list[str]:
    return [step.operation for step in plan(description, WANTED | options).steps]


def test_create_keep_delete() -> None:
    assert operations(None) == ["create_contact_method"]
    assert operations(HELD) == []
    assert operations(HELD, state="absent") == ["delete_contact_method"]
    assert operations(None, state="absent") == []


def test_another_address_needs_leave() -> None:
    with pytest.raises(RefusedError, match=r"contact_endpoint is a@example\.org, wanted b@example\.org"):
        operations(HELD, contact_endpoint="b@example.org")
    assert operations(HELD, contact_endpoint="b@example.org", replace=True) == [
        "delete_contact_method",
        "create_contact_method",
    ]


def test_the_message_is_sent_again_only_to_who_has_not_followed_it() -> None:
    assert operations(HELD, resend_verification=True) == ["send_contact_method_verification"]
    assert operations({**HELD, "status": "Valid"}, resend_verification=True) == []
