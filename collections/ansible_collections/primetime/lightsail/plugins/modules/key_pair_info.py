#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: key_pair_info
short_description: Describe Lightsail key pairs
version_added: 0.1.0
description:
  - Describes one key pair, or all of a region. Lightsail gives neither half of a key back.
  - Changes nothing, so check mode is the same as a run.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Only this key pair. One that doesn't exist gives an empty list, not a failure.
    type: str
  tags:
    description: Only key pairs that have all these tags.
    type: dict
    default: {}
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Which keys there are
  primetime.lightsail.key_pair_info:
  register: keys
"""

RETURN = r"""
key_pairs:
  description: The key pairs, by name.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
    fingerprint: {description: Its fingerprint as Lightsail shows it., type: str}
    tags: {description: Tags., type: dict}
"""

from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import every, find
from ansible_collections.primetime.lightsail.plugins.module_utils.listings import NAME_AND_TAGS, one_or_all, with_tags
from ansible_collections.primetime.lightsail.plugins.module_utils.module import open_client, run
from ansible_collections.primetime.lightsail.plugins.module_utils.tags import from_wire

ARGUMENT_SPEC: dict[str, Any] = {**NAME_AND_TAGS}


def view(description: Any) -> dict[str, Any]:
    """What the module returns of a key pair."""
    shown = {key: description.get(key) for key in ("name", "arn", "fingerprint")}
    return {**shown, "tags": from_wire(description.get("tags"))}


def body(module: Any) -> dict[str, Any]:
    client = open_client(module, "lightsail")

    def one(name: str) -> Any:
        found = find(client, "get_key_pair", keyPairName=name)
        return found["keyPair"] if found else None

    found = one_or_all(module.params["name"], one, lambda: every(client, "get_key_pairs", "keyPairs"))
    return {"changed": False, "key_pairs": with_tags(map(view, found), module.params["tags"])}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
