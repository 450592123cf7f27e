"""The secrets role against a Parameter Store over HTTP: what is handed in, what is made up, and what is never shown."""

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest

if TYPE_CHECKING:
    from conftest import Endpoint

GIVEN = "handed-in-by-the-operator-0123456789"
OTHER = "another-by-the-operator-0123456789ab"


class SecretsRole:
    """Runs the role with one prefix of its own."""

    def __init__(self, endpoint: "Endpoint") -> None:
        self.endpoint = endpoint
        self.prefix = f"/prime-time/{uuid4().hex[:8]}"
        self.shown = ""  # all that the runs have shown

    def run(self, *, check: bool = False, fails: bool = False, **options: Any) -> list[dict[str, Any]]:
        variables = {f"secrets__{name}": value for name, value in options.items()}
        tasks = [
            {"include_role": {"name": "secrets"}, "vars": {"secrets__prefix": self.prefix, **variables}},
            {"debug": {"msg": "{{ secrets__answer.stored }}"}},
        ]
        roles = str(self.endpoint.repository / "roles")
        results = self.endpoint.play(*tasks, check=check, fails=fails, ANSIBLE_ROLES_PATH=roles)
        self.shown += json.dumps(results)
        return list(results)

    def kept(self) -> dict[str, str]:
        ssm = boto3.client(
            "ssm",
            endpoint_url=self.endpoint.url,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        found = ssm.get_parameters_by_path(Path=self.prefix, Recursive=True, WithDecryption=True)["Parameters"]
        assert {parameter["Type"] for parameter in found} <= {"SecureString"}
        return {parameter["Name"].removeprefix(f"{self.prefix}/"): parameter["Value"] for parameter in found}


@pytest.fixture
def role(cloudfront: "Endpoint") -> SecretsRole:
    return SecretsRole(cloudfront)


def test_a_secret_handed_in_is_kept_and_the_others_are_made_up(role: SecretsRole) -> None:
    given = {"jwt/secret": GIVEN}
    predicted = role.run(given=given, check=True)
    assert role.kept() == {}
    made = role.run(given=given)
    everything = ["database/password", "jwt/secret", "origin/secret", "administrator/password"]
    assert predicted[-1]["msg"] == made[-1]["msg"] == everything
    kept = role.kept()
    assert kept["jwt/secret"] == GIVEN
    role.endpoint.front.changing()
    again = role.run(given=given)
    assert [result["changed"] for result in again if "changed" in result] == [False] * len(again)
    assert role.endpoint.front.changing() == []
    assert role.kept() == kept
    for value in kept.values():
        assert value not in role.shown


def test_another_than_the_kept_one_is_refused_until_it_is_rotated(role: SecretsRole) -> None:
    role.run(given={"jwt/secret": GIVEN})
    refused = role.run(given={"jwt/secret": OTHER}, fails=True)
    assert "`fab rotate jwt/secret`" in refused[-1]["msg"]
    assert role.kept()["jwt/secret"] == GIVEN
    before = role.kept()

    rotated = role.run(given={"jwt/secret": OTHER}, rotate="jwt/secret")
    assert rotated[-1]["msg"] == ["jwt/secret"]
    assert role.kept() == before | {"jwt/secret": OTHER}
    # A rotation that stopped half way goes on with the same one.
    assert role.run(given={"jwt/secret": OTHER}, rotate="jwt/secret")[-1]["msg"] == []

    assert role.run(rotate="database/password")[-1]["msg"] == ["database/password"]
    assert role.kept()["database/password"] != before["database/password"]
    for value in (*before.values(), *role.kept().values()):
        assert value not in role.shown


def test_a_secret_that_could_not_be_used_is_refused_and_not_shown(role: SecretsRole) -> None:
    refused = role.run(given={"database/password": "has a blank in it"}, fails=True)
    assert "database/password cannot be used" in refused[-1]["msg"]
    assert "has a blank" not in role.shown
    assert role.kept() == {}
