"""The policies that AWS manages, under AWS's own identifiers, as its developer guide lists them.

Sources: "Use managed cache policies", "Use managed origin request policies" and "Use managed response headers
policies" in the Amazon CloudFront Developer Guide.
"""

from __future__ import annotations

from typing import Any

DAY = 86_400
YEAR = 31_536_000


def _cache(name: str, *, minimum: int, default: int, maximum: int, compressed: bool) -> dict[str, Any]:
    return {
        "Name": name,
        "Comment": "",
        "MinTTL": minimum,
        "DefaultTTL": default,
        "MaxTTL": maximum,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": compressed,
            "EnableAcceptEncodingBrotli": compressed,
            "HeadersConfig": {"HeaderBehavior": "none"},
            "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        },
    }


def _origin_request(name: str, behaviour: str, headers: list[str], *, everything: bool) -> dict[str, Any]:
    chosen = {"Headers": {"Quantity": len(headers), "Items": headers}} if headers else {}
    return {
        "Name": name,
        "Comment": "",
        "HeadersConfig": {"HeaderBehavior": behaviour, **chosen},
        "CookiesConfig": {"CookieBehavior": "all" if everything else "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "all" if everything else "none"},
    }


_SECURITY = {
    "XSSProtection": {"Override": False, "Protection": True, "ModeBlock": True},
    "FrameOptions": {"Override": False, "FrameOption": "SAMEORIGIN"},
    "ReferrerPolicy": {"Override": False, "ReferrerPolicy": "strict-origin-when-cross-origin"},
    "ContentTypeOptions": {"Override": True},
    "StrictTransportSecurity": {"Override": False, "AccessControlMaxAgeSec": YEAR},
}
_ANY = {"Quantity": 1, "Items": ["*"]}
_SIMPLE_CORS = {
    "AccessControlAllowOrigins": _ANY,
    "AccessControlAllowHeaders": _ANY,
    "AccessControlAllowMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
    "AccessControlAllowCredentials": False,
    "OriginOverride": False,
}

CACHE: dict[str, dict[str, Any]] = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": _cache(
        "Managed-CachingOptimized", minimum=1, default=DAY, maximum=YEAR, compressed=True
    ),
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": _cache(
        "Managed-CachingOptimizedForUncompressedObjects", minimum=1, default=DAY, maximum=YEAR, compressed=False
    ),
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": _cache(
        "Managed-CachingDisabled", minimum=0, default=0, maximum=0, compressed=False
    ),
}
ORIGIN_REQUEST: dict[str, dict[str, Any]] = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": _origin_request("Managed-AllViewer", "allViewer", [], everything=True),
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": _origin_request(
        "Managed-AllViewerExceptHostHeader", "allExcept", ["Host"], everything=True
    ),
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": _origin_request(
        "Managed-CORS-S3Origin",
        "whitelist",
        ["Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method"],
        everything=False,
    ),
    "59781a5b-3903-41f3-afcb-af62929ccde1": _origin_request(
        "Managed-CORS-CustomOrigin", "whitelist", ["Origin"], everything=False
    ),
    "acba4595-bd28-49b8-b9fe-13317c0390fa": _origin_request(
        "Managed-UserAgentRefererHeaders", "whitelist", ["User-Agent", "Referer"], everything=False
    ),
}
RESPONSE_HEADERS: dict[str, dict[str, Any]] = {
    "67f7725c-6f97-4210-82d7-5512b31e9d03": {
        "Name": "Managed-SecurityHeadersPolicy",
        "Comment": "",
        "SecurityHeadersConfig": _SECURITY,
    },
    "60669652-455b-4ae9-85a4-c4c02393f86c": {
        "Name": "Managed-SimpleCORS",
        "Comment": "",
        "CorsConfig": _SIMPLE_CORS,
    },
    "e61eb60c-9c35-4d20-a928-2b84e02af89c": {
        "Name": "Managed-CORS-and-SecurityHeadersPolicy",
        "Comment": "",
        "CorsConfig": _SIMPLE_CORS,
        "SecurityHeadersConfig": _SECURITY,
    },
}
