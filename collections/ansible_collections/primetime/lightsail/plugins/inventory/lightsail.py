# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
name: lightsail
short_description: Lightsail instances as hosts
version_added: 0.1.0
description:
  - Lists the instances of one or more regions, chosen by tag and state, as hosts.
  - The file's name must end in C(lightsail.yml) or C(lightsail.yaml).
  - Hosts are named as their instances. Where two regions have an instance of the same name, the region is added with
    a dot.
  - Each host has the fields of RV(primetime.lightsail.instance#module:instance) as variables that begin with
    C(lightsail_), and C(lightsail_region). The address chosen by O(addresses) is its C(ansible_host).
  - Groups come from the instances' tags, by O(environment_tag) and O(role_tag), and from O(keyed_groups) and O(groups).
author: Prime Time contributors (@prime-time)
options:
  plugin:
    description: The plugin's name.
    type: str
    required: true
    choices: [primetime.lightsail.lightsail]
  regions:
    description: The regions to list. Without any, the connection's own.
    type: list
    elements: str
    default: []
  tags:
    description: Only instances that have all these tags.
    type: dict
    default: {}
  states:
    description: Only instances in these states. An empty list means all.
    type: list
    elements: str
    choices: [pending, running, stopping, stopped, shutting-down]
    default: [running]
  environment_tag:
    description: Tag whose value, after C(environment_), names a group. An empty text makes no such groups.
    type: str
    default: environment
  role_tag:
    description:
      - Tag whose values, after C(role_), name groups. Several roles are separated by commas or spaces.
      - An empty text makes no such groups.
    type: str
    default: role
  addresses:
    description:
      - Which address to reach a host at, the preferred kind first. One that has none of them gets no C(ansible_host).
    type: list
    elements: str
    choices: [public, private, ipv6]
    default: [public, private, ipv6]
extends_documentation_fragment:
  - inventory_cache
  - constructed
  - amazon.aws.boto3
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
  - amazon.aws.assume_role.plugins
"""

EXAMPLES = r"""
---
# production.lightsail.yml: the group environment_production, and role_web for the tag role=web
plugin: primetime.lightsail.lightsail
regions: [eu-central-1]
tags:
  project: prime-time
compose:
  ansible_user: lightsail_username

---
# Everything there is, by zone and size, reached from within; remembered for ten minutes
plugin: primetime.lightsail.lightsail
regions: [eu-central-1, us-east-1]
states: []
addresses: [private]
keyed_groups:
  - {key: lightsail_availability_zone, prefix: zone}
  - {key: lightsail_bundle_id, prefix: bundle}
groups:
  small: lightsail_bundle_id is search('nano|micro')
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /tmp/lightsail
cache_timeout: 600
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleParserError
from ansible_collections.amazon.aws.plugins.plugin_utils.inventory import AWSInventoryBase
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import every
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import explain
from ansible_collections.primetime.lightsail.plugins.module_utils.instances import instance_view

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    # AWSInventoryBase reports the missing library before anything here is reached.
    BotoCoreError = ClientError = AnsibleParserError

PREFIX = "lightsail_"


def chosen(
    instances: Iterable[Mapping[str, Any]], tags: Mapping[str, Any], states: Sequence[str]
) -> list[Mapping[str, Any]]:
    """The instances that have all the tags and, where states are named, one of them; by region and name."""
    wanted = {str(key): str(value) for key, value in tags.items()}
    found = [
        one for one in instances if wanted.items() <= one["tags"].items() and (not states or one["state"] in states)
    ]
    return sorted(found, key=lambda one: (one["region"], one["name"]))


def address(instance: Mapping[str, Any], preferred: Sequence[str]) -> str | None:
    """The instance's address of the first kind that it has."""
    ipv6 = instance["ipv6_addresses"]
    there = {
        "public": instance["public_ip_address"],
        "private": instance["private_ip_address"],
        "ipv6": ipv6[0] if ipv6 else None,
    }
    return next((str(there[kind]) for kind in preferred if there[kind]), None)


def host_names(instances: Sequence[Mapping[str, Any]]) -> list[str]:
    """A name for each instance: its own, with the region where another region has the same."""
    times = Counter(one["name"] for one in instances)
    return [one["name"] if times[one["name"]] == 1 else f"{one['name']}.{one['region']}" for one in instances]


def tag_groups(instance: Mapping[str, Any], environment_tag: str, role_tag: str) -> list[str]:
    """Names of the groups that an instance's tags put it into, as Ansible allows them."""
    tags = instance["tags"]
    environments = [tags[environment_tag]] if tags.get(environment_tag) else []
    roles = re.split(r"[,\s]+", tags.get(role_tag, ""))
    named = [f"environment_{value}" for value in environments] + [f"role_{value}" for value in roles if value]
    return [re.sub(r"[^A-Za-z0-9_]", "_", name) for name in named]


class InventoryModule(AWSInventoryBase):
    NAME = "primetime.lightsail.lightsail"
    INVENTORY_FILE_SUFFIXES = ("lightsail.yml", "lightsail.yaml")

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fills the inventory from the service, or from what was remembered of it."""
        super().parse(inventory, loader, path, cache=cache)
        remembered, instances = self.get_cached_result(path, cache)
        if not remembered:
            instances = self._listed()
            self.update_cached_result(path, cache, instances)
        self._populate(chosen(instances, self.get_option("tags"), self.get_option("states")))

    def _listed(self) -> list[dict[str, Any]]:
        """All instances of the regions. What chooses among them isn't remembered, so it can change at any time."""
        regions = self.get_option("regions") or [self.region]
        if None in regions:
            raise AnsibleParserError("No AWS region was given: set regions, or the environment variable AWS_REGION")
        found = []
        try:
            for region in regions:
                described = every(self.client("lightsail", region=region), "get_instances", "instances")
                found += [{**instance_view(one), "region": region} for one in described]
        except (ClientError, BotoCoreError) as error:
            raise AnsibleParserError(explain(error)) from error
        return found

    def _populate(self, instances: Sequence[Mapping[str, Any]]) -> None:
        strict = self.get_option("strict")
        for host, instance in zip(host_names(instances), instances, strict=True):
            self.inventory.add_host(host)
            variables = {PREFIX + key: value for key, value in instance.items()}
            if reached := address(instance, self.get_option("addresses")):
                variables["ansible_host"] = reached
            for key, value in variables.items():
                self.inventory.set_variable(host, key, value)
            groups = tag_groups(instance, self.get_option("environment_tag"), self.get_option("role_tag"))
            for group in groups:
                self.inventory.add_child(self.inventory.add_group(group), host)
            self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
            self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)
