# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A Lightsail database as the service describes it, and as the modules show it."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from .convergence import find
from .tags import from_wire


def describe_database(client: Any, name: str) -> dict[str, Any] | None:
    """Lightsail's RelationalDatabase structure, or None."""
    found = find(client, "get_relational_database", relationalDatabaseName=name)
    return found["relationalDatabase"] if found else None


def database_view(description: dict[str, Any] | None) -> dict[str, Any]:
    """What the modules return of a database; empty for one that isn't there. Passwords are never described."""
    if description is None:
        return {}
    endpoint = description.get("masterEndpoint") or {}
    latest = description.get("latestRestorableTime")
    return {
        "name": description["name"],
        "arn": description.get("arn"),
        "state": description.get("state"),
        "blueprint_id": description.get("relationalDatabaseBlueprintId"),
        "bundle_id": description.get("relationalDatabaseBundleId"),
        "availability_zone": description.get("location", {}).get("availabilityZone"),
        "secondary_availability_zone": description.get("secondaryAvailabilityZone") or "",
        "engine": description.get("engine"),
        "engine_version": description.get("engineVersion"),
        "database_name": description.get("masterDatabaseName"),
        "master_username": description.get("masterUsername"),
        "endpoint_address": endpoint.get("address"),
        "endpoint_port": endpoint.get("port"),
        "backup_retention": bool(description.get("backupRetentionEnabled")),
        "preferred_backup_window": description.get("preferredBackupWindow"),
        "preferred_maintenance_window": description.get("preferredMaintenanceWindow"),
        "latest_restorable_time": latest.astimezone(UTC).isoformat() if latest else None,
        "parameter_apply_status": description.get("parameterApplyStatus"),
        "publicly_accessible": bool(description.get("publiclyAccessible")),
        "ca_certificate_identifier": description.get("caCertificateIdentifier"),
        "tags": from_wire(description.get("tags")),
    }
