#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
"""An IAM user for one purpose, with one access key, which the Parameter Store keeps as ID:SECRET.

`amazon.aws.iam_access_key` gives the secret back once and leaves it to whoever calls to keep it: a run that is cut off
in between leaves a key that nobody knows. Here such a key is removed by the next run.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.policy import compare_policies

with contextlib.suppress(ImportError):  # AnsibleAWSModule reports the missing package
    from botocore.exceptions import BotoCoreError, ClientError

DOCUMENTATION = r"""
---
module: kept_access_key
short_description: An IAM user with one access key that the Parameter Store keeps
description:
  - Makes the user, gives it one inline policy, and sees that the key that is kept is its only one.
  - Where none is kept, or the one kept is not the user's any more, a new one is made and stored as a SecureString.
author: Prime Time contributors
options:
  user:
    description: The user's name; the policy has the same.
    type: str
    required: true
  parameter:
    description: The Parameter Store's name for the key.
    type: str
    required: true
  policy:
    description: What the user may do. Needed unless O(state=absent).
    type: dict
  state:
    description: With V(absent) user, key and parameter go.
    type: str
    choices: [present, absent]
    default: present
"""

RETURN = r"""
actions:
  description: What was done, in order; in check mode what would have been.
  returned: always
  type: list
"""

# Each lost reply may leave a key of which nobody knows the secret.
ATTEMPTS = 5


def steps_to(
    *,
    user: bool,
    policy: Mapping[str, Any] | None,
    wanted: Mapping[str, Any],
    keys: Mapping[str, bool],
    kept: str | None,
) -> list[str]:
    """What is to be done.

    Args:
        user: whether there is one.
        policy: the one it has.
        wanted: the one it should have.
        keys: ids of its keys, and whether each is active.
        kept: the id of the key that the Parameter Store has.
    """
    steps = [] if user else ["create_user"]
    if policy is None or compare_policies(dict(policy), dict(wanted)):
        steps.append("put_user_policy")
    if kept is None or not keys.get(kept):
        steps.append("create_access_key")
    elif len(keys) > 1:
        steps.append("delete_access_key")
    return steps


class User:
    """An IAM user as this module looks at it and changes it."""

    def __init__(self, iam: Any, ssm: Any, name: str, parameter: str) -> None:
        self._iam, self._ssm = iam, ssm
        self._name = {"UserName": name}
        self._parameter = parameter

    def exists(self) -> bool:
        return _found(self._iam.get_user, **self._name) is not None

    def policy(self) -> dict[str, Any] | None:
        found = _found(self._iam.get_user_policy, **self._name, PolicyName=self._name["UserName"])
        if found is None:
            return None
        document = found["PolicyDocument"]
        return dict(json.loads(document) if isinstance(document, str) else document)

    def keys(self) -> dict[str, bool]:
        """Its keys' ids, and whether each is active."""
        found = _found(self._iam.list_access_keys, **self._name)
        listed = found["AccessKeyMetadata"] if found else []
        return {key["AccessKeyId"]: key["Status"] == "Active" for key in listed}

    def kept(self) -> str | None:
        """The id of the key that is kept."""
        found = _found(self._ssm.get_parameter, Name=self._parameter, WithDecryption=True)
        return str(found["Parameter"]["Value"]).partition(":")[0] if found else None

    def create(self) -> None:
        try:
            self._iam.create_user(**self._name)
        except ClientError as error:
            if _code(error) != "EntityAlreadyExists":  # this very call's first reply got lost
                raise

    def put_policy(self, policy: Mapping[str, Any]) -> None:
        self._iam.put_user_policy(**self._name, PolicyName=self._name["UserName"], PolicyDocument=json.dumps(policy))

    def delete_keys(self, *, but: str | None = None) -> None:
        for key in self.keys():
            if key != but:
                _found(self._iam.delete_access_key, **self._name, AccessKeyId=key)

    def renew_key(self) -> None:
        """Make a key, keep it, and leave no other."""
        for attempt in range(ATTEMPTS):
            self.delete_keys()
            try:
                key = self._iam.create_access_key(**self._name)["AccessKey"]
                break
            except ClientError as error:
                if _code(error) != "LimitExceeded" or attempt + 1 == ATTEMPTS:
                    raise
        value = f"{key['AccessKeyId']}:{key['SecretAccessKey']}"
        self._ssm.put_parameter(Name=self._parameter, Value=value, Type="SecureString", Overwrite=True)
        self.delete_keys(but=key["AccessKeyId"])

    def delete(self) -> None:
        self.delete_keys()
        _found(self._iam.delete_user_policy, **self._name, PolicyName=self._name["UserName"])
        _found(self._iam.delete_user, **self._name)

    def forget(self) -> None:
        _found(self._ssm.delete_parameter, Name=self._parameter)


def present(user: User, wanted: Mapping[str, Any], *, check: bool) -> list[str]:
    exists = user.exists()
    kept = user.kept()
    steps = steps_to(
        user=exists,
        policy=user.policy() if exists else None,
        wanted=wanted,
        keys=user.keys(),
        kept=kept,
    )
    if check:
        return steps
    if "create_user" in steps:
        user.create()
    if "put_user_policy" in steps:
        user.put_policy(wanted)
    if "create_access_key" in steps:
        user.renew_key()
    elif "delete_access_key" in steps:
        user.delete_keys(but=kept)
    return steps


def absent(user: User, *, check: bool) -> list[str]:
    steps = (["delete_user"] if user.exists() else []) + (["delete_parameter"] if user.kept() is not None else [])
    if not check:
        if "delete_user" in steps:
            user.delete()
        if "delete_parameter" in steps:
            user.forget()
    return steps


def _found(call: Any, **arguments: Any) -> Any:
    """A call's answer; None where what it is about does not exist."""
    try:
        return call(**arguments)
    except ClientError as error:
        if _code(error) in ("NoSuchEntity", "ParameterNotFound"):
            return None
        raise


def _code(error: Any) -> str:
    return str(error.response["Error"]["Code"])


def main() -> None:
    module = AnsibleAWSModule(
        argument_spec={
            "user": {"type": "str", "required": True},
            "parameter": {"type": "str", "required": True},
            "policy": {"type": "dict"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["policy"])],
        supports_check_mode=True,
    )
    wanted = module.params
    try:
        user = User(module.client("iam"), module.client("ssm"), wanted["user"], wanted["parameter"])
        if wanted["state"] == "absent":
            actions = absent(user, check=module.check_mode)
        else:
            actions = present(user, wanted["policy"], check=module.check_mode)
    except (BotoCoreError, ClientError) as error:
        module.fail_json_aws(
            error, msg=f"the key of {wanted['user']} could not be seen to; docs/exports.md has the IAM actions it takes"
        )
    module.exit_json(changed=bool(actions), actions=actions)


if __name__ == "__main__":
    main()
