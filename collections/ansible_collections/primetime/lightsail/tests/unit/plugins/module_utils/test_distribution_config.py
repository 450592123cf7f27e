"""A DistributionConfig: laid over what is there, and compared in a normal form."""

from __future__ import annotations

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.distribution_config import (
    behavior_config,
    certificate_config,
    merged,
    normal,
    origin_config,
)
from hypothesis import given
from hypothesis import strategies as st

CUSTOM = {
    "protocol_policy": "http-only",
    "http_port": 80,
    "https_port": 443,
    "ssl_protocols": ["TLSv1.2"],
    "read_timeout": 30,
    "keepalive_timeout": 5,
}


def test_a_cache_policy_ends_what_it_supersedes() -> None:
    there = {"ForwardedValues": {"QueryString": False}, "MinTTL": 0, "TargetOriginId": "a"}
    config = behavior_config({"cache_policy_id": "p"}, there)
    assert config == {"TargetOriginId": "a", "CachePolicyId": "p"}


def test_an_empty_policy_is_taken_away() -> None:
    there = {"CachePolicyId": "p", "ResponseHeadersPolicyId": "h"}
    assert behavior_config({"response_headers_policy_id": ""}, there) == {"CachePolicyId": "p"}


def test_allowed_methods_bring_their_cached_ones() -> None:
    config = behavior_config({"allowed_methods": ["GET", "HEAD", "OPTIONS"]}, {})
    assert config["AllowedMethods"]["CachedMethods"] == {"Quantity": 2, "Items": ["GET", "HEAD"]}


def test_an_origin_is_a_bucket_or_a_server() -> None:
    bucket = origin_config({"id": "a", "domain_name": "b"}, {})
    assert bucket["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    server = origin_config({"id": "a", "domain_name": "b", "custom_origin": CUSTOM}, bucket)
    assert "S3OriginConfig" not in server
    assert "CustomOriginConfig" not in origin_config({"id": "a", "domain_name": "b"}, server)


def test_what_a_server_was_given_elsewhere_is_kept() -> None:
    there = {"Id": "a", "OriginShield": {"Enabled": True}, "CustomOriginConfig": {"IpAddressType": "ipv4"}}
    origin = origin_config({"id": "a", "domain_name": "b", "custom_origin": CUSTOM}, there)
    assert origin["OriginShield"] == {"Enabled": True}
    assert origin["CustomOriginConfig"]["IpAddressType"] == "ipv4"


def test_no_certificate_of_our_own_keeps_what_cloudfront_says_of_its_own() -> None:
    there = {"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"}
    assert certificate_config({"acm_certificate_arn": ""}, there) == there
    arn = {"acm_certificate_arn": "arn:c", "ssl_support_method": "sni-only", "minimum_protocol_version": "TLSv1.2_2021"}
    own = certificate_config(arn, there)
    assert own["CloudFrontDefaultCertificate"] is False
    assert certificate_config(arn, {**own, "Certificate": "arn:c"})["Certificate"] == "arn:c"
    assert certificate_config({"acm_certificate_arn": ""}, own) == {"CloudFrontDefaultCertificate": True}


def test_the_order_of_behaviors_counts_and_that_of_aliases_does_not() -> None:
    first, second = {"PathPattern": "/a"}, {"PathPattern": "/b"}
    assert normal({"CacheBehaviors": {"Quantity": 2, "Items": [first, second]}}) != normal(
        {"CacheBehaviors": {"Quantity": 2, "Items": [second, first]}}
    )
    assert normal({"Aliases": {"Quantity": 2, "Items": ["a", "b"]}}) == normal(
        {"Aliases": {"Quantity": 2, "Items": ["b", "a"]}}
    )


def test_an_empty_list_is_the_same_with_and_without_items() -> None:
    assert normal({"Aliases": {"Quantity": 0}}) == normal({"Aliases": {"Quantity": 0, "Items": []}})


def test_methods_are_a_set_although_another_list_hangs_on_them() -> None:
    def allowed(*methods: str) -> dict[str, Any]:
        cached = {"Quantity": 2, "Items": ["HEAD", "GET"]}
        return {"AllowedMethods": {"Quantity": len(methods), "Items": list(methods), "CachedMethods": cached}}

    assert normal(allowed("GET", "HEAD", "PUT")) == normal(allowed("PUT", "HEAD", "GET"))
    assert normal(allowed("GET", "HEAD", "PUT")) != normal(allowed("GET", "HEAD"))


NAMES = st.text("abc", min_size=1, max_size=3)


@given(st.lists(NAMES, unique=True, max_size=4), st.lists(NAMES, unique=True, min_size=1, max_size=4), NAMES)
def test_merging_twice_is_merging_once(aliases: list[str], origins: list[str], comment: str) -> None:
    options = {
        "caller_reference": "r",
        "comment": comment,
        "aliases": aliases,
        "origins": [{"id": name, "domain_name": f"{name}.example", "custom_origin": CUSTOM} for name in origins],
        "default_cache_behavior": {"target_origin_id": origins[0], "cache_policy_id": "p"},
        "cache_behaviors": [{"path_pattern": f"/{name}", "target_origin_id": name} for name in origins],
    }
    once = merged(None, options)
    assert normal(merged(once, options)) == normal(once)
