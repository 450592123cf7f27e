#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: load_balancer_info
short_description: Describe Lightsail load balancers
version_added: 0.2.0
description:
  - Describes one load balancer, or all of a region, with their instances' health and their certificates.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Only this load balancer. One that doesn't exist gives an empty list, not a failure.
    type: str
  tags:
    description: Only load balancers that have all these tags.
    type: dict
    default: {}
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Look behind the load balancer
  primetime.lightsail.load_balancer_info:
    name: web
  register: found

- name: Name the instances that fail their checks
  ansible.builtin.debug:
    msg: "{{ found.load_balancers[0].instance_health | dict2items | selectattr('value', 'equalto', 'unhealthy') }}"
"""

RETURN = r"""
load_balancers:
  description:
    - The load balancers, by name. Each has the fields of
      RV(primetime.lightsail.load_balancer#module:load_balancer), and in C(certificates) a list of all its certificates
      with the fields of RV(primetime.lightsail.load_balancer_certificate#module:certificate).
  returned: always
  type: list
  elements: dict
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import every
from ansible_collections.primetime.lightsail.plugins.module_utils.listings import NAME_AND_TAGS, one_or_all, with_tags
from ansible_collections.primetime.lightsail.plugins.module_utils.load_balancers import (
    certificate_view,
    certificates_of,
    describe_load_balancer,
    load_balancer_view,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {**NAME_AND_TAGS}


def certificates(client: Any, view: dict[str, Any]) -> list[dict[str, Any]]:
    found = certificates_of(client, view["name"])
    return [
        {**certificate_view(description), "https_redirect": view["https_redirect"]}
        for description in sorted(found, key=lambda one: str(one["name"]))
    ]


def body(module: Any) -> dict[str, Any]:
    client = open_client(module, "lightsail")
    found = one_or_all(
        module.params["name"],
        lambda name: describe_load_balancer(client, name),
        lambda: every(client, "get_load_balancers", "loadBalancers"),
    )
    views = with_tags(map(load_balancer_view, found), module.params["tags"])
    shown = [{**view, "certificates": certificates(client, dict(view))} for view in views]
    return {"changed": False, "load_balancers": shown}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
