# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A CloudFront distribution as the service describes it, how it is found, and as the modules show it."""

from __future__ import annotations

from typing import Any

from .cloudfront import every_cloudfront
from .convergence import call, find
from .distribution_config import shown


def describe_distribution(client: Any, identity: str) -> dict[str, Any] | None:
    """Id, ARN, DomainName, Status, ETag, Config (DistributionConfig) and Tags (mapping); None when it isn't there."""
    found = find(client, "get_distribution", Id=identity)
    if found is None:
        return None
    distribution = found["Distribution"]
    tags = call(client, "list_tags_for_resource", Resource=distribution["ARN"])["Tags"].get("Items") or []
    return {
        **{key: distribution[key] for key in ("Id", "ARN", "DomainName", "Status")},
        "ETag": found["ETag"],
        "Config": distribution["DistributionConfig"],
        "Tags": {tag["Key"]: tag.get("Value", "") for tag in tags},
    }


def find_id(client: Any, caller_reference: str, comment: str | None) -> str | None:
    """Id of the distribution with this caller reference; those with the same comment are looked at first."""
    listed = every_cloudfront(client, "list_distributions", "DistributionList")
    for summary in sorted(listed, key=lambda item: item.get("Comment") != comment):
        found = find(client, "get_distribution_config", Id=summary["Id"])
        if found and found["DistributionConfig"]["CallerReference"] == caller_reference:
            return str(summary["Id"])
    return None


def distribution_view(description: Any) -> dict[str, Any]:
    """What the modules return of a distribution; empty for one that isn't there."""
    if description is None:
        return {}
    return {
        "id": description["Id"],
        "arn": description["ARN"],
        "domain_name": description["DomainName"],
        "status": description["Status"],
        "config": shown(description["Config"]),
        "tags": description["Tags"],
    }
