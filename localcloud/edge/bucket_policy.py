"""Whether a bucket's policy lets a distribution, or anybody, do something with an object.

Only the bucket policy speaks: buckets have had their access control lists turned off by default since April 2023.
An explicit Deny wins; without an Allow the answer is no. A condition whose operator or key is not known here makes an
Allow not apply and a Deny apply, so that a mistake never opens a bucket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CLOUDFRONT = "cloudfront.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks: a distribution through its origin access control, or nobody in particular (`distribution_arn` None)."""

    distribution_arn: str | None
    account_id: str = ""

    @property
    def context(self) -> Mapping[str, str]:
        if self.distribution_arn is None:
            return {}
        return {"aws:sourcearn": self.distribution_arn, "aws:sourceaccount": self.account_id}


def allows(policy: str | None, caller: Caller, action: str, resource: str) -> bool:
    """Whether `action` (s3:GetObject) on `resource` (an ARN) is allowed by the policy's text; None: no policy."""
    if policy is None:
        return False
    statements = json.loads(policy).get("Statement", [])
    allowed = False
    for statement in statements if isinstance(statements, list) else [statements]:
        denies = statement.get("Effect") == "Deny"
        if not (_about(statement, "Action", action, fold=True) and _about(statement, "Resource", resource, fold=False)):
            continue
        if not _principal_is(statement, caller) or not _conditions_hold(statement, caller, unknown=denies):
            continue
        if denies:
            return False
        allowed = allowed or statement.get("Effect") == "Allow"
    return allowed


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _like(pattern: str, value: str, *, fold: bool = False) -> bool:
    parts = {"*": ".*", "?": "."}
    expression = "".join(parts.get(character) or re.escape(character) for character in pattern)
    return re.fullmatch(expression, value, re.DOTALL | (re.IGNORECASE if fold else 0)) is not None


def _about(statement: dict[str, Any], member: str, value: str, *, fold: bool) -> bool:
    if member in statement:
        return any(_like(pattern, value, fold=fold) for pattern in _as_list(statement[member]))
    excluded = statement.get(f"Not{member}")
    return excluded is not None and not any(_like(pattern, value, fold=fold) for pattern in _as_list(excluded))


def _principal_is(statement: dict[str, Any], caller: Caller) -> bool:
    if "NotPrincipal" in statement:
        return not _names(statement["NotPrincipal"], caller)
    return _names(statement.get("Principal"), caller)


def _names(principal: Any, caller: Caller) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    if "*" in _as_list(principal.get("AWS", [])):
        return True
    return caller.distribution_arn is not None and CLOUDFRONT in _as_list(principal.get("Service", []))


def _conditions_hold(statement: dict[str, Any], caller: Caller, *, unknown: bool) -> bool:
    for operator, keys in statement.get("Condition", {}).items():
        for key, expected in keys.items():
            held = caller.context.get(key.lower())
            if held is None:
                verdict = True if operator.endswith("IfExists") else unknown
            else:
                verdict = _compare(
                    operator.removesuffix("IfExists"), [str(e) for e in _as_list(expected)], held, unknown
                )
            if not verdict:
                return False
    return True


def _compare(operator: str, expected: list[str], held: str, unknown: bool) -> bool:
    match operator:
        case "StringEquals":
            return held in expected
        case "StringNotEquals":
            return held not in expected
        case "StringEqualsIgnoreCase":
            return held.lower() in [value.lower() for value in expected]
        case "ArnLike" | "ArnEquals" | "StringLike":
            return any(_like(pattern, held) for pattern in expected)
        case "ArnNotLike" | "ArnNotEquals" | "StringNotLike":
            return not any(_like(pattern, held) for pattern in expected)
        case _:
            return unknown
