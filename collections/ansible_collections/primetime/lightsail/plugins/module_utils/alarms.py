# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A Lightsail alarm and a contact method, as the service describes them and as the modules show them."""

from __future__ import annotations

from typing import Any

from .convergence import every, find
from .tags import from_wire

# The module's option: the member in the service's Alarm structure and in PutAlarm.
ALARM_MEMBERS = {
    "metric_name": "metricName",
    "comparison_operator": "comparisonOperator",
    "threshold": "threshold",
    "evaluation_periods": "evaluationPeriods",
    "datapoints_to_alarm": "datapointsToAlarm",
    "treat_missing_data": "treatMissingData",
    "contact_protocols": "contactProtocols",
    "notification_triggers": "notificationTriggers",
    "notification_enabled": "notificationEnabled",
}


def describe_alarm(client: Any, name: str) -> dict[str, Any] | None:
    """Lightsail's Alarm structure, or None."""
    found = find(client, "get_alarms", alarmName=name)
    alarms = found["alarms"] if found else []
    return alarms[0] if alarms else None


def describe_alarms(client: Any, monitored_resource_name: str | None) -> list[dict[str, Any]]:
    """All alarms of the region, or of one resource."""
    only = {"monitoredResourceName": monitored_resource_name} if monitored_resource_name else {}
    found: list[dict[str, Any]] = every(client, "get_alarms", "alarms", **only)
    return found


def alarm_settings(description: dict[str, Any] | None) -> dict[str, Any]:
    """What can be set of an alarm, by the module's options; empty for one that isn't there."""
    if description is None:
        return {}
    settings = {option: description.get(member) for option, member in ALARM_MEMBERS.items()}
    for option in ("contact_protocols", "notification_triggers"):
        settings[option] = sorted(settings[option] or [])
    return {
        "monitored_resource_name": description["monitoredResourceInfo"]["name"],
        **settings,
        "tags": from_wire(description.get("tags")),
    }


def alarm_view(description: dict[str, Any] | None) -> dict[str, Any]:
    """What the modules return of an alarm; empty for one that isn't there."""
    if description is None:
        return {}
    return {
        "name": description["name"],
        "arn": description.get("arn"),
        "state": description.get("state"),
        "monitored_resource_type": description["monitoredResourceInfo"].get("resourceType"),
        "period": description.get("period"),
        "statistic": description.get("statistic"),
        "unit": description.get("unit"),
        **alarm_settings(description),
    }


def describe_contact_methods(client: Any) -> list[dict[str, Any]]:
    """The region's contact methods, at most one of each protocol."""
    found: list[dict[str, Any]] = every(client, "get_contact_methods", "contactMethods")
    return found


def contact_view(description: dict[str, Any] | None) -> dict[str, Any]:
    """What the modules return of a contact method; empty for one that isn't there."""
    if description is None:
        return {}
    return {
        "protocol": description["protocol"],
        "contact_endpoint": description["contactEndpoint"],
        "status": description.get("status"),
        "name": description.get("name"),
        "arn": description.get("arn"),
    }
