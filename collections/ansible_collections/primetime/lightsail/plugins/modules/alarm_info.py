#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: alarm_info
short_description: Describe Lightsail alarms
version_added: 0.2.0
description:
  - Describes one alarm, those of one resource, or all of a region.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Only this alarm. One that doesn't exist gives an empty list, not a failure.
    type: str
  monitored_resource_name:
    description: Only alarms that watch this resource.
    type: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: What is wrong with the server
  primetime.lightsail.alarm_info:
    monitored_resource_name: prime-time-production
  register: found

- name: Stop when an alarm is on
  ansible.builtin.assert:
    that: found.alarms | selectattr('state', 'eq', 'ALARM') | length == 0
"""

RETURN = r"""
alarms:
  description: The alarms, by name. Each has the fields of RV(primetime.lightsail.alarm#module:alarm).
  returned: always
  type: list
  elements: dict
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.alarms import (
    alarm_view,
    describe_alarm,
    describe_alarms,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.listings import by_name, one_or_all
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {"name": {"type": "str"}, "monitored_resource_name": {"type": "str"}}


def body(module: Any) -> dict[str, Any]:
    client, monitored = open_client(module, "lightsail"), module.params["monitored_resource_name"]
    found = one_or_all(
        module.params["name"],
        lambda name: describe_alarm(client, name),
        lambda: describe_alarms(client, monitored),
    )
    views = map(alarm_view, found)
    matching = [view for view in views if monitored in (None, view["monitored_resource_name"])]
    return {"changed": False, "alarms": by_name(matching)}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
