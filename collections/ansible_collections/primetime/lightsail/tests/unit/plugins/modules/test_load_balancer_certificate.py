"""The plans of the module load_balancer_certificate."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.load_balancer_certificate import plan


def wanted(state: str = "present", **options: Any) -> dict[str, Any]:
    names = {"domain_name": "example.org", "alternative_names": ["www.example.org"]}
    return {"name": "site", "load_balancer_name": "web", "state": state, **names, **options}


def described(**members: Any) -> dict[str, Any]:
    return {
        "name": "site",
        "status": "ISSUED",
        "isAttached": False,
        "domainName": "example.org",
        "subjectAlternativeNames": ["www.example.org", "example.org"],
        "httpsRedirectionEnabled": False,
        **members,
    }


def operations(result: Any) -> list[str]:
    return [step.operation for step in result.steps]


def test_asking_ends_with_the_records_and_attaching_with_the_listener() -> None:
    (create,) = plan(None, wanted()).steps
    assert create.arguments["certificateAlternativeNames"] == ["www.example.org"]
    pending = described(status="PENDING_VALIDATION")
    assert not create.settled(pending)
    assert create.settled({**pending, "domainValidationRecords": [{}]})
    whole = plan(None, wanted("attached", https_redirect=True))
    assert operations(whole) == [
        "create_load_balancer_tls_certificate",
        "attach_load_balancer_tls_certificate",
        "update_load_balancer_attribute",
    ]
    assert not whole.steps[0].settled({**pending, "domainValidationRecords": [{}]})


def test_what_is_there_is_left_alone() -> None:
    assert plan(described(), wanted()).steps == ()
    assert plan(described(isAttached=True), wanted()).steps == ()
    attached = described(isAttached=True, httpsRedirectionEnabled=True)
    assert plan(attached, wanted("attached", https_redirect=True)).steps == ()
    assert operations(plan(attached, wanted("attached", https_redirect=False))) == ["update_load_balancer_attribute"]


@pytest.mark.parametrize(
    ("members", "options", "words"),
    [
        ({}, {"domain_name": "example.net"}, "domain_name is example.org, wanted example.net"),
        ({}, {"alternative_names": []}, "alternative_names is"),
        ({"status": "FAILED", "failureReason": "DOMAIN_NOT_ALLOWED"}, {}, r"is FAILED \(DOMAIN_NOT_ALLOWED\)"),
        ({"status": "VALIDATION_TIMED_OUT"}, {}, "is VALIDATION_TIMED_OUT: ask for one under another name"),
    ],
)
def test_what_never_will_do_is_refused(members: dict[str, Any], options: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        plan(described(**members), wanted(**options))


def test_absent() -> None:
    (delete,) = plan(described(), wanted("absent", force=True)).steps
    assert delete.arguments == {"loadBalancerName": "web", "certificateName": "site", "force": True}
    assert plan(None, wanted("absent")).steps == ()
