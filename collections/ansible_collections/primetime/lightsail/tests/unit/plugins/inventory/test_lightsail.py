"""The pure parts of the inventory plugin."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.inventory.lightsail import (
    address,
    chosen,
    host_names,
    tag_groups,
)


def instance(name: str = "web", region: str = "eu-central-1", **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "region": region,
        "state": "running",
        "tags": {"environment": "trial"},
        "public_ip_address": "192.0.2.1",
        "private_ip_address": "172.26.0.1",
        "ipv6_addresses": ["2001:db8::1"],
        **changes,
    }


@pytest.mark.parametrize(
    ("preferred", "reached"),
    [
        (["public", "private"], "192.0.2.1"),
        (["private", "public"], "172.26.0.1"),
        (["ipv6"], "2001:db8::1"),
        ([], None),
    ],
)
def test_the_preferred_address_is_taken(preferred: list[str], reached: str | None) -> None:
    assert address(instance(), preferred) == reached


def test_a_kind_that_is_not_there_is_passed_over() -> None:
    stopped = instance(public_ip_address=None, ipv6_addresses=[])
    assert address(stopped, ["ipv6", "public", "private"]) == "172.26.0.1"
    assert address(stopped, ["ipv6", "public"]) is None


def test_tags_and_states_choose() -> None:
    instances = [instance("b"), instance("a", state="stopped"), instance("c", tags={"environment": "else", "n": "1"})]
    assert [one["name"] for one in chosen(instances, {"environment": "trial"}, [])] == ["a", "b"]
    assert [one["name"] for one in chosen(instances, {"environment": "trial"}, ["running"])] == ["b"]
    assert [one["name"] for one in chosen(instances, {"n": 1}, [])] == ["c"]


def test_the_same_name_in_two_regions_is_two_hosts() -> None:
    instances = [instance(), instance("db"), instance(region="us-east-1")]
    assert host_names(instances) == ["web.eu-central-1", "db", "web.us-east-1"]


def test_tags_make_groups_with_names_that_ansible_allows() -> None:
    tagged = instance(tags={"environment": "pre-production", "role": "web, worker  db"})
    groups = ["environment_pre_production", "role_web", "role_worker", "role_db"]
    assert tag_groups(tagged, "environment", "role") == groups
    assert tag_groups(tagged, "", "") == []
    assert tag_groups(instance(tags={}), "environment", "role") == []
