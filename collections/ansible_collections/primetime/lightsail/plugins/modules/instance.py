#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: instance
short_description: Create, start, stop and delete a Lightsail instance
version_added: 0.1.0
description:
  - Makes sure that a Lightsail instance exists, runs, is stopped, or is gone.
  - What Lightsail can't change in place (bundle, blueprint, zone, key pair) is compared too. A difference fails the
    task and says what to do. It is never passed over, and the instance is replaced only with O(replace=true).
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Name of the instance. Lightsail's names are unique in a region over all kinds of resource.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that it exists and leaves it running or stopped as it is.
      - V(running) and V(stopped) start or stop it as well; an instance that isn't there is created for both.
      - V(absent) deletes it with its disk. A static IP stays allocated, and is charged for, until it is released.
    type: str
    choices: [present, running, stopped, absent]
    default: present
  blueprint_id:
    description: Image to create it from, such as V(debian_12). Needed to create, but for one made from a snapshot.
    type: str
  bundle_id:
    description: Size and price, such as V(medium_3_0). Needed to create.
    type: str
  availability_zone:
    description: Zone, such as V(eu-central-1a). Needed to create.
    type: str
  key_pair_name:
    description: Key pair whose public key its user is given. Without it, Lightsail uses the region's default key.
    type: str
  user_data:
    description:
      - Script run at the first boot. Lightsail doesn't give it back, so a later change can't be seen.
      - It may hold secrets, so it is in no output, diff or log. Everybody on the instance can read it, though.
    type: str
  ip_address_type:
    description: Which addresses it has. Changed in place. Without this option it is left as it is.
    type: str
    choices: [dualstack, ipv4, ipv6]
  snapshot_name:
    description:
      - Instance snapshot to create it from, with what was in it and with its attached disks.
      - It makes no difference to an instance that exists. With O(replace=true) it is what comes in its place.
    type: str
  source_instance_name:
    description: Instance, whose automatic snapshot to create it from. Needs O(restore_date).
    type: str
  restore_date:
    description: Day of that automatic snapshot, such as V(2026-11-24), or V(latest).
    type: str
  metadata_options:
    description:
      - How the instance metadata service answers. Changed in place. What isn't named is left as it is.
    type: dict
    suboptions:
      http_tokens:
        description: V(required) allows version 2 (IMDSv2) alone.
        type: str
        choices: [optional, required]
      http_endpoint:
        description: Whether it answers at all.
        type: str
        choices: [enabled, disabled]
      http_put_response_hop_limit:
        description: How far a token may travel; from 1 to 64. Containers on the instance need 2.
        type: int
      http_protocol_ipv6:
        description: Whether it answers over IPv6.
        type: str
        choices: [enabled, disabled]
  replace:
    description:
      - Whether an instance that differs in what can't be changed in place is deleted and created anew.
      - Its disk is lost. Take a snapshot first.
      - What isn't named is as it was, its other tags and its automatic snapshots too. Its static IP, public ports and
        attached disks have modules of their own, whose tasks give them to the new instance.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.auto_snapshots
  - primetime.lightsail.wait
  - primetime.lightsail.tags
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: A Debian server with two virtual processors and 4 GB
  primetime.lightsail.instance:
    name: prime-time-production
    state: running
    blueprint_id: debian_12
    bundle_id: medium_3_0
    availability_zone: eu-central-1a
    key_pair_name: prime-time-production
    tags:
      environment: production
    auto_snapshots: true
    auto_snapshot_time: "03:00"
    metadata_options:
      http_tokens: required

- name: The server as it was last night, beside the one that runs
  primetime.lightsail.instance:
    name: prime-time-yesterday
    bundle_id: medium_3_0
    availability_zone: eu-central-1a
    source_instance_name: prime-time-production
    restore_date: latest

- name: Delete it
  primetime.lightsail.instance:
    name: prime-time-production
    state: absent
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_instances]
instance:
  description: The instance as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
    state: {description: Its state., type: str, sample: running}
    public_ip_address: {description: Its public IPv4 address., type: str}
    private_ip_address: {description: Its private IPv4 address., type: str}
    ipv6_addresses: {description: Its IPv6 addresses., type: list, elements: str}
    ip_address_type: {description: Which addresses it has., type: str, sample: dualstack}
    is_static_ip: {description: Whether the public address is a static IP., type: bool}
    blueprint_id: {description: Image., type: str, sample: debian_12}
    bundle_id: {description: Size., type: str, sample: medium_3_0}
    availability_zone: {description: Zone., type: str, sample: eu-central-1a}
    key_pair_name: {description: Key pair., type: str}
    username: {description: User to sign in as over SSH., type: str, sample: admin}
    auto_snapshot_time: {description: When it is copied every day in UTC; null for never., type: str, sample: "03:00"}
    metadata_options: {description: How its metadata service answers., type: dict}
    disks: {description: Names of the attached disks., type: list, elements: str}
    tags: {description: Tags., type: dict}
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.add_ons import AUTO_SNAPSHOT_OPTIONS
from ansible_collections.primetime.lightsail.plugins.module_utils.catalogue import (
    instance_blueprints,
    instance_bundles,
    require_blueprint,
    require_bundle,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, converge
from ansible_collections.primetime.lightsail.plugins.module_utils.instance_plans import plan
from ansible_collections.primetime.lightsail.plugins.module_utils.instances import (
    describe_instance,
    instance_view,
    is_stable,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.metadata_options import METADATA_SPEC
from ansible_collections.primetime.lightsail.plugins.module_utils.module import (
    TAG_OPTIONS,
    WAIT_OPTIONS,
    open_client,
    run,
)

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "running", "stopped", "absent"], "default": "present"},
    "blueprint_id": {"type": "str"},
    "bundle_id": {"type": "str"},
    "availability_zone": {"type": "str"},
    "key_pair_name": {"type": "str"},
    "user_data": {"type": "str", "no_log": True},
    "ip_address_type": {"type": "str", "choices": ["dualstack", "ipv4", "ipv6"]},
    "snapshot_name": {"type": "str"},
    "source_instance_name": {"type": "str"},
    "restore_date": {"type": "str"},
    "metadata_options": METADATA_SPEC,
    "replace": {"type": "bool", "default": False},
    **AUTO_SNAPSHOT_OPTIONS,
    **TAG_OPTIONS,
    **WAIT_OPTIONS,
}


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")

    def planned(description: Any) -> Plan:
        result = plan(description, wanted)
        for step in result.steps:
            if step.creates and not callable(step.arguments):
                require_bundle("bundle_id", step.arguments["bundleId"], instance_bundles(client))
                if "blueprintId" in step.arguments:
                    require_blueprint("blueprint_id", step.arguments["blueprintId"], instance_blueprints(client))
        return result

    outcome = converge(
        module,
        client,
        f"instance {wanted['name']}",
        lambda: describe_instance(client, wanted["name"]),
        planned,
        stable=is_stable,
    )
    return {**outcome.fields(), "instance": instance_view(outcome.description)}


def main() -> None:
    run(
        ARGUMENT_SPEC,
        body,
        mutually_exclusive=[("snapshot_name", "source_instance_name")],
        required_together=[("source_instance_name", "restore_date")],
        required_by={"auto_snapshot_time": ("auto_snapshots",)},
    )


if __name__ == "__main__":
    main()
