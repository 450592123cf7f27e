# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""CloudFront's policies: two kinds whose operations and members differ only in their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from .cloudfront import every_cloudfront
from .convergence import Outcome, Plan, Step, converge, find
from .distribution_config import normal
from .module import open_client


@dataclass(frozen=True)
class PolicyKind:
    """One kind of policy.

    member: as it stands in the API's members, such as CachePolicy.
    noun: as it stands in the client's methods, such as cache_policy.
    plural: the same for the listing.
    """

    member: str
    noun: str
    plural: str

    @property
    def words(self) -> str:
        return self.noun.replace("_", " ")

    def config(self, description: Any) -> dict[str, Any] | None:
        """The configuration in the reply of GetCachePolicy or its like; None when there is no policy."""
        return None if description is None else description[self.member][f"{self.member}Config"]


# From the configuration that is there, or None, to the one that there should be.
GoalOf = Callable[["Mapping[str, Any] | None"], Mapping[str, Any]]
# The options that both kinds have.
POLICY_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "comment": {"type": "str"},
}
CACHE = PolicyKind("CachePolicy", "cache_policy", "cache_policies")
RESPONSE_HEADERS = PolicyKind("ResponseHeadersPolicy", "response_headers_policy", "response_headers_policies")


def describe_policy(client: Any, kind: PolicyKind, name: str) -> dict[str, Any] | None:
    """The reply of GetCachePolicy or its like for the policy of one's own with this name, or None."""
    listed = every_cloudfront(client, f"list_{kind.plural}", f"{kind.member}List", Type="custom")
    ids = [item[kind.member]["Id"] for item in listed if kind.config(item)["Name"] == name]
    return find(client, f"get_{kind.noun}", Id=ids[0]) if ids else None


def policy_plan(kind: PolicyKind, description: Any, goal_of: GoalOf | None) -> Plan:
    """The calls that create, change or delete a policy.

    Args:
        description: as describe_policy gives it.
        goal_of: from the configuration that is there, or None, to the whole one that there should be; None for no
            policy.
    """
    current = kind.config(description)
    before = {} if current is None else normal(current)

    def versioned(found: Any) -> dict[str, Any]:
        return {"Id": found[kind.member]["Id"], "IfMatch": found["ETag"]}

    if goal_of is None:
        delete = Step(f"delete_{kind.noun}", versioned, settled=lambda found: found is None)
        return Plan(before, {}, () if description is None else (delete,))
    after = normal(goal_of(current))
    if before == after:
        return Plan(before, after)

    def content(found: Any) -> dict[str, Any]:
        return {f"{kind.member}Config": goal_of(kind.config(found))}

    def done(found: Any) -> bool:
        there = kind.config(found)
        return there is not None and bool(normal(there) == normal(goal_of(there)))

    if description is None:
        return Plan(before, after, (Step(f"create_{kind.noun}", content(None), settled=done),))
    update = Step(
        f"update_{kind.noun}",
        lambda found: {**content(found), **versioned(found)},
        settled=done,
        begun=done,
    )
    return Plan(before, after, (update,))


def converge_policy(
    module: Any, kind: PolicyKind, config_of: Callable[[Mapping[str, Any], Mapping[str, Any] | None], Mapping[str, Any]]
) -> dict[str, Any]:
    """Makes the policy of the module's options name and state as they say; returns the module's fields.

    Args:
        config_of: from the module's options, and the configuration that is there or None, to the whole configuration
            that there should be.
    """
    wanted, client = module.params, open_client(module, "cloudfront")

    def plan(description: Any) -> Plan:
        return policy_plan(kind, description, None if wanted["state"] == "absent" else partial(config_of, wanted))

    outcome = converge(
        module,
        client,
        f"{kind.words} {wanted['name']}",
        lambda: describe_policy(client, kind, wanted["name"]),
        plan,
    )
    return policy_fields(kind, outcome)


def policy_fields(kind: PolicyKind, outcome: Outcome) -> dict[str, Any]:
    """The return values of a policy's module."""
    config = kind.config(outcome.description)
    identity = "" if config is None else str(outcome.description[kind.member]["Id"])
    shown = {} if config is None else {"id": identity, "config": normal(config)}
    return {**outcome.fields(), "id": identity, kind.noun: shown}
