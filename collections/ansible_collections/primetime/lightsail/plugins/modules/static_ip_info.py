#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: static_ip_info
short_description: Describe Lightsail static IPs
version_added: 0.1.0
description:
  - Describes one static IP, or all of a region.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Only this static IP. One that doesn't exist gives an empty list, not a failure.
    type: str
  instance_name:
    description: Only the one that is attached to this instance. An empty name means those attached to none.
    type: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Addresses that are paid for and not used
  primetime.lightsail.static_ip_info:
    instance_name: ""
  register: unused
"""

RETURN = r"""
static_ips:
  description: The static IPs, by name. Each has the fields of RV(primetime.lightsail.static_ip#module:static_ip).
  returned: always
  type: list
  elements: dict
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import every, find
from ansible_collections.primetime.lightsail.plugins.module_utils.listings import by_name, one_or_all
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run
from ansible_collections.primetime.lightsail.plugins.module_utils.static_ips import static_ip_view

ARGUMENT_SPEC: dict[str, Any] = {"name": {"type": "str"}, "instance_name": {"type": "str"}}


def body(module: Any) -> dict[str, Any]:
    client, instance = open_client(module, "lightsail"), module.params["instance_name"]

    def one(name: str) -> Any:
        found = find(client, "get_static_ip", staticIpName=name)
        return found["staticIp"] if found else None

    found = one_or_all(module.params["name"], one, lambda: every(client, "get_static_ips", "staticIps"))
    listed = [view for view in map(static_ip_view, found) if instance in (None, view["attached_to"])]
    return {"changed": False, "static_ips": by_name(listed)}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
