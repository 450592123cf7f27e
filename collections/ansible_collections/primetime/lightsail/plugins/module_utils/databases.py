# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A Lightsail database as the service describes it, and as the modules show and compare it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from .convergence import find
from .tags import from_wire

FIXED_AT_CREATION = ("blueprint_id", "bundle_id", "availability_zone", "database_name", "master_username")
CHANGEABLE = ("backup_retention", "preferred_backup_window", "preferred_maintenance_window", "publicly_accessible")
WINDOWS = ("preferred_backup_window", "preferred_maintenance_window")
# States from which Lightsail takes orders.
RESTING = ("available", "stopped", "failed", "storage-full", "incompatible-parameters")


def in_utc(time: datetime) -> datetime:
    return time.astimezone(timezone.utc)  # noqa: UP017 (datetime.UTC is younger than the Pythons that Ansible runs on)


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
        "latest_restorable_time": in_utc(latest).isoformat() if latest else None,
        "parameter_apply_status": description.get("parameterApplyStatus"),
        "publicly_accessible": bool(description.get("publiclyAccessible")),
        "ca_certificate_identifier": description.get("caCertificateIdentifier"),
        "tags": from_wire(description.get("tags")),
    }


def is_available(description: Any) -> bool:
    """Whether it can be used, with an endpoint to connect to."""
    return (
        description is not None
        and description.get("state") == "available"
        and bool((description.get("masterEndpoint") or {}).get("address"))
    )


def is_stopped(description: Any) -> bool:
    return description is not None and description.get("state") == "stopped"


def is_in(*states: str) -> Any:
    """A test of a description: the database is in one of these states."""
    return lambda description: description is not None and description.get("state") in states


def waits_for_reboot(description: Any) -> bool:
    """Whether parameters take effect at the next reboot only."""
    return description is not None and description.get("parameterApplyStatus") == "pending-reboot"


def is_absent(description: Any) -> bool:
    return description is None


def is_stable(description: Any) -> bool:
    return description is None or description.get("state") in RESTING


def with_plain_windows(options: dict[str, Any]) -> dict[str, Any]:
    """The options with windows in lower case, as Lightsail gives them back whatever their case was."""
    plain = {key: options[key].lower() for key in WINDOWS if options.get(key)}
    return {**options, **plain}


def comparable(description: Any) -> dict[str, Any]:
    """What the module compares and shows in its diff."""
    view = database_view(description)
    return with_plain_windows({key: view[key] for key in (*FIXED_AT_CREATION, *CHANGEABLE, "tags")}) if view else {}
