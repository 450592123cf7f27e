#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: snapshot_info
short_description: Describe Lightsail snapshots
version_added: 0.1.0
description:
  - Describes one snapshot of an instance, disk or database, or all of a region.
  - Automatic ones have no name and are left out.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Only this snapshot. One that doesn't exist gives an empty list, not a failure.
    type: str
  kind:
    description: What they are snapshots of.
    type: str
    choices: [instance, disk, database]
    required: true
  source_name:
    description: Only snapshots of this instance, disk or database.
    type: str
  tags:
    description: Only snapshots that have all these tags.
    type: dict
    default: {}
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: What there is of the database
  primetime.lightsail.snapshot_info:
    kind: database
    source_name: prime-time-production
  register: found
"""

RETURN = r"""
snapshots:
  description: The snapshots, oldest first. Each has the fields of RV(primetime.lightsail.snapshot#module:snapshot).
  returned: always
  type: list
  elements: dict
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.listings import one_or_all, with_tags
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run
from ansible_collections.primetime.lightsail.plugins.module_utils.snapshots import KINDS, snapshot_view

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str"},
    "kind": {"type": "str", "choices": ["instance", "disk", "database"], "required": True},
    "source_name": {"type": "str"},
    "tags": {"type": "dict", "default": {}},
}


def body(module: Any) -> dict[str, Any]:
    client, kind, source = open_client(module, "lightsail"), module.params["kind"], module.params["source_name"]
    words = KINDS[kind]
    found = one_or_all(module.params["name"], lambda name: words.describe(client, name), lambda: words.every(client))
    views = [snapshot_view(kind, description) for description in found]
    of_source = [view for view in views if source in (None, view["source_name"])]
    listed = with_tags(of_source, module.params["tags"])
    return {"changed": False, "snapshots": sorted(listed, key=lambda view: str(view["created_at"]))}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
