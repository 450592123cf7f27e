#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: instance_info
short_description: Describe Lightsail instances
version_added: 0.1.0
description:
  - Describes one instance, or all of a region.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Only this instance. One that doesn't exist gives an empty list, not a failure.
    type: str
  tags:
    description: Only instances that have all these tags.
    type: dict
    default: {}
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: All servers of production
  primetime.lightsail.instance_info:
    tags:
      environment: production
  register: servers
"""

RETURN = r"""
instances:
  description: The instances, by name. Each has the fields of RV(primetime.lightsail.instance#module:instance).
  returned: always
  type: list
  elements: dict
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import every
from ansible_collections.primetime.lightsail.plugins.module_utils.instances import describe_instance, instance_view
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {"name": {"type": "str"}, "tags": {"type": "dict", "default": {}}}


def body(module: Any) -> dict[str, Any]:
    client, name = open_client(module, "lightsail"), module.params["name"]
    if name:
        one = describe_instance(client, name)
        found = [one] if one else []
    else:
        found = every(client, "get_instances", "instances")
    wanted = {key: str(value) for key, value in module.params["tags"].items()}
    views = [instance_view(description) for description in found]
    matching = [view for view in views if wanted.items() <= view["tags"].items()]
    return {"changed": False, "instances": sorted(matching, key=lambda view: str(view["name"]))}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
