# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What Lightsail offers and what it costs, as the service itself says."""

from __future__ import annotations

from typing import Any

from .convergence import call, every
from .errors import unknown_choice


def instance_bundles(client: Any) -> dict[str, dict[str, Any]]:
    """The active instance bundles by id; prices are US dollars a month."""
    return {bundle["bundleId"]: bundle for bundle in every(client, "get_bundles", "bundles") if bundle.get("isActive")}


def database_bundles(client: Any) -> dict[str, dict[str, Any]]:
    """The active database bundles by id; prices are US dollars a month."""
    bundles = every(client, "get_relational_database_bundles", "bundles")
    return {bundle["bundleId"]: bundle for bundle in bundles if bundle.get("isActive")}


def bucket_bundles(client: Any) -> dict[str, dict[str, Any]]:
    """The active bundles of object storage by id; prices are US dollars a month."""
    # This listing has no pages.
    listed = call(client, "get_bucket_bundles")["bundles"]
    return {bundle["bundleId"]: bundle for bundle in listed if bundle.get("isActive")}


def instance_blueprints(client: Any) -> dict[str, str]:
    """The active instance blueprints: id to name."""
    blueprints = every(client, "get_blueprints", "blueprints")
    return {
        blueprint["blueprintId"]: blueprint.get("name", "") for blueprint in blueprints if blueprint.get("isActive")
    }


def database_blueprints(client: Any) -> dict[str, str]:
    """The database blueprints: id to engine version."""
    blueprints = every(client, "get_relational_database_blueprints", "blueprints")
    return {blueprint["blueprintId"]: blueprint.get("engineVersion", "") for blueprint in blueprints}


def require_bundle(option: str, bundle_id: str, bundles: dict[str, dict[str, Any]]) -> None:
    """Raises a RefusedError that lists the nearest bundles and their prices when the region doesn't offer this one."""
    if bundle_id not in bundles:
        prices = {name: bundle["price"] for name, bundle in bundles.items()}
        raise unknown_choice(option, bundle_id, prices, "{0} (${1:.2f} a month)")


def require_blueprint(option: str, blueprint_id: str, blueprints: dict[str, str]) -> None:
    """Raises a RefusedError that lists the nearest blueprints when the region doesn't offer this one."""
    if blueprint_id not in blueprints:
        raise unknown_choice(option, blueprint_id, blueprints, "{0} ({1})")
