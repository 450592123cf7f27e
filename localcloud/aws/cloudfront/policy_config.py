"""What CloudFront fills in and refuses in the configurations of its policies.

Sources: the API reference of CachePolicyConfig and ResponseHeadersPolicyConfig, and "Quotas" in the developer guide.
"""

from __future__ import annotations

import re
from typing import Any

from localcloud.aws.cloudfront.errors import CloudFrontError

DAY = 86_400
YEAR = 31_536_000
MOST_NAMES = 10  # headers, cookies or query strings in a cache policy; custom or removed headers in the other
# CloudFront has members of their own for these.
SECURITY_HEADERS = frozenset(
    {
        "content-security-policy",
        "referrer-policy",
        "strict-transport-security",
        "x-content-type-options",
        "x-frame-options",
        "x-xss-protection",
    }
)


def cache_policy(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration with CloudFront's lifetimes and key where they were left out.

    Raises CloudFrontError for lifetimes that contradict each other or a key without caching.
    """
    _check_common(config)
    minimum = config["MinTTL"]
    whole = {
        "Comment": "",
        "DefaultTTL": max(DAY, minimum),
        "MaxTTL": max(YEAR, minimum, config.get("DefaultTTL") or 0),
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": False,
            "HeadersConfig": {"HeaderBehavior": "none"},
            "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        },
        **config,
    }
    whole["ParametersInCacheKeyAndForwardedToOrigin"] = {
        "EnableAcceptEncodingBrotli": False,
        **whole["ParametersInCacheKeyAndForwardedToOrigin"],
    }
    if not 0 <= minimum <= whole["DefaultTTL"] <= whole["MaxTTL"]:
        raise CloudFrontError("InvalidArgument", "MinTTL, DefaultTTL and MaxTTL must not decrease in this order.")
    key = whole["ParametersInCacheKeyAndForwardedToOrigin"]
    for part, behaviour, names in (
        ("HeadersConfig", "HeaderBehavior", "Headers"),
        ("CookiesConfig", "CookieBehavior", "Cookies"),
        ("QueryStringsConfig", "QueryStringBehavior", "QueryStrings"),
    ):
        _check_part(key[part], behaviour, names, caches=whole["MaxTTL"] > 0)
    if whole["MaxTTL"] == 0 and (key["EnableAcceptEncodingGzip"] or key["EnableAcceptEncodingBrotli"]):
        raise CloudFrontError("InvalidArgument", "Compressed answers need a policy that caches: MaxTTL is 0.")
    return whole


def origin_request_policy(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration as it was given. Raises CloudFrontError for what CloudFront refuses in every policy."""
    _check_common(config)
    return {"Comment": "", **config}


def response_headers_policy(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration as it was given. Raises CloudFrontError for what CloudFront refuses in one."""
    _check_common(config)
    for member in ("CustomHeadersConfig", "RemoveHeadersConfig"):
        items = config.get(member, {}).get("Items") or []
        if len(items) > MOST_NAMES:
            short = member.removesuffix("Config").replace("Headers", "")
            raise CloudFrontError(
                f"TooMany{short}HeadersInResponseHeadersPolicy", f"A policy has at most {MOST_NAMES} of them."
            )
    for item in config.get("CustomHeadersConfig", {}).get("Items") or []:
        if item["Header"].lower() in SECURITY_HEADERS:
            raise CloudFrontError(
                "InvalidArgument", f"{item['Header']} is a security header and cannot be a custom header."
            )
    protection = config.get("SecurityHeadersConfig", {}).get("XSSProtection", {})
    if protection.get("ModeBlock") and protection.get("ReportUri"):
        raise CloudFrontError("InvalidArgument", "XSSProtection takes ModeBlock or ReportUri, not both.")
    cors = config.get("CorsConfig")
    if cors and cors["AccessControlAllowCredentials"] and "*" in cors["AccessControlAllowOrigins"]["Items"]:
        raise CloudFrontError("InvalidArgument", "Credentials cannot be allowed together with every origin.")
    return {"Comment": "", **config}


def _check_common(config: dict[str, Any]) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", config["Name"]):
        raise CloudFrontError("InvalidArgument", "A policy's name has 1 to 128 letters, digits, hyphens, underscores.")
    _check_quantities(config)


def _check_quantities(value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _check_quantities(item)
    if isinstance(value, dict):
        if "Quantity" in value and value["Quantity"] != len(value.get("Items") or []):
            raise CloudFrontError("InconsistentQuantities", "The value of Quantity and the size of Items don't match.")
        for item in value.values():
            _check_quantities(item)


def _check_part(part: dict[str, Any], behaviour: str, names: str, *, caches: bool) -> None:
    chosen, listed = part[behaviour], (part.get(names) or {}).get("Items") or []
    if chosen != "none" and not caches:
        raise CloudFrontError(
            "InvalidArgument", f"The parameter {behaviour} is invalid for policy with caching disabled."
        )
    if bool(listed) != (chosen in ("whitelist", "allExcept")):
        raise CloudFrontError("InvalidArgument", f"{names} are named with {behaviour} whitelist or allExcept only.")
    if len(listed) > MOST_NAMES:
        raise CloudFrontError(f"TooMany{names}InCachePolicy", f"A cache policy has at most {MOST_NAMES} {names}.")
