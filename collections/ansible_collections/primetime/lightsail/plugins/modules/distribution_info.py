#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: distribution_info
short_description: Describe a CloudFront distribution by its caller reference
version_added: 0.1.0
description:
  - Finds a distribution by what M(primetime.lightsail.distribution) knows it by.
    M(community.aws.cloudfront_distribution_info) finds by id and alias only.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  caller_reference:
    description: What makes the distribution itself. One that doesn't exist gives an empty list, not a failure.
    type: str
    required: true
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Where the site is
  primetime.lightsail.distribution_info:
    caller_reference: prime-time-production
  register: found
"""

RETURN = r"""
distributions:
  description: None or one. It has the fields of RV(primetime.lightsail.distribution#module:distribution).
  returned: always
  type: list
  elements: dict
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.distributions import (
    describe_distribution,
    distribution_view,
    find_id,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {"caller_reference": {"type": "str", "required": True}}


def body(module: Any) -> dict[str, Any]:
    client, reference = open_client(module, "cloudfront"), module.params["caller_reference"]
    identity = find_id(client, reference, reference)
    found = describe_distribution(client, identity) if identity else None
    return {"changed": False, "distributions": [distribution_view(found)] if found else []}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
