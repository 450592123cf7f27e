"""What can be bought, as the service lists it."""

from __future__ import annotations

from localcloud.lightsail import catalogue, database_servers
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException


def get_regions(_cloud: Cloud, _region: str, members: Members) -> Members:
    listed = []
    for found in catalogue.regions():
        shown = {member: found[member] for member in ("name", "displayName", "continentCode", "description")}
        zones = [{"zoneName": zone, "state": "available"} for zone in found["zones"]]
        shown["availabilityZones"] = zones if members.get("includeAvailabilityZones") else []
        shown["relationalDatabaseAvailabilityZones"] = (
            zones if members.get("includeRelationalDatabaseAvailabilityZones") else []
        )
        listed.append(shown)
    return {"regions": listed}


def get_bundles(_cloud: Cloud, region: str, members: Members) -> Members:
    _no_research(members)
    return {"bundles": catalogue.bundles(region)}


def get_blueprints(_cloud: Cloud, _region: str, members: Members) -> Members:
    _no_research(members)
    return {"blueprints": catalogue.blueprints()}


def get_database_bundles(_cloud: Cloud, _region: str, _members: Members) -> Members:
    return {"bundles": catalogue.database_bundles()}


def get_database_blueprints(cloud: Cloud, _region: str, _members: Members) -> Members:
    return {"blueprints": catalogue.database_blueprints(database_servers.engine_version(cloud.engine))}


def _no_research(members: Members) -> None:
    if "appCategory" in members:
        raise InvalidInputException("Lightsail for Research is not offered by localcloud", "leave appCategory out")


OPERATIONS: dict[str, c.Handler] = {
    "GetRegions": get_regions,
    "GetBundles": get_bundles,
    "GetBlueprints": get_blueprints,
    "GetRelationalDatabaseBundles": get_database_bundles,
    "GetRelationalDatabaseBlueprints": get_database_blueprints,
}
