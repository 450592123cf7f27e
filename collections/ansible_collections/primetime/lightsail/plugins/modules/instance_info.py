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
from ansible_collections.primetime.lightsail.plugins.module_utils.listings import NAME_AND_TAGS, one_or_all, with_tags
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {**NAME_AND_TAGS}


def body(module: Any) -> dict[str, Any]:
    client = open_client(module, "lightsail")
    found = one_or_all(
        module.params["name"],
        lambda name: describe_instance(client, name),
        lambda: every(client, "get_instances", "instances"),
    )
    return {"changed": False, "instances": with_tags(map(instance_view, found), module.params["tags"])}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
