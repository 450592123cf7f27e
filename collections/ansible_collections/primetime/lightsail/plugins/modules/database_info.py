#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: database_info
short_description: Describe managed Lightsail databases
version_added: 0.1.0
description:
  - Describes one database, or all of a region.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Only this database. One that doesn't exist gives an empty list, not a failure.
    type: str
  tags:
    description: Only databases that have all these tags.
    type: dict
    default: {}
  parameters:
    description: Whether to read the parameters of O(name) too, which takes some calls.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Where the database is
  primetime.lightsail.database_info:
    name: prime-time-production
  register: found

- name: Up to when it can be restored, and what its parameters are
  primetime.lightsail.database_info:
    name: prime-time-production
    parameters: true
  register: found
"""

RETURN = r"""
databases:
  description: The databases, by name. Each has the fields of RV(primetime.lightsail.database#module:database).
  returned: always
  type: list
  elements: dict
parameters:
  description: The parameters by name, each with its value, allowed_values, data_type, apply_type (static ones need a
    reboot), apply_method, modifiable and description. Empty for a database that does not exist.
  returned: with O(parameters=true)
  type: dict
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import every
from ansible_collections.primetime.lightsail.plugins.module_utils.database_parameters import (
    parameters_view,
    read_parameters,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.databases import database_view, describe_database
from ansible_collections.primetime.lightsail.plugins.module_utils.listings import NAME_AND_TAGS, one_or_all, with_tags
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run

ARGUMENT_SPEC: dict[str, Any] = {
    **NAME_AND_TAGS,
    "parameters": {"type": "bool", "default": False},
}


def body(module: Any) -> dict[str, Any]:
    client, name = open_client(module, "lightsail"), module.params["name"]
    found = one_or_all(
        name,
        lambda wanted: describe_database(client, wanted),
        lambda: every(client, "get_relational_databases", "relationalDatabases"),
    )
    result = {"changed": False, "databases": with_tags(map(database_view, found), module.params["tags"])}
    if module.params["parameters"]:
        result["parameters"] = parameters_view(read_parameters(client, name) if found else {})
    return result


def main() -> None:
    run(ARGUMENT_SPEC, body, required_if=[("parameters", True, ["name"])])


if __name__ == "__main__":
    main()
