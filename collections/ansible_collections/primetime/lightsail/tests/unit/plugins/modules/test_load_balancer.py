"""The plans of the module load_balancer."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.load_balancer import is_stable, plan


def wanted(**options: Any) -> dict[str, Any]:
    return {"name": "web", "state": "present", "purge_instances": True, **options}


def described(**members: Any) -> dict[str, Any]:
    return {
        "name": "web",
        "state": "active",
        "instancePort": 80,
        "healthCheckPath": "/",
        "ipAddressType": "dualstack",
        "instanceHealthSummary": [{"instanceName": "one", "instanceHealth": "healthy"}],
        "configurationOptions": {"SessionStickinessEnabled": "false"},
        "tlsPolicyName": "TLS-2016-08",
        "tags": [{"key": "kept", "value": "1"}],
        **members,
    }


def operations(result: Any) -> list[str]:
    return [step.operation for step in result.steps]


def test_creating_sets_first_what_can_be_set_first() -> None:
    options = {"instance_port": 80, "tls_policy": "P", "session_stickiness": True, "instances": ["two", "one"]}
    result = plan(None, wanted(**options))
    create, stick, attach = result.steps
    assert create.arguments == {"loadBalancerName": "web", "instancePort": 80, "tlsPolicyName": "P"}
    assert (stick.arguments["attributeName"], stick.arguments["attributeValue"]) == ("SessionStickinessEnabled", "true")
    assert attach.arguments["instanceNames"] == ["one", "two"]
    assert result.after["instances"] == ["one", "two"]


def test_creating_needs_the_port() -> None:
    with pytest.raises(RefusedError, match="instance_port is missing"):
        plan(None, wanted())


def test_what_is_not_given_stays() -> None:
    assert plan(described(), wanted()).steps == ()
    assert plan(described(), wanted(instance_port=80, instances=["one"], session_stickiness=False)).steps == ()


def test_new_instances_come_before_old_ones_go() -> None:
    result = plan(described(), wanted(instances=["two"]))
    assert operations(result) == ["attach_instances_to_load_balancer", "detach_instances_from_load_balancer"]
    kept = plan(described(), wanted(instances=["two"], purge_instances=False))
    assert operations(kept) == ["attach_instances_to_load_balancer"]
    assert kept.after["instances"] == ["one", "two"]
    assert operations(plan(described(), wanted(instances=[]))) == ["detach_instances_from_load_balancer"]


def test_waiting_for_health_is_for_the_named_instances() -> None:
    (attach,) = plan(described(), wanted(instances=["one", "two"], await_healthy=True)).steps
    summary = [
        {"instanceName": "one", "instanceHealth": "healthy"},
        {"instanceName": "two", "instanceHealth": "initial"},
    ]
    assert not attach.settled(described(instanceHealthSummary=summary))
    summary[1]["instanceHealth"] = "healthy"
    assert attach.settled(described(instanceHealthSummary=summary))


def test_an_instance_that_is_leaving_is_no_longer_there() -> None:
    leaving = [{"instanceName": "one", "instanceHealth": "draining"}]
    assert operations(plan(described(instanceHealthSummary=leaving), wanted(instances=[]))) == []


def test_another_port_is_refused_and_replaced_only_where_that_is_said() -> None:
    with pytest.raises(RefusedError, match="instance_port is 80, wanted 8000"):
        plan(described(), wanted(instance_port=8000))
    replaced = plan(described(), wanted(instance_port=8000, replace=True))
    assert operations(replaced) == [
        "delete_load_balancer",
        "create_load_balancer",
        "attach_instances_to_load_balancer",
    ]


def test_what_comes_in_its_place_is_as_it_was_but_for_what_is_named() -> None:
    there = described(
        healthCheckPath="/health",
        configurationOptions={"SessionStickinessEnabled": "true", "SessionStickiness_LB_CookieDurationSeconds": "60"},
    )
    options = {"instance_port": 8000, "instances": ["two"], "purge_instances": False, "tags": {"a": "b"}}
    result = plan(there, wanted(**options, replace=True))
    _delete, create, stick, seconds, attach = result.steps
    assert create.arguments == {
        "loadBalancerName": "web",
        "instancePort": 8000,
        "healthCheckPath": "/health",
        "ipAddressType": "dualstack",
        "tlsPolicyName": "TLS-2016-08",
        "tags": [{"key": "a", "value": "b"}, {"key": "kept", "value": "1"}],
    }
    assert [step.arguments["attributeValue"] for step in (stick, seconds)] == ["true", "60"]
    assert attach.arguments["instanceNames"] == ["one", "two"]
    tags = {"kept": "1", "a": "b"}
    assert result.after == {**result.before, "instance_port": 8000, "instances": ["one", "two"], "tags": tags}


def test_one_call_for_each_attribute_that_differs() -> None:
    options = {"health_check_path": "/health", "session_cookie_seconds": 60, "ip_address_type": "ipv4"}
    result = plan(described(), wanted(**options, tags={"a": "b"}))
    assert operations(result) == [
        "set_ip_address_type",
        "update_load_balancer_attribute",
        "update_load_balancer_attribute",
        "tag_resource",
    ]
    assert result.after["tags"] == {"kept": "1", "a": "b"}


def test_a_passing_state_is_waited_for() -> None:
    assert [is_stable(described(state=state)) for state in ("provisioning", "unknown", "active", "failed")] == [
        False,
        False,
        True,
        True,
    ]


def test_absent() -> None:
    assert operations(plan(described(), wanted(state="absent"))) == ["delete_load_balancer"]
    assert plan(None, wanted(state="absent")).steps == ()
