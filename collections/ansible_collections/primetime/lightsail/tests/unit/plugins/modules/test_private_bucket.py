"""The plans of the module private_bucket."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.private_buckets import require_deleted
from ansible_collections.primetime.lightsail.plugins.modules.private_bucket import plan, plan_absence

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}],
}
WANTED = {
    "name": "site",
    "versioning": True,
    "old_version_days": 30,
    "incomplete_upload_days": 7,
    "policy": None,
    "tags": {"environment": "test"},
    "purge_tags": False,
}
RULE = {
    "ID": "old-versions",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}


def described(**changes: Any) -> dict[str, Any]:
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    return {
        "versioning": {"Status": "Enabled"},
        "public_access": {
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            }
        },
        "ownership": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        "encryption": {"ServerSideEncryptionConfiguration": {"Rules": [default]}},
        "lifecycle": {"Rules": [RULE]},
        "tagging": {"TagSet": [{"Key": "environment", "Value": "test"}]},
        "policy": {"Policy": json.dumps(POLICY)},
        **changes,
    }


def operations(description: Any, region: str = "eu-central-1", **options: Any) -> list[str]:
    return [step.operation for step in plan(description, {**WANTED, **options}, region=region).steps]


def test_a_new_bucket_is_made_in_its_region_and_closed_before_anything_else() -> None:
    steps = plan(None, WANTED, region="eu-central-1").steps
    assert steps[0].arguments["CreateBucketConfiguration"] == {"LocationConstraint": "eu-central-1"}
    assert [step.operation for step in steps] == [
        "create_bucket",
        "put_public_access_block",
        "put_bucket_ownership_controls",
        "put_bucket_encryption",
        "put_bucket_versioning",
        "put_bucket_lifecycle_configuration",
        "put_bucket_tagging",
    ]
    assert plan(None, WANTED, region="us-east-1").steps[0].arguments == {"Bucket": "site"}


def test_nothing_differs_and_what_is_not_given_is_left() -> None:
    assert operations(described()) == []
    bare = {"versioning": None, "old_version_days": None, "incomplete_upload_days": None, "tags": None}
    assert operations(described(versioning={}, lifecycle={}, tagging={}), **bare) == []


def test_each_setting_that_drifted_is_mended_alone() -> None:
    assert operations(described(public_access={})) == ["put_public_access_block"]
    assert operations(described(versioning={"Status": "Suspended"})) == ["put_bucket_versioning"]
    assert operations(described(encryption={})) == ["put_bucket_encryption"]
    assert operations(described(), policy={}) == ["delete_bucket_policy"]
    assert operations(described(), policy={**POLICY, "Statement": []}) == ["put_bucket_policy"]


def test_a_bucket_with_kms_stays_so() -> None:
    kms = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"}}
    assert operations(described(encryption={"ServerSideEncryptionConfiguration": {"Rules": [kms]}})) == []


def test_a_policy_written_in_another_way_is_the_same() -> None:
    listed = json.loads(json.dumps(POLICY))
    listed["Statement"][0]["Action"] = ["s3:GetObject"]
    assert operations(described(), policy=listed) == []


def test_other_rules_stay_and_a_disabled_one_of_ours_is_enabled() -> None:
    other = {"ID": "archive", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 9}}
    disabled = {**RULE, "Status": "Disabled"}
    (step,) = plan(described(lifecycle={"Rules": [other, disabled]}), WANTED, region="eu-central-1").steps
    assert step.arguments["LifecycleConfiguration"]["Rules"] == [other, RULE]


def test_what_a_bucket_holds_goes_a_thousand_at_a_time_and_only_by_force() -> None:
    versions = [{"Key": f"page-{number}", "VersionId": "null"} for number in range(2001)]
    with pytest.raises(RefusedError, match="bucket site holds 2001 objects, old versions included: set force: true"):
        plan_absence(described(versions=versions), WANTED)
    gone = plan_absence(described(versions=versions), {**WANTED, "force": True})
    assert [step.operation for step in gone.steps] == ["delete_objects"] * 3 + ["delete_bucket"]
    assert [len(step.arguments["Delete"]["Objects"]) for step in gone.steps[:3]] == [1000, 1000, 1]
    assert (gone.before["objects"], gone.after) == (2001, {})
    assert [step.operation for step in plan_absence(described(versions=[]), WANTED).steps] == ["delete_bucket"]
    assert plan_absence(None, WANTED).steps == ()


def test_an_object_that_stays_is_told() -> None:
    require_deleted({})
    with pytest.raises(RefusedError, match=r"page was not deleted \(AccessDenied: no\): allow it"):
        require_deleted({"Errors": [{"Key": "page", "Code": "AccessDenied", "Message": "no"}]})


def test_objects_expire_where_that_is_wanted_and_only_there() -> None:
    (step,) = plan(described(), {**WANTED, "expiry_days": 8}, region="eu-central-1").steps
    assert step.arguments["LifecycleConfiguration"]["Rules"] == [{**RULE, "Expiration": {"Days": 8}}]
    expiring = described(lifecycle={"Rules": [{**RULE, "Expiration": {"Days": 8}}]})
    assert operations(expiring) == []
    assert operations(expiring, expiry_days=9) == ["put_bucket_lifecycle_configuration"]
