"""The plans of the module distribution."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.distribution import plan

BEHAVIOR = {
    "target_origin_id": "site",
    "viewer_protocol_policy": "redirect-to-https",
    "compress": True,
    "cache_policy_id": "cached",
    "function_associations": [{"event_type": "viewer-request", "function_arn": "arn:f"}],
}
WANTED: dict[str, Any] = {
    "caller_reference": "prime",
    "state": "present",
    "comment": "Prime",
    "origins": [
        {"id": "site", "domain_name": "b.s3.amazonaws.com", "origin_access_control_id": "E1"},
        {"id": "api", "domain_name": "o.example", "custom_headers": {"X-Origin-Verify": "hush"}},
    ],
    "default_cache_behavior": BEHAVIOR,
    "cache_behaviors": [{**BEHAVIOR, "path_pattern": "/api/*", "target_origin_id": "api"}],
    "tags": {"environment": "local"},
    "purge_tags": False,
}


def deployed(wanted: dict[str, Any] | None = None, **config: Any) -> dict[str, Any]:
    """What the service describes after it was given the wanted distribution, with some of what it fills in."""
    arguments: Any = plan(None, wanted or WANTED).steps[0].arguments
    filled = {"HttpVersion": "http2", "OriginGroups": {"Quantity": 0}, "WebACLId": ""}
    sent = arguments["DistributionConfigWithTags"]["DistributionConfig"]
    return {
        "Id": "D1",
        "ARN": "arn:d",
        "DomainName": "d.cloudfront.net",
        "Status": "Deployed",
        "ETag": "T1",
        "Config": {**filled, **sent, **config},
        "Tags": {"environment": "local"},
    }


def operations(description: Any, **wanted: Any) -> list[str]:
    return [step.operation for step in plan(description, {**WANTED, **wanted}).steps]


def test_no_call_when_nothing_differs() -> None:
    assert operations(deployed()) == []


def test_what_is_not_given_is_left_as_it_is() -> None:
    description = deployed(HttpVersion="http3", Comment="by hand")
    assert operations(description, comment=None) == []
    assert operations(description, origins=None, default_cache_behavior=None, cache_behaviors=None, comment=None) == []


def test_an_update_takes_along_what_it_does_not_name() -> None:
    (step,) = plan(deployed(), {**WANTED, "http_version": "http2and3"}).steps
    assert callable(step.arguments)
    # Somebody else added a firewall meanwhile.
    arguments = step.arguments({**deployed(WebACLId="arn:waf"), "ETag": "T2"})
    assert arguments["IfMatch"] == "T2"
    assert arguments["DistributionConfig"]["WebACLId"] == "arn:waf"
    assert arguments["DistributionConfig"]["HttpVersion"] == "http2and3"
    assert step.begun is not None
    assert not step.begun(deployed(WebACLId="arn:waf"))
    assert step.begun(deployed(WebACLId="arn:waf", HttpVersion="http2and3"))


def test_a_secret_header_is_never_shown_but_its_change_is() -> None:
    headers = {"X-Origin-Verify": "hush2"}
    origins = [WANTED["origins"][0], {**WANTED["origins"][1], "custom_headers": headers}]
    result = plan(deployed(), {**WANTED, "origins": origins})
    assert [step.operation for step in result.steps] == ["update_distribution"]
    assert "hush" not in str(result.before) + str(result.after)
    assert "(changed)" in str(result.after)


def test_deletion_disables_first() -> None:
    disable, delete = plan(deployed(), {**WANTED, "state": "absent"}).steps
    assert callable(disable.arguments)
    assert disable.arguments(deployed())["DistributionConfig"]["Enabled"] is False
    assert callable(delete.arguments)
    assert delete.arguments({"ETag": "T2"}) == {"Id": "D1", "IfMatch": "T2"}
    assert operations(deployed(Enabled=False), state="absent") == ["delete_distribution"]
    assert operations(None, state="absent") == []


def test_tags_differ_alone() -> None:
    assert operations(deployed(), tags={"environment": "x"}) == ["tag_resource"]
    assert operations(deployed(), tags={"a": "b"}, purge_tags=True) == ["untag_resource", "tag_resource"]


def test_what_it_cannot_be_without() -> None:
    with pytest.raises(RefusedError, match="origins, default_cache_behavior"):
        plan(None, {"caller_reference": "prime", "state": "present"})
    with pytest.raises(RefusedError, match="names no origin: nowhere"):
        plan(None, {**WANTED, "default_cache_behavior": {**BEHAVIOR, "target_origin_id": "nowhere"}})
