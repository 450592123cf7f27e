#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets in the Parameter Store: keep those handed in, make those that are missing, change one, give back all.

`community.aws.ssm_parameter` writes but cannot read, and the `ssm_parameter` lookup reads with the controller's own
environment instead of the task's; one module does it all with one call when nothing is missing.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

with contextlib.suppress(ImportError):  # AnsibleAWSModule reports the missing package
    from botocore.exceptions import BotoCoreError, ClientError

DOCUMENTATION = r"""
---
module: kept_secrets
short_description: Secrets that are kept in the Parameter Store
description:
  - Reads the named SecureString parameters under a prefix, stores those that are missing, and returns the values.
  - A missing one is stored as it was handed in, or else made up.
  - A secret that exists is changed only where O(rotate) names it. One that was handed in with another value than the
    one kept fails the task, so that nothing half knows a new secret.
author: Prime Time contributors
options:
  prefix:
    description: The folder of the parameters, without a slash at the end.
    type: str
    required: true
  names:
    description: Their names below the prefix.
    type: list
    elements: str
    required: true
  optional:
    description:
      - Names of those that may be missing. None is made up; one that is handed in is stored, in place of the one kept.
    type: list
    elements: str
    default: []
  given:
    description: Name to value of those that the operator hands in.
    type: dict
    default: {}
  rotate:
    description:
      - The name of a secret to replace, by the value handed in or else by a new one.
      - One that was handed in and is the one kept stays, so that a rotation that stopped half way goes on.
    type: str
    default: ""
  length:
    description: Letters and digits of a new secret.
    type: int
    default: 40
"""

RETURN = r"""
values:
  description:
    - Name to value, without the optional ones that are missing. In check mode a secret that would be made has a value
      that is not kept.
  returned: always
  type: dict
stored:
  description: Names of the secrets that were stored.
  returned: always
  type: list
"""

ALPHABET = string.ascii_letters + string.digits
PARAMETERS_A_CALL = 10  # GetParameters refuses more
# What needs no quoting in an address, an env file or a header, and is long enough for what it opens.
FORM = re.compile(r"[A-Za-z0-9._~-]{12,128}")
# Optional ones are somebody else's: they come as they are, and go into the settings file alone.
FOREIGN_FORM = re.compile(r"[A-Za-z0-9._~+/=@:!*-]{1,256}")
LENGTHS = {"jwt/secret": 32, "origin/secret": 32}


class RefusedError(Exception):
    """What was asked mustn't be done; the message says why and what to do, and has no secret in it."""


@dataclass(frozen=True)
class Change:
    """A secret to store, and whether there is one that it replaces."""

    name: str
    value: str
    replaces: bool


def check_given(given: Mapping[str, object], names: Sequence[str], optional: Sequence[str] = ()) -> dict[str, str]:
    """The secrets handed in.

    Raises:
        RefusedError: one has no such name, or cannot be used.
    """
    if unknown := sorted(set(given) - set(names) - set(optional)):
        raise RefusedError(f"there is no secret {', '.join(unknown)}; there are {', '.join([*names, *optional])}")
    for name, value in given.items():
        if name in optional:
            if not isinstance(value, str) or not FOREIGN_FORM.fullmatch(value):
                raise RefusedError(
                    f"{name} cannot be used as it was handed in: give at most 256 letters, digits and . _ ~ + / = @ : "
                    "! * -, nothing else"
                )
            continue
        if not isinstance(value, str) or not FORM.fullmatch(value):
            raise RefusedError(
                f"{name} cannot be used as it was handed in: give 12 to 128 letters, digits and . _ ~ -, nothing else"
            )
        if len(value) < LENGTHS.get(name, 0):
            raise RefusedError(f"{name} was handed in with {len(value)} characters: give {LENGTHS[name]} or more")
    return {name: str(value) for name, value in given.items()}


def plan(
    kept: Mapping[str, str],
    names: Sequence[str],
    given: Mapping[str, str],
    rotate: str,
    length: int,
    optional: Sequence[str] = (),
) -> list[Change]:
    """What is to be stored.

    Args:
        kept: name to value of those in the Parameter Store.
        names: those that there must be.
        given: those handed in.
        rotate: the one to replace, or empty.
        length: letters and digits of a new one.
        optional: those that there may be.

    Raises:
        RefusedError: one handed in is not the one kept, and is not the one to replace.
    """
    if rotate and rotate not in names:
        raise RefusedError(f"there is no secret {rotate}; there are {', '.join(names)}")
    changes = []
    for name in names:
        value = given.get(name)
        if name not in kept or (name == rotate and value != kept[name]):
            changes.append(Change(name, value or new_secret(length), name in kept))
        elif value is not None and value != kept[name]:
            raise RefusedError(
                f"{name} was handed in, and another one is kept: `fab rotate {name}` brings the new one to everything "
                "that uses it"
            )
    changes += [
        Change(name, given[name], name in kept) for name in optional if name in given and given[name] != kept.get(name)
    ]
    return changes


def new_secret(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def read(client, prefix: str, names: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(names), PARAMETERS_A_CALL):
        paths = [f"{prefix}/{name}" for name in names[start : start + PARAMETERS_A_CALL]]
        answer = client.get_parameters(Names=paths, WithDecryption=True)
        found |= {
            parameter["Name"].removeprefix(f"{prefix}/"): parameter["Value"] for parameter in answer["Parameters"]
        }
    return found


def put(client, prefix: str, change: Change) -> None:
    """Store a secret.

    Without Overwrite a run beside this one cannot have its new secret replaced: the later call fails. Only where the
    value that is there is this very one was it this call, whose first reply got lost.
    """
    path = f"{prefix}/{change.name}"
    if change.replaces:
        client.put_parameter(Name=path, Value=change.value, Type="SecureString", Overwrite=True)
        return
    try:
        client.put_parameter(Name=path, Value=change.value, Type="SecureString")
    except ClientError as error:
        already_there = error.response["Error"]["Code"] == "ParameterAlreadyExists"
        if not already_there or read(client, prefix, [change.name]).get(change.name) != change.value:
            raise


def main() -> None:
    module = AnsibleAWSModule(
        argument_spec={
            "prefix": {"type": "str", "required": True},
            "names": {"type": "list", "elements": "str", "required": True},
            "optional": {"type": "list", "elements": "str", "default": []},
            # The task has no_log. Marked here too, the values would be blotted out of what this module gives back.
            "given": {"type": "dict", "default": {}, "no_log": False},
            "rotate": {"type": "str", "default": ""},
            "length": {"type": "int", "default": 40},
        },
        supports_check_mode=True,
    )
    wanted = module.params
    prefix, names, optional = wanted["prefix"], wanted["names"], wanted["optional"]
    try:
        given = check_given(wanted["given"], names, optional)
        client = module.client("ssm")
        values = read(client, prefix, [*names, *optional])
        changes = plan(values, names, given, wanted["rotate"], wanted["length"], optional)
        for change in changes:
            values[change.name] = change.value
            if not module.check_mode:
                put(client, prefix, change)
    except RefusedError as refusal:
        module.fail_json(msg=str(refusal))
    except (BotoCoreError, ClientError) as error:
        module.fail_json_aws(error, msg=f"the secrets under {prefix} could not be read or stored")
    module.exit_json(changed=bool(changes), stored=[change.name for change in changes], values=values)


if __name__ == "__main__":
    main()
