"""The modules of CloudFront's policies against localcloud's control plane."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from conftest import Endpoint

HEADERS = {
    "security_headers": {
        "content_security_policy": {"policy": "frame-ancestors 'none'"},
        "content_type_options": {},
        "strict_transport_security": {"max_age": 31536000},
    },
    "cors": {"allow_origins": ["https://b.example.org", "https://a.example.org"]},
    "custom_headers": [{"name": "Permissions-Policy", "value": "camera=()"}],
    "remove_headers": ["Server"],
    "server_timing": 5,
}
CACHING = {
    "min_ttl": 0,
    "default_ttl": 60,
    "headers": ["Accept-Language", "Accept"],
    "query_strings": {"behavior": "whitelist", "names": ["page", "filter"]},
}
POLICIES = [("cache_policy", CACHING), ("response_headers_policy", HEADERS)]


def task(module: str, **options: Any) -> dict[str, Any]:
    return {f"primetime.lightsail.{module}": options, "register": "result"}


@pytest.fixture
def name() -> str:
    return f"policy-{uuid4().hex[:8]}"


@pytest.mark.parametrize(("module", "options"), POLICIES)
def test_a_policys_life(cloudfront: "Endpoint", name: str, module: str, options: dict[str, Any]) -> None:
    wanted = task(module, name=name, **options)
    (predicted,) = cloudfront.play(wanted, check=True)
    assert cloudfront.front.changing() == []
    path = f"/2020-05-31/{module.replace('_', '-')}"
    cloudfront.front.lose.append(f"POST {path}")
    (made,) = cloudfront.play(wanted)
    assert predicted["actions"] == made["actions"] == [f"create_{module}"]
    assert predicted["diff"]["after"] == made["diff"]["after"] == made[module]["config"]
    # The reply to the first was lost; the second found the name taken.
    assert cloudfront.front.changing() == [f"POST {path}"] * 2

    (again, kept, changed, gone, nothing) = cloudfront.play(
        wanted,
        task(module, name=name),
        task(module, name=name, comment="x"),
        *[task(module, name=name, state="absent")] * 2,
    )
    assert [one["actions"] for one in (again, kept, nothing)] == [[], [], []]
    assert (changed["actions"], gone["actions"]) == ([f"update_{module}"], [f"delete_{module}"])
    assert changed["id"] == made["id"] != ""
    assert changed["diff"] == {
        "before": made[module]["config"],
        "after": made[module]["config"] | {"Comment": "x"},
    }
    assert [call.split()[0] for call in cloudfront.front.changing()] == ["PUT", "DELETE"]


def test_what_the_service_refuses_is_said_in_one_line(cloudfront: "Endpoint", name: str) -> None:
    many = [f"X-{n}" for n in range(11)]
    (result,) = cloudfront.play(task("cache_policy", name=name, headers=many), fails=True)
    assert "a quota is used up (A cache policy has at most 10 Headers)" in result["msg"]
    assert "\n" not in result["msg"]


def test_a_policy_in_use_is_not_deleted(cloudfront: "Endpoint", name: str) -> None:
    distribution = {
        "caller_reference": name,
        "origins": [{"id": "site", "domain_name": f"{name}.s3.eu-central-1.amazonaws.com"}],
        "default_cache_behavior": {
            "target_origin_id": "site",
            "cache_policy_id": "{{ caching.id }}",
            "response_headers_policy_id": "{{ headers.id }}",
        },
    }
    *_, made = cloudfront.play(
        task("cache_policy", name=name, **CACHING) | {"register": "caching"},
        task("response_headers_policy", name=name, **HEADERS) | {"register": "headers"},
        task("distribution", **distribution),
    )
    behavior = made["distribution"]["config"]["DefaultCacheBehavior"]
    assert behavior["CachePolicyId"]
    assert behavior["ResponseHeadersPolicyId"]
    (refused,) = cloudfront.play(task("response_headers_policy", name=name, state="absent"), fails=True)
    assert "ResponseHeadersPolicyInUse" in refused["msg"]
