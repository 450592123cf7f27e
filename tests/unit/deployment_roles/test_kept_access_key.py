"""What there is to do for the exports bucket's user and key, decided without IAM."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:a"}]}
ALL_THERE: dict[str, Any] = {"user": True, "policy": POLICY, "wanted": POLICY, "keys": {"A": True}, "kept": "A"}


@pytest.mark.parametrize(
    ("found", "steps"),
    [
        ({}, []),
        (
            {"user": False, "policy": None, "keys": {}, "kept": None},
            ["create_user", "put_user_policy", "create_access_key"],
        ),
        # The user was deleted by hand, and the key that is kept opens nothing.
        ({"user": False, "policy": None, "keys": {}}, ["create_user", "put_user_policy", "create_access_key"]),
        ({"policy": {**POLICY, "Statement": []}}, ["put_user_policy"]),
        ({"kept": None}, ["create_access_key"]),
        ({"kept": "B"}, ["create_access_key"]),
        ({"keys": {"A": False}}, ["create_access_key"]),
        ({"keys": {"A": True, "B": True}}, ["delete_access_key"]),
    ],
)
def test_steps(role_module: Callable[[str], ModuleType], found: dict[str, Any], steps: list[str]) -> None:
    module = role_module("exports/library/kept_access_key.py")
    assert module.steps_to(**(ALL_THERE | found)) == steps
