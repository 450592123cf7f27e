#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cache_policy
short_description: Create, change and delete a CloudFront cache policy
version_added: 0.2.0
description:
  - A cache policy says how long CloudFront keeps answers and by what of a request it tells them apart.
  - Neither amazon.aws nor community.aws has a module for cache policies.
  - Policies that AWS manages need no module, since their ids are the same in every account.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Its name, by which it is found again.
    type: str
    required: true
  state:
    description: Whether it shall exist. One that a distribution uses can't be deleted.
    type: str
    choices: [present, absent]
    default: present
  comment:
    description: Remark. Without this option it is left as it is.
    type: str
  min_ttl:
    description:
      - Shortest time, in seconds, that an answer is kept, whatever its origin says.
      - A new policy that isn't told otherwise has 1.
    type: int
  default_ttl:
    description:
      - Seconds that an answer is kept whose origin says nothing.
      - A new policy that isn't told otherwise has a day, or O(min_ttl) or O(max_ttl) where these say so.
    type: int
  max_ttl:
    description:
      - Longest time, in seconds, that an answer is kept. V(0) switches caching off.
      - A new policy that isn't told otherwise has a year, or O(min_ttl) or O(default_ttl) if that is longer.
    type: int
  gzip:
    description: Whether answers compressed by gzip are cached too. A new policy has it, unless it doesn't cache.
    type: bool
  brotli:
    description: The same for Brotli.
    type: bool
  headers:
    description: Request headers that tell answers apart. A new policy has none.
    type: list
    elements: str
  cookies:
    description: Cookies that tell answers apart. A new policy has none.
    type: dict
    suboptions: &parts
      behavior:
        description: V(whitelist) and V(allExcept) need O(ignore:names).
        type: str
        choices: [none, whitelist, allExcept, all]
        required: true
      names:
        description: The names.
        type: list
        elements: str
        default: []
  query_strings:
    description: Parameters of the query that tell answers apart. A new policy has none.
    type: dict
    suboptions: *parts
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: Keep lists for a minute, by their page and filter
  primetime.lightsail.cache_policy:
    name: lists
    min_ttl: 0
    default_ttl: 60
    max_ttl: 3600
    headers: [Accept-Language]
    query_strings: {behavior: whitelist, names: [page, filter]}
  register: lists
"""

RETURN = r"""
actions:
  description: The calls that change something; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_cache_policy]
id:
  description: Its id, for a behavior's C(cache_policy_id); empty when there is none.
  returned: always
  type: str
cache_policy:
  description: It as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    id: {description: Its id., type: str}
    config: {description: Its CachePolicyConfig in CloudFront's words with plain lists., type: dict}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.cloudfront import wrapped
from ansible_collections.primetime.lightsail.plugins.module_utils.distribution_config import given
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import run
from ansible_collections.primetime.lightsail.plugins.module_utils.policies import (
    CACHE,
    POLICY_OPTIONS,
    converge_policy,
)

PARTS_SPEC: dict[str, Any] = {
    "behavior": {"type": "str", "choices": ["none", "whitelist", "allExcept", "all"], "required": True},
    "names": {"type": "list", "elements": "str", "default": []},
}
ARGUMENT_SPEC: dict[str, Any] = {
    **POLICY_OPTIONS,
    "min_ttl": {"type": "int"},
    "default_ttl": {"type": "int"},
    "max_ttl": {"type": "int"},
    "gzip": {"type": "bool"},
    "brotli": {"type": "bool"},
    "headers": {"type": "list", "elements": "str"},
    "cookies": {"type": "dict", "options": PARTS_SPEC},
    "query_strings": {"type": "dict", "options": PARTS_SPEC},
}
DAY = 86_400
YEAR = 31_536_000


def lifetimes(wanted: Mapping[str, Any], current: Mapping[str, Any] | None) -> dict[str, int]:
    """MinTTL, DefaultTTL and MaxTTL, in seconds.

    Raises:
        RefusedError: they contradict each other.
    """
    if current is None:
        longest = wanted.get("max_ttl")
        least = wanted.get("min_ttl")
        least = (1 if longest is None else min(1, longest)) if least is None else least
        usual = wanted.get("default_ttl")
        usual = max(least, DAY if longest is None else min(DAY, longest)) if usual is None else usual
        found = {"MinTTL": least, "DefaultTTL": usual, "MaxTTL": max(YEAR, usual) if longest is None else longest}
    else:
        names = {"min_ttl": "MinTTL", "default_ttl": "DefaultTTL", "max_ttl": "MaxTTL"}
        found = {**{member: current[member] for member in names.values()}, **given(wanted, names)}
    if not 0 <= found["MinTTL"] <= found["DefaultTTL"] <= found["MaxTTL"]:
        raise RefusedError(
            f"cache policy {wanted['name']} would have the lifetimes min_ttl {found['MinTTL']}, default_ttl "
            f"{found['DefaultTTL']}, max_ttl {found['MaxTTL']}: give them so that none is below the one before it"
        )
    return found


def part(option: str, wanted: Mapping[str, Any] | None, member: str, behavior: str, current: Any) -> dict[str, Any]:
    """The part of the key for cookies or for query strings.

    Raises:
        RefusedError: names are missing, or given to a behavior that takes none.
    """
    if wanted is None:
        return dict(current)
    named = wanted["behavior"] in ("whitelist", "allExcept")
    if named != bool(wanted["names"]):
        raise RefusedError(
            f"{option} with behavior '{wanted['behavior']}' "
            + ("needs names" if named else "takes no names: use whitelist or allExcept, or leave the names out")
        )
    return {behavior: wanted["behavior"], **({member: wrapped(sorted(wanted["names"]))} if named else {})}


def config_of(wanted: Mapping[str, Any], current: Mapping[str, Any] | None) -> dict[str, Any]:
    """The whole CachePolicyConfig that there should be.

    Args:
        wanted: the module's options.
        current: the CachePolicyConfig that is there, or None.

    Raises:
        RefusedError: options contradict each other.
    """
    times = lifetimes(wanted, current)
    caches = times["MaxTTL"] > 0
    base = (current or {}).get("ParametersInCacheKeyAndForwardedToOrigin") or {
        "EnableAcceptEncodingGzip": caches,
        "EnableAcceptEncodingBrotli": caches,
        "HeadersConfig": {"HeaderBehavior": "none"},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
    }
    key = {**base, **given(wanted, {"gzip": "EnableAcceptEncodingGzip", "brotli": "EnableAcceptEncodingBrotli"})}
    if (headers := wanted.get("headers")) is not None:
        named = {"HeaderBehavior": "whitelist", "Headers": wrapped(sorted(headers))}
        key["HeadersConfig"] = named if headers else {"HeaderBehavior": "none"}
    key["CookiesConfig"] = part("cookies", wanted.get("cookies"), "Cookies", "CookieBehavior", base["CookiesConfig"])
    key["QueryStringsConfig"] = part(
        "query_strings",
        wanted.get("query_strings"),
        "QueryStrings",
        "QueryStringBehavior",
        base["QueryStringsConfig"],
    )
    return {
        "Comment": "",
        **(current or {}),
        "Name": wanted["name"],
        **given(wanted, {"comment": "Comment"}),
        **times,
        "ParametersInCacheKeyAndForwardedToOrigin": key,
    }


def body(module: Any) -> dict[str, Any]:
    return converge_policy(module, CACHE, config_of)


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
