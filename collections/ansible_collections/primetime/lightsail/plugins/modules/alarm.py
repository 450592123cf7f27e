#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: alarm
short_description: Create, change and delete a Lightsail alarm
version_added: 0.2.0
description:
  - An alarm watches one metric of an instance, database or load balancer, and tells the region's contact methods.
  - The service allows two alarms on a metric of a resource, and has no metric of an instance's memory or disk space.
  - An option that isn't given is left as it is; for a new alarm the service chooses.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Name of the alarm.
    type: str
    required: true
  state:
    description: Whether it shall exist.
    type: str
    choices: [present, absent]
    default: present
  monitored_resource_name:
    description: Name of what it watches. Can't be changed in place.
    type: str
  metric_name:
    description: The metric, such as V(CPUUtilization) or V(BurstCapacityPercentage). Can't be changed in place.
    type: str
  comparison_operator:
    description: How a value is compared with O(threshold).
    type: str
    choices:
      - GreaterThanOrEqualToThreshold
      - GreaterThanThreshold
      - LessThanThreshold
      - LessThanOrEqualToThreshold
  threshold:
    description: The value compared with, in the metric's unit.
    type: float
  evaluation_periods:
    description: How many of the newest periods of five minutes are looked at.
    type: int
  datapoints_to_alarm:
    description: How many of them must breach the threshold. Without it, all.
    type: int
  treat_missing_data:
    description: What a period without data counts as.
    type: str
    choices: [breaching, notBreaching, ignore, missing]
  contact_protocols:
    description: Contact methods that are told. An empty list tells nobody.
    type: list
    elements: str
    choices: [Email, SMS]
  notification_triggers:
    description: States whose beginning is told.
    type: list
    elements: str
    choices: [OK, ALARM, INSUFFICIENT_DATA]
  notification_enabled:
    description: Whether anybody is told.
    type: bool
  replace:
    description: Whether an alarm that watches something else may be deleted and made anew.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.tags
  - primetime.lightsail.wait
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: Be told before the server's burst capacity is used up
  primetime.lightsail.alarm:
    name: prime-time-production-burst
    monitored_resource_name: prime-time-production
    metric_name: BurstCapacityPercentage
    comparison_operator: LessThanThreshold
    threshold: 25
    evaluation_periods: 3
    datapoints_to_alarm: 2
    contact_protocols: [Email]
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [put_alarm]
alarm:
  description: The alarm as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
    state: {description: "OK, ALARM or INSUFFICIENT_DATA.", type: str}
    monitored_resource_name: {description: What it watches., type: str}
    monitored_resource_type: {description: Kind of what it watches., type: str}
    metric_name: {description: The metric., type: str}
    comparison_operator: {description: How a value is compared., type: str}
    threshold: {description: The value compared with., type: float}
    evaluation_periods: {description: Periods looked at., type: int}
    datapoints_to_alarm: {description: Periods that must breach., type: int}
    treat_missing_data: {description: What a period without data counts as., type: str}
    period: {description: Seconds of a period., type: int}
    statistic: {description: Statistic of a period's data., type: str}
    unit: {description: Unit of the metric., type: str}
    contact_protocols: {description: Contact methods that are told., type: list, elements: str}
    notification_triggers: {description: States whose beginning is told., type: list, elements: str}
    notification_enabled: {description: Whether anybody is told., type: bool}
    tags: {description: Its tags., type: dict}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.alarms import (
    ALARM_MEMBERS,
    alarm_settings,
    alarm_view,
    describe_alarm,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, converge
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import (
    TAG_OPTIONS,
    WAIT_OPTIONS,
    open_client,
    run,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.tags import tag_steps, to_wire, wanted_tags

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "monitored_resource_name": {"type": "str"},
    "metric_name": {"type": "str"},
    "comparison_operator": {
        "type": "str",
        "choices": [
            "GreaterThanOrEqualToThreshold",
            "GreaterThanThreshold",
            "LessThanThreshold",
            "LessThanOrEqualToThreshold",
        ],
    },
    "threshold": {"type": "float"},
    "evaluation_periods": {"type": "int"},
    "datapoints_to_alarm": {"type": "int"},
    "treat_missing_data": {"type": "str", "choices": ["breaching", "notBreaching", "ignore", "missing"]},
    "contact_protocols": {"type": "list", "elements": "str", "choices": ["Email", "SMS"]},
    "notification_triggers": {"type": "list", "elements": "str", "choices": ["OK", "ALARM", "INSUFFICIENT_DATA"]},
    "notification_enabled": {"type": "bool"},
    "replace": {"type": "bool", "default": False},
    **TAG_OPTIONS,
    **WAIT_OPTIONS,
}

# What the alarm watches is fixed when it is made.
FIXED = ("monitored_resource_name", "metric_name")
NEEDED_TO_CREATE = (*FIXED, "comparison_operator", "threshold", "evaluation_periods")


def comparable(description: Any) -> dict[str, Any]:
    return alarm_settings(description)


def goal(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that there should be: those given, and those that are there already."""
    after = {**before}
    for option in ("monitored_resource_name", *ALARM_MEMBERS):
        if wanted.get(option) is not None:
            value = wanted[option]
            after[option] = sorted(set(value)) if isinstance(value, list) else value
    if wanted.get("datapoints_to_alarm") is None and after.get("evaluation_periods") != before.get(
        "evaluation_periods"
    ):
        # The old number may be more than the new periods; without the option it means all of them.
        after["datapoints_to_alarm"] = after["evaluation_periods"]
    after["tags"] = wanted_tags(before.get("tags") or {}, wanted.get("tags"), wanted.get("purge_tags", False))
    return after


def put_step(name: str, after: Mapping[str, Any], tags: Mapping[str, str]) -> Step:
    """The one call that creates and changes."""
    arguments = {"alarmName": name, "monitoredResourceName": after["monitored_resource_name"]}
    arguments.update(
        {member: after[option] for option, member in ALARM_MEMBERS.items() if after.get(option) is not None}
    )
    if tags:
        arguments["tags"] = to_wire(tags)

    def settled(found: Any) -> bool:
        now = comparable(found)
        return all(now.get(option) == after[option] for option in ALARM_MEMBERS if after.get(option) is not None)

    return Step("put_alarm", arguments, settled=settled)


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that create, change, replace or delete.

    Args:
        description: Lightsail's Alarm structure, or None.
        wanted: the module's options.

    Raises:
        RefusedError: it watches something else, or can't be created.
    """
    name, before = wanted["name"], comparable(description)
    delete = Step("delete_alarm", {"alarmName": name}, settled=lambda found: found is None)
    if wanted["state"] == "absent":
        return Plan(before, {}, () if description is None else (delete,))
    differs = [
        f"{option} is {before[option]}, wanted {wanted[option]}"
        for option in FIXED
        if description is not None and wanted.get(option) is not None and before[option] != wanted[option]
    ]
    if differs and not wanted.get("replace"):
        raise RefusedError(
            f"alarm {name}: {'; '.join(differs)}. Lightsail can't change this in place: give it another name, or set "
            "replace: true to delete the alarm and make it anew"
        )
    if description is None or differs:
        after = goal(before if differs else {}, wanted)
        if missing := [option for option in NEEDED_TO_CREATE if after.get(option) is None]:
            raise RefusedError(f"alarm {name} doesn't exist, and to create it these are missing: {', '.join(missing)}")
        put = put_step(name, after, after["tags"])
        return Plan(before, after, (delete, put) if differs else (put,))
    after = goal(before, wanted)
    steps = [] if {**before, "tags": {}} == {**after, "tags": {}} else [put_step(name, after, {})]
    steps.extend(tag_steps(name, before["tags"], after["tags"]))
    return Plan(before, after, tuple(steps))


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")
    outcome = converge(
        module,
        client,
        f"alarm {wanted['name']}",
        lambda: describe_alarm(client, wanted["name"]),
        lambda description: plan(description, wanted),
    )
    return {**outcome.fields(), "alarm": alarm_view(outcome.description)}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
