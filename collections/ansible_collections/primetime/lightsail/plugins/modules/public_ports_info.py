#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: public_ports_info
short_description: Describe the open ports of a Lightsail instance
version_added: 0.1.0
description:
  - Describes what the firewall of an instance lets in.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  instance_name:
    description: Name of the instance. One that doesn't exist has no open port.
    type: str
    required: true
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: What can be reached from outside
  primetime.lightsail.public_ports_info:
    instance_name: prime-time-production
  register: firewall
"""

RETURN = r"""
ports:
  description: >-
    The open ports, by number. Each has the fields of RV(primetime.lightsail.public_ports#module:ports).
  returned: always
  type: list
  elements: dict
exists:
  description: Whether there is such an instance.
  returned: always
  type: bool
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run
from ansible_collections.primetime.lightsail.plugins.module_utils.ports import describe_ports, normal_list

ARGUMENT_SPEC: dict[str, Any] = {"instance_name": {"type": "str", "required": True}}


def body(module: Any) -> dict[str, Any]:
    found = describe_ports(open_client(module, "lightsail"), module.params["instance_name"])
    ports = [] if found is None else normal_list(found["ports"], found["families"])
    return {"changed": False, "ports": ports, "exists": found is not None}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
