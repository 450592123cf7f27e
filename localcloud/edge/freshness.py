"""How long a response may be served from the cache, by the cache policy and what the origin says.

Source: "Manage how long content stays in the cache (expiration)" in the CloudFront Developer Guide.
"""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

from localcloud.edge.messages import Headers

CACHEABLE_STATUS = {200, 203, 204, 300, 301, 302, 307, 308}


def directives(headers: Headers) -> dict[str, str]:
    """Cache-Control's directives in lower case; one without a value has an empty one."""
    found = {}
    for part in (headers.get("cache-control") or "").split(","):
        name, _, value = part.strip().partition("=")
        if name:
            found[name.lower()] = value.strip('" ')
    return found


def lifetime(policy: dict[str, Any], headers: Headers) -> float:
    """Seconds for which the response is fresh, 0 when it must not be kept."""
    minimum, default, maximum = (float(policy.get(name, 0)) for name in ("MinTTL", "DefaultTTL", "MaxTTL"))
    said = directives(headers)
    if {"no-cache", "no-store", "private"} & said.keys():
        return minimum
    for name in ("s-maxage", "max-age"):
        if said.get(name, "").isdigit():
            return max(minimum, min(maximum, float(said[name])))
    if expires := headers.get("expires"):
        return max(minimum, min(maximum, _seconds_until(expires)))
    return max(minimum, default)


def _seconds_until(date: str) -> float:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except ValueError:
        return 0.0  # "0" and other non-dates mean: already expired
