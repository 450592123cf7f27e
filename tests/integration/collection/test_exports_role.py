"""The exports role against S3, IAM and the Parameter Store: one bucket, one user, one key, and that is the one kept."""

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest

if TYPE_CHECKING:
    from conftest import Endpoint


class ExportsRole:
    """Runs the role with names of its own."""

    def __init__(self, endpoint: "Endpoint") -> None:
        self.endpoint = endpoint
        self.name = f"exports-{uuid4().hex[:8]}"
        self.parameter = f"/prime-time/{self.name}/exports/access-key"
        self.shown = ""  # all that the runs have shown

    def run(self, tasks_from: str = "main", *, check: bool = False) -> list[dict[str, Any]]:
        variables = {
            "environment_name": "test",
            "exports__bucket": self.name,
            "exports__user": self.name,
            "exports__parameter": self.parameter,
        }
        task = {"include_role": {"name": "exports", "tasks_from": tasks_from}, "vars": variables}
        repository = self.endpoint.repository
        results = self.endpoint.play(task, check=check, ANSIBLE_ROLES_PATH=str(repository / "roles"))
        self.shown += json.dumps(results)
        return [result for result in results if "changed" in result and "actions" in result]

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint.url,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def keys(self) -> list[str]:
        return [
            key["AccessKeyId"] for key in self.client("iam").list_access_keys(UserName=self.name)["AccessKeyMetadata"]
        ]

    def kept(self) -> str:
        return str(self.client("ssm").get_parameter(Name=self.parameter, WithDecryption=True)["Parameter"]["Value"])


@pytest.fixture
def role(cloudfront: "Endpoint") -> ExportsRole:
    return ExportsRole(cloudfront)


def test_a_bucket_whose_objects_go_and_a_key_that_may_use_it_alone(role: ExportsRole) -> None:
    predicted = role.run(check=True)
    assert role.name not in [one["Name"] for one in role.client("s3").list_buckets()["Buckets"]]
    assert role.name not in [one["UserName"] for one in role.client("iam").list_users()["Users"]]
    bucket, key = role.run()
    assert [one["actions"] for one in predicted] == [bucket["actions"], key["actions"]]
    assert key["actions"] == ["create_user", "put_user_policy", "create_access_key"]
    (rule,) = role.client("s3").get_bucket_lifecycle_configuration(Bucket=role.name)["Rules"]
    assert rule["Expiration"] == {"Days": 8}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    policy = role.client("iam").get_user_policy(UserName=role.name, PolicyName=role.name)["PolicyDocument"]
    assert {one["Resource"] for one in policy["Statement"]} == {
        f"arn:aws:s3:::{role.name}/*",
        f"arn:aws:s3:::{role.name}",
    }
    kept_id, _, secret = role.kept().partition(":")
    assert role.keys() == [kept_id]
    assert [one["changed"] for one in role.run()] == [False, False]
    assert len(secret) > 20
    assert secret not in role.shown


def test_what_is_not_the_kept_key_goes_and_a_lost_one_is_made_anew(role: ExportsRole) -> None:
    role.run()
    before = role.kept()
    iam = role.client("iam")
    iam.create_access_key(UserName=role.name)
    iam.put_user_policy(
        UserName=role.name,
        PolicyName=role.name,
        PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        ),
    )
    _, key = role.run()
    assert key["actions"] == ["put_user_policy", "delete_access_key"]
    assert (role.kept(), role.keys()) == (before, [before.partition(":")[0]])

    # Two that nobody knows, which is all that a user may have: a run was cut off, and so was the next.
    iam.create_access_key(UserName=role.name)
    role.client("ssm").delete_parameter(Name=role.parameter)
    _, key = role.run()
    assert key["actions"] == ["create_access_key"]
    assert role.keys() == [role.kept().partition(":")[0]]
    assert role.kept() != before

    iam.update_access_key(UserName=role.name, AccessKeyId=role.keys()[0], Status="Inactive")
    _, key = role.run()
    assert key["actions"] == ["create_access_key"]


def test_all_of_it_goes(role: ExportsRole) -> None:
    role.run()
    role.client("s3").put_object(Bucket=role.name, Key="a/file.csv", Body=b"PMID")
    role.run("absent")
    assert role.name not in [one["Name"] for one in role.client("s3").list_buckets()["Buckets"]]
    assert role.name not in [one["UserName"] for one in role.client("iam").list_users()["Users"]]
    assert role.client("ssm").get_parameters(Names=[role.parameter])["InvalidParameters"] == [role.parameter]
    role.run("absent")
