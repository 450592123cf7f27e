"""CloudFront's path patterns: which cache behaviour serves a path, and which paths an invalidation names.

`*` stands for any number of characters, `/` among them, and `?` for exactly one; all else is itself, and case counts.
A pattern may be written with or without the first slash. Source: "Path pattern" in the CloudFront Developer Guide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    with_slash = pattern if pattern.startswith(("/", "*")) else f"/{pattern}"
    return re.compile("".join(parts.get(character) or re.escape(character) for character in with_slash), re.DOTALL)


def matches(pattern: str, path: str) -> bool:
    """Whether the whole path fits the pattern."""
    return _compiled(pattern).fullmatch(path) is not None


def invalidates(pattern: str, path: str) -> bool:
    """Whether an invalidation path, in which only a last `*` is a wildcard, names the path."""
    with_slash = pattern if pattern.startswith("/") else f"/{pattern}"
    if with_slash.endswith("*"):
        return path.startswith(with_slash[:-1])
    return path == with_slash


def behaviour_for(config: dict[str, Any], path: str) -> dict[str, Any]:
    """The first cache behaviour whose pattern fits, in the order of the configuration; else the default one."""
    listed: Sequence[dict[str, Any]] = config["CacheBehaviors"].get("Items", [])
    default: dict[str, Any] = config["DefaultCacheBehavior"]
    return next((behaviour for behaviour in listed if matches(behaviour["PathPattern"], path)), default)
