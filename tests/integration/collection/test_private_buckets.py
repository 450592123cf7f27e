"""The module private_bucket against an S3 over HTTP."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest

if TYPE_CHECKING:
    from conftest import Endpoint


def s3(endpoint: "Endpoint") -> Any:
    return boto3.client(
        "s3",
        endpoint_url=endpoint.url,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@pytest.fixture
def task() -> dict[str, Any]:
    name = f"papers-{uuid4().hex[:8]}"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{name}/*",
            }
        ],
    }
    options = {
        "name": name,
        "versioning": True,
        "old_version_days": 30,
        "incomplete_upload_days": 7,
        "expiry_days": 90,
        "tags": {"environment": "test"},
        "policy": policy,
    }
    return {"primetime.lightsail.private_bucket": options}


def test_what_is_predicted_is_done_once_even_when_replies_get_lost(
    cloudfront: "Endpoint", task: dict[str, Any]
) -> None:
    name = task["primetime.lightsail.private_bucket"]["name"]
    (predicted,) = cloudfront.play(task, check=True)
    assert cloudfront.front.changing() == []
    cloudfront.front.lose.append(f"PUT /{name}")
    (made,) = cloudfront.play(task)
    assert predicted["actions"] == made["actions"]
    assert predicted["diff"] == made["diff"]
    assert made["bucket"] == made["diff"]["after"]
    cloudfront.front.changing()
    (again,) = cloudfront.play(task)
    assert (again["changed"], cloudfront.front.changing()) == (False, [])


def test_what_somebody_changed_by_hand_is_predicted_and_mended(cloudfront: "Endpoint", task: dict[str, Any]) -> None:
    name = task["primetime.lightsail.private_bucket"]["name"]
    cloudfront.play(task)
    s3(cloudfront).put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    s3(cloudfront).delete_public_access_block(Bucket=name)
    (predicted,) = cloudfront.play(task, check=True)
    assert predicted["actions"] == ["put_public_access_block", "put_bucket_versioning"]
    (mended,) = cloudfront.play(task)
    assert mended["actions"] == predicted["actions"]
    assert mended["bucket"]["public_access_blocked"] is True
    assert cloudfront.play(task)[0]["changed"] is False


def test_a_name_that_s3_does_not_take_is_refused_in_one_line(cloudfront: "Endpoint", task: dict[str, Any]) -> None:
    task["primetime.lightsail.private_bucket"]["name"] = "not a bucket"
    (refused,) = cloudfront.play(task, fails=True)
    assert "\n" not in refused["msg"]
    assert "not a bucket" in refused["msg"]


def test_a_bucket_goes_with_what_it_holds_when_that_is_said(cloudfront: "Endpoint", task: dict[str, Any]) -> None:
    name = task["primetime.lightsail.private_bucket"]["name"]
    cloudfront.play(task)
    for body in (b"old", b"new"):
        s3(cloudfront).put_object(Bucket=name, Key="page", Body=body)
    s3(cloudfront).delete_object(Bucket=name, Key="page")
    cloudfront.front.changing()

    absent = {"primetime.lightsail.private_bucket": {"name": name, "state": "absent"}}
    (refused,) = cloudfront.play(absent, fails=True)
    assert f"bucket {name} holds 3 objects, old versions included" in refused["msg"]
    by_force = {"primetime.lightsail.private_bucket": {"name": name, "state": "absent", "force": True}}
    (predicted,) = cloudfront.play(by_force, check=True)
    assert cloudfront.front.changing() == []
    cloudfront.front.lose = [f"POST /{name}", f"DELETE /{name}"]
    (gone,) = cloudfront.play(by_force)
    assert predicted["actions"] == gone["actions"] == ["delete_objects", "delete_bucket"]
    assert predicted["diff"] == gone["diff"]
    assert (cloudfront.front.lose, gone["bucket"]) == ([], {})
    cloudfront.front.changing()
    (again,) = cloudfront.play(by_force)
    assert (again["changed"], cloudfront.front.changing()) == (False, [])
