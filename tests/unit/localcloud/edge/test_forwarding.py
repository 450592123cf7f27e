"""What reaches the origin and the cache key, by AWS's managed policies and by policies of one's own."""

from typing import Any

from localcloud.aws.cloudfront.managed_policies import CACHE, ORIGIN_REQUEST
from localcloud.edge.control_plane import View
from localcloud.edge.forwarding import Policies, policies_of
from localcloud.edge.messages import Headers, Request

OPTIMIZED = CACHE["658327ea-f89d-4fab-a63d-7e88639e58f6"]
DISABLED = CACHE["4135ea2d-6df8-44a3-9df3-4b5a84be39ad"]
ALL_BUT_HOST = ORIGIN_REQUEST["b689b0a8-53d0-40ab-baf2-68738e2966ac"]
ALL = ORIGIN_REQUEST["216adef6-5c7f-47e4-b989-5492eafa07d3"]


def request(method: str = "GET", **headers: str) -> Request:
    given = {"Host": "viewer.test", "Cookie": "a=1; b=2", "User-Agent": "browser", "Accept-Encoding": "gzip, br"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        method=method,
        host="viewer.test",
        path="/p",
        query="x=1&y=2&x=3",
        headers=Headers(given.items()),
        viewer_address="192.0.2.1",
    )


def test_the_optimised_cache_policy_forwards_next_to_nothing() -> None:
    policies = Policies(cache=OPTIMIZED, origin_request=None)
    headers = policies.origin_headers(request(Authorization="secret", X_Own="1"), gzip=True)
    assert sorted(name.lower() for name, _ in headers) == ["accept-encoding", "user-agent", "x-forwarded-for"]
    assert headers.get("accept-encoding") == "gzip"
    assert headers.get("user-agent") == "Amazon CloudFront"
    assert policies.origin_query(request()) == ""
    assert policies.cache_key(request(X_Own="1"), gzip=True) == policies.cache_key(request(X_Own="2"), gzip=True)
    assert policies.cache_key(request(), gzip=True) != policies.cache_key(request(), gzip=False)


def test_all_but_the_host_is_forwarded() -> None:
    policies = Policies(cache=DISABLED, origin_request=ALL_BUT_HOST)
    headers = policies.origin_headers(request(X_Own="1", Connection="keep-alive", Upgrade="h2c"), gzip=False)
    assert "host" not in headers
    assert "connection" not in headers
    assert "upgrade" not in headers
    assert (headers.get("x-own"), headers.get("cookie"), headers.get("user-agent")) == ("1", "a=1; b=2", "browser")
    assert headers.get("accept-encoding") == "gzip, br"
    assert policies.origin_query(request()) == "x=1&y=2&x=3"
    assert policies.forwards_cookies


def test_the_viewers_host_is_forwarded_where_a_policy_asks_for_it() -> None:
    headers = Policies(cache=DISABLED, origin_request=ALL).origin_headers(request(), gzip=False)
    assert headers.get("host") == "viewer.test"


def own(**parts: Any) -> Policies:
    parameters = DISABLED["ParametersInCacheKeyAndForwardedToOrigin"] | parts
    cache = DISABLED | {"MaxTTL": 60, "ParametersInCacheKeyAndForwardedToOrigin": parameters}
    return Policies(cache=cache, origin_request=None)


def test_lists_of_query_strings_cookies_and_headers() -> None:
    listed = own(
        QueryStringsConfig={"QueryStringBehavior": "whitelist", "QueryStrings": {"Items": ["x"]}},
        CookiesConfig={"CookieBehavior": "allExcept", "Cookies": {"Items": ["a"]}},
        HeadersConfig={"HeaderBehavior": "whitelist", "Headers": {"Items": ["X-Own", "CloudFront-Viewer-Address"]}},
    )
    assert listed.origin_query(request()) == "x=1&x=3"
    headers = listed.origin_headers(request(X_Own="1"), gzip=False)
    assert (headers.get("cookie"), headers.get("x-own")) == ("b=2", "1")
    assert headers.get("cloudfront-viewer-address") == "192.0.2.1"
    assert listed.cache_key(request(X_Own="1"), gzip=False) != listed.cache_key(request(X_Own="2"), gzip=False)


def test_credentials_go_along_with_a_body() -> None:
    policies = own()
    assert "authorization" not in policies.origin_headers(request(Authorization="x"), gzip=False)
    assert policies.origin_headers(request("POST", Authorization="x"), gzip=False).get("authorization") == "x"


def test_the_older_settings_of_a_behaviour_mean_the_same() -> None:
    behaviour = {
        "ForwardedValues": {
            "QueryString": True,
            "QueryStringCacheKeys": {"Items": ["y"]},
            "Cookies": {"Forward": "whitelist", "WhitelistedNames": {"Items": ["b"]}},
            "Headers": {"Items": ["X-Own"]},
        },
        "MinTTL": 5,
        "DefaultTTL": 6,
        "MaxTTL": 7,
    }
    policies = policies_of(behaviour, View(revision=1))
    assert policies.origin_query(request()) == "y=2"
    headers = policies.origin_headers(request(X_Own="1", X_Other="2"), gzip=False)
    assert (headers.get("cookie"), headers.get("x-own"), headers.get("x-other")) == ("b=2", "1", None)
    assert [policies.cache[name] for name in ("MinTTL", "DefaultTTL", "MaxTTL")] == [5, 6, 7]
