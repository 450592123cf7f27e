# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""CloudFront's policies: two kinds whose operations and members differ only in their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


def policy_plan(kind: PolicyKind, description: Any, goal: Mapping[str, Any] | None) -> Plan:
    """The calls that create, change or delete a policy.

    Args:
        description: as describe_policy gives it.
        goal: the whole configuration that there should be, or None for no policy.
    """
    current = kind.config(description)
    before = {} if current is None else normal(current)
    versioned = {} if description is None else {"Id": description[kind.member]["Id"], "IfMatch": description["ETag"]}
    if goal is None:
        delete = Step(f"delete_{kind.noun}", versioned, settled=lambda found: found is None)
        return Plan(before, {}, () if description is None else (delete,))
    after = normal(goal)
    if before == after:
        return Plan(before, after)
    verb = "create" if description is None else "update"
    step = Step(
        f"{verb}_{kind.noun}",
        {f"{kind.member}Config": goal, **versioned},
        settled=lambda found: found is not None and normal(kind.config(found)) == after,
    )
    return Plan(before, after, (step,))


def converge_policy(
    module: Any, kind: PolicyKind, config_of: Callable[[Mapping[str, Any], dict[str, Any] | None], Mapping[str, Any]]
) -> dict[str, Any]:
    """Makes the policy of the module's options name and state as they say; returns the module's fields.

    Args:
        config_of: from the module's options, and the configuration that is there or None, to the whole configuration
            that there should be.
    """
    wanted, client = module.params, open_client(module, "cloudfront")

    def plan(description: Any) -> Plan:
        goal = None if wanted["state"] == "absent" else config_of(wanted, kind.config(description))
        return policy_plan(kind, description, goal)

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
