"""What can be bought: bundles with their published prices, blueprints, regions (`catalogue.json` says its source)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from localcloud.lightsail.errors import InvalidInputException

GIGABYTE = 1024**3


@cache
def _catalogue() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(__file__).with_name("catalogue.json").read_text())
    return content


def bundles(region: str) -> list[dict[str, Any]]:
    """The region's instance bundles; some regions have their own, in whose ids the last part differs."""
    place = next((found for found in regions() if found["name"] == region), {})
    suffix, share = place.get("bundleSuffix", "0"), place.get("transferShare", 1)
    return [
        bundle
        | {
            "bundleId": f"{bundle['bundleId'].rpartition('_')[0]}_{suffix}",
            "transferPerMonthInGb": int(bundle["transferPerMonthInGb"] * share),
        }
        for bundle in _catalogue()["bundles"]
    ]


def blueprints() -> list[dict[str, Any]]:
    return list(_catalogue()["blueprints"])


def database_bundles() -> list[dict[str, Any]]:
    return list(_catalogue()["database_bundles"])


def database_blueprints(engine_version: str) -> list[dict[str, Any]]:
    """The engines on offer; the exact version is the image's."""
    return [
        blueprint
        | {
            "engineVersion": engine_version,
            "engineVersionDescription": f"{blueprint['engineDescription']} {engine_version}",
        }
        for blueprint in _catalogue()["database_blueprints"]
    ]


def regions() -> list[dict[str, Any]]:
    return list(_catalogue()["regions"])


def bundle(bundle_id: str, region: str) -> dict[str, Any]:
    return _find(bundles(region), "bundleId", bundle_id, "bundle", "GetBundles")


def blueprint(blueprint_id: str) -> dict[str, Any]:
    return _find(blueprints(), "blueprintId", blueprint_id, "blueprint", "GetBlueprints")


def database_bundle(bundle_id: str) -> dict[str, Any]:
    return _find(database_bundles(), "bundleId", bundle_id, "database bundle", "GetRelationalDatabaseBundles")


def database_blueprint(blueprint_id: str) -> dict[str, Any]:
    listed: list[dict[str, Any]] = _catalogue()["database_blueprints"]
    return _find(listed, "blueprintId", blueprint_id, "database blueprint", "GetRelationalDatabaseBlueprints")


def check_zone(zone: str, region: str) -> str:
    """The zone, if the region has it."""
    zones: list[str] = next((found["zones"] for found in regions() if found["name"] == region), [])
    if zone not in zones:
        raise InvalidInputException(
            f"The Availability Zone is not valid: {zone}", f"use one of {', '.join(zones) or 'another region'}"
        )
    return zone


def another_zone(zone: str, region: str) -> str:
    """The region's zone after this one, where a standby is."""
    zones: list[str] = next(found["zones"] for found in regions() if found["name"] == region)
    return zones[(zones.index(zone) + 1) % len(zones)]


def is_highly_available(bundle_id: str) -> bool:
    """Whether a database of this bundle has a standby; the service's own description says so by name alone."""
    return "_ha_" in bundle_id


def memory_bytes(bundle_: dict[str, Any]) -> int:
    return int(bundle_["ramSizeInGb"] * GIGABYTE)


def _find(listed: list[dict[str, Any]], key: str, wanted: str, noun: str, operation: str) -> dict[str, Any]:
    for item in listed:
        if item[key] == wanted:
            return item
    known = ", ".join(str(item[key]) for item in listed)
    raise InvalidInputException(f"The {noun} ID is not valid: {wanted}", f"{operation} lists what there is: {known}")
