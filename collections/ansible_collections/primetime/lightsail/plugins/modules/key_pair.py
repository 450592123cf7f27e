#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: key_pair
short_description: Import, create and delete a Lightsail key pair
version_added: 0.1.0
description:
  - Makes sure that a key pair is known to Lightsail, from your own public key or with a private key of Lightsail's.
  - An imported key is remembered by its SHA-256 in the tag V(public-key-sha256), since Lightsail doesn't give public
    keys back. A different key under the same name fails the task unless O(replace=true).
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Name of the key pair.
    type: str
    required: true
  state:
    description: Whether it shall exist.
    type: str
    choices: [present, absent]
    default: present
  public_key:
    description: The public key to import, as in an OpenSSH C(.pub) file.
    type: str
  private_key_file:
    description:
      - Without O(public_key), Lightsail makes the pair, and the private key is written to this file with mode 0600.
      - Lightsail hands a private key out once. If the key pair exists but the file doesn't, the task fails.
    type: path
  replace:
    description:
      - Whether a key pair with another public key is deleted and imported anew.
      - Instances that exist keep the key that they were created with. Its other tags are kept.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.wait
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: The deployment's own key
  primetime.lightsail.key_pair:
    name: prime-time-production
    public_key: "{{ lookup('ansible.builtin.file', '~/.ssh/prime-time.pub') }}"

- name: A key that Lightsail makes
  primetime.lightsail.key_pair:
    name: spare
    private_key_file: ~/.ssh/spare
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [import_key_pair, tag_resource]
key_pair:
  description: The key pair as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
    fingerprint: {description: Its fingerprint as Lightsail shows it., type: str}
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, converge, find
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import WAIT_OPTIONS, open_client, run
from ansible_collections.primetime.lightsail.plugins.module_utils.tags import from_wire, tag_steps, to_wire

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "public_key": {"type": "str"},
    "private_key_file": {"type": "path"},
    "replace": {"type": "bool", "default": False},
    **WAIT_OPTIONS,
}

DIGEST_TAG = "public-key-sha256"


def key_digest(public_key: str) -> str:
    """SHA-256 (hex) of a public key without its comment.

    Raises:
        RefusedError: it isn't one line of an OpenSSH public key.
    """
    words = public_key.split()
    if len(words) < 2 or len(public_key.strip().splitlines()) != 1 or "PRIVATE" in public_key:
        raise RefusedError(
            "public_key is no OpenSSH public key: give the one line of a .pub file, 'ssh-rsa AAAA… comment'"
        )
    return hashlib.sha256(" ".join(words[:2]).encode()).hexdigest()


def digest_of(description: Any) -> str:
    """The remembered digest of an imported key; empty for one that wasn't imported by this module."""
    return from_wire(description.get("tags")).get(DIGEST_TAG, "")


def comparable(description: Any) -> dict[str, Any]:
    return {} if description is None else {"name": description["name"], "public_key_sha256": digest_of(description)}


def is_there(description: Any) -> bool:
    return description is not None


def is_absent(description: Any) -> bool:
    return description is None


def plan(
    description: Any,
    wanted: Mapping[str, Any],
    *,
    file_exists: bool = False,
    receive: Callable[[Mapping[str, Any]], None] | None = None,
) -> Plan:
    """The calls that import, create, replace or delete.

    Args:
        description: Lightsail's KeyPair structure, or None.
        wanted: the module's options.
        file_exists: whether private_key_file is there.
        receive: stores the private key out of CreateKeyPair's reply.

    Raises:
        RefusedError: the key differs, or its private half can't be had any more.
    """
    name, before = wanted["name"], comparable(description)
    delete = Step("delete_key_pair", {"keyPairName": name}, settled=is_absent)
    if wanted["state"] == "absent":
        return Plan(before, {}, () if description is None else (delete,))
    if wanted.get("public_key"):
        return plan_import(description, before, wanted, delete)
    create = Step("create_key_pair", {"keyPairName": name}, settled=is_there, receive=receive)
    after = {"name": name, "public_key_sha256": ""}
    if description is None:
        if file_exists:
            raise RefusedError(
                f"{wanted['private_key_file']} exists, and a new key pair would overwrite it: move it away, "
                "or import its public half with public_key"
            )
        return Plan(before, after, (create,))
    if file_exists:
        return Plan(before, before)
    if not wanted.get("replace"):
        raise RefusedError(
            f"key pair {name} exists but {wanted['private_key_file']} doesn't, and Lightsail hands a private key out "
            "once: restore the file, or set replace: true to make a new pair"
        )
    return Plan(before, after, (delete, create, *tag_steps(name, {}, from_wire(description.get("tags")))))


def plan_import(description: Any, before: dict[str, Any], wanted: Mapping[str, Any], delete: Step) -> Plan:
    """The calls that import the public key under its name."""
    name, digest = wanted["name"], key_digest(wanted["public_key"])
    after = {"name": name, "public_key_sha256": digest}
    if before == after:
        return Plan(before, after)
    adopt = Step("tag_resource", {"resourceName": name, "tags": to_wire({DIGEST_TAG: digest})})
    arguments = {"keyPairName": name, "publicKeyBase64": wanted["public_key"].strip()}
    create = (Step("import_key_pair", arguments, settled=is_there), adopt)
    if description is None:
        return Plan(before, after, create)
    if wanted.get("replace"):
        tags = {**from_wire(description.get("tags")), DIGEST_TAG: digest}
        return Plan(before, after, (delete, create[0], *tag_steps(name, {}, tags)))
    told = "has another public key" if digest_of(description) else "has a public key that this module didn't import"
    raise RefusedError(
        f"key pair {name} {told}: give the key that it has, choose another name, or set replace: true to import this "
        "one in its place (instances that exist keep the old key)"
    )


def write_private_key(path: Path, private_key: str) -> None:
    """Writes a private key whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(private_key if private_key.endswith("\n") else private_key + "\n")
        temporary.chmod(0o600)
        temporary.replace(path)
    except OSError:
        temporary.unlink()
        raise


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")
    path = Path(wanted["private_key_file"] or os.devnull)

    def describe() -> Any:
        found = find(client, "get_key_pair", keyPairName=wanted["name"])
        return found["keyPair"] if found else None

    def planned(description: Any) -> Plan:
        return plan(
            description,
            wanted,
            file_exists=bool(wanted["private_key_file"]) and path.exists(),
            receive=lambda reply: write_private_key(path, reply["privateKeyBase64"]),
        )

    outcome = converge(module, client, f"key pair {wanted['name']}", describe, planned)
    now = outcome.description
    shown = {} if now is None else {key: now.get(key) for key in ("name", "arn", "fingerprint")}
    return {**outcome.fields(), "key_pair": shown}


def main() -> None:
    run(
        ARGUMENT_SPEC,
        body,
        mutually_exclusive=[("public_key", "private_key_file")],
        required_if=[("state", "present", ["public_key", "private_key_file"], True)],
    )


if __name__ == "__main__":
    main()
