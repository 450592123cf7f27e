#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: contact_method_info
short_description: Describe whom Lightsail's alarms tell
version_added: 0.2.0
description:
  - Describes the contact methods of a region, at most one of each protocol.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  protocol:
    description: Only this one.
    type: str
    choices: [Email, SMS]
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Whom the alarms tell
  primetime.lightsail.contact_method_info:
  register: found
"""

RETURN = r"""
contact_methods:
  description:
    - The contact methods, by protocol. Each has the fields of
      RV(primetime.lightsail.contact_method#module:contact_method).
  returned: always
  type: list
  elements: dict
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.alarms import contact_view, describe_contact_methods
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {"protocol": {"type": "str", "choices": ["Email", "SMS"]}}


def body(module: Any) -> dict[str, Any]:
    wanted = module.params["protocol"]
    views = [contact_view(found) for found in describe_contact_methods(open_client(module, "lightsail"))]
    matching = [view for view in views if wanted in (None, view["protocol"])]
    return {"changed": False, "contact_methods": sorted(matching, key=lambda view: str(view["protocol"]))}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
