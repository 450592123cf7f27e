#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
"""Make the secrets of the Parameter Store that are missing, and give back all of them.

`community.aws.ssm_parameter` writes but cannot read, and the `ssm_parameter` lookup reads with the controller's own
environment instead of the task's; one module does both with one call when nothing is missing.
"""

from __future__ import annotations

import contextlib
import secrets
import string

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

with contextlib.suppress(ImportError):  # AnsibleAWSModule reports the missing package
    from botocore.exceptions import BotoCoreError, ClientError

DOCUMENTATION = r"""
---
module: generated_secrets
short_description: Secrets that are made once and kept in the Parameter Store
description:
  - Reads the named SecureString parameters under a prefix, makes those that are missing, and returns the values.
  - A secret that exists is never changed.
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
  length:
    description: Letters and digits of a new secret.
    type: int
    default: 40
"""

RETURN = r"""
values:
  description: Name to value. In check mode a secret that would be made has a value that is not kept.
  returned: always
  type: dict
made:
  description: Names of the secrets that were made.
  returned: always
  type: list
"""

ALPHABET = string.ascii_letters + string.digits
PARAMETERS_A_CALL = 10  # GetParameters refuses more


def new_secret(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def read(client, prefix: str, names: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(names), PARAMETERS_A_CALL):
        paths = [f"{prefix}/{name}" for name in names[start : start + PARAMETERS_A_CALL]]
        answer = client.get_parameters(Names=paths, WithDecryption=True)
        found |= {
            parameter["Name"].removeprefix(f"{prefix}/"): parameter["Value"] for parameter in answer["Parameters"]
        }
    return found


def put(client, prefix: str, name: str, value: str) -> None:
    """Store a new secret.

    Without Overwrite a run beside this one cannot have its secret replaced: the later call fails. Only where the
    value that is there is this very one was it this call, whose first reply got lost.
    """
    try:
        client.put_parameter(Name=f"{prefix}/{name}", Value=value, Type="SecureString")
    except ClientError as error:
        already_there = error.response["Error"]["Code"] == "ParameterAlreadyExists"
        if not already_there or read(client, prefix, [name]).get(name) != value:
            raise


def main() -> None:
    module = AnsibleAWSModule(
        argument_spec={
            "prefix": {"type": "str", "required": True},
            "names": {"type": "list", "elements": "str", "required": True},
            "length": {"type": "int", "default": 40},
        },
        supports_check_mode=True,
    )
    prefix, names = module.params["prefix"], module.params["names"]
    client = module.client("ssm")
    try:
        values = read(client, prefix, names)
        made = [name for name in names if name not in values]
        for name in made:
            values[name] = new_secret(module.params["length"])
            if not module.check_mode:
                put(client, prefix, name, values[name])
    except (BotoCoreError, ClientError) as error:
        module.fail_json_aws(error, msg=f"the secrets under {prefix} could not be read or made")
    module.exit_json(changed=bool(made), made=made, values=values)


if __name__ == "__main__":
    main()
