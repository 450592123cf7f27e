#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: disk_info
short_description: Describe Lightsail disks
version_added: 0.1.0
description:
  - Describes one block storage disk, or all of a region. System disks belong to their instances and are left out.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Only this disk. One that doesn't exist gives an empty list, not a failure.
    type: str
  tags:
    description: Only disks that have all these tags.
    type: dict
    default: {}
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Which disks nobody uses
  primetime.lightsail.disk_info:
  register: found

- name: Name them
  ansible.builtin.debug:
    msg: "{{ found.disks | rejectattr('attached_to') | map(attribute='name') }}"
"""

RETURN = r"""
disks:
  description: The disks, by name. Each has the fields of RV(primetime.lightsail.disk#module:disk).
  returned: always
  type: list
  elements: dict
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import every
from ansible_collections.primetime.lightsail.plugins.module_utils.disks import describe_disk, disk_view
from ansible_collections.primetime.lightsail.plugins.module_utils.listings import NAME_AND_TAGS, one_or_all, with_tags
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {**NAME_AND_TAGS}


def body(module: Any) -> dict[str, Any]:
    client = open_client(module, "lightsail")
    found = one_or_all(
        module.params["name"],
        lambda name: describe_disk(client, name),
        lambda: every(client, "get_disks", "disks"),
    )
    return {"changed": False, "disks": with_tags(map(disk_view, found), module.params["tags"])}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
