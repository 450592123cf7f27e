# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A private S3 bucket: what S3 tells of it in many replies, as one description."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .convergence import Step, call, find
from .errors import NOT_ALLOWED, RefusedError, error_code, is_not_found

try:
    from botocore.exceptions import ClientError
except ImportError:
    # AnsibleAWSModule has reported the missing library before anything here is reached.
    ClientError = Exception

ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
OWNER_ENFORCED = "BucketOwnerEnforced"
# The rule that lets objects, old versions and broken uploads go; other rules of the bucket are left alone.
RULE_ID = "old-versions"
WHOLE_BUCKET: tuple[Any, ...] = (None, {}, {"Prefix": ""})
# DeleteObjects takes so many at once.
DELETED_AT_ONCE = 1000


def setting(client: Any, operation: str, name: str) -> dict[str, Any]:
    """One setting of a bucket, empty where it was never made. Some of S3's error codes for that are no NoSuch…."""
    try:
        return call(client, operation, Bucket=name)
    except ClientError as error:
        if is_not_found(error) or error_code(error).endswith("NotFoundError"):
            return {}
        raise


def describe_bucket(client: Any, name: str) -> dict[str, Any] | None:
    """The replies of S3 that tell a bucket's settings, or None when there is no such bucket.

    Raises:
        RefusedError: there is one, and it isn't ours to look at.
    """
    try:
        versioning = find(client, "get_bucket_versioning", Bucket=name)
    except ClientError as error:
        if error_code(error) in NOT_ALLOWED:
            raise RefusedError(
                f"bucket {name} is there, and these credentials may not look at it: names of buckets are the same "
                "for all of AWS, so it may be somebody else's; choose another name, or allow it in the IAM policy"
            ) from error
        raise
    if versioning is None:
        return None
    return {
        "versioning": versioning,
        "public_access": setting(client, "get_public_access_block", name),
        "ownership": setting(client, "get_bucket_ownership_controls", name),
        "encryption": setting(client, "get_bucket_encryption", name),
        "lifecycle": setting(client, "get_bucket_lifecycle_configuration", name),
        "tagging": setting(client, "get_bucket_tagging", name),
        "policy": setting(client, "get_bucket_policy", name),
    }


def lifecycle_rule(description: Mapping[str, Any]) -> dict[str, Any] | None:
    """The rule of this collection, where there is one that is in force for the whole bucket."""
    for rule in description["lifecycle"].get("Rules") or []:
        whole = rule.get("Filter") in WHOLE_BUCKET and rule.get("Prefix") in (None, "")
        if rule.get("ID") == RULE_ID and rule.get("Status") == "Enabled" and whole:
            found: dict[str, Any] = rule
            return found
    return None


def bucket_view(description: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the module compares and returns of a bucket; empty for one that isn't there."""
    if description is None:
        return {}
    rule = lifecycle_rule(description) or {}
    owners = description["ownership"].get("OwnershipControls", {}).get("Rules") or [{}]
    encryption = description["encryption"].get("ServerSideEncryptionConfiguration", {}).get("Rules") or [{}]
    default = encryption[0].get("ApplyServerSideEncryptionByDefault", {})
    policy = description["policy"].get("Policy")
    return {
        "versioning": description["versioning"].get("Status") == "Enabled",
        "public_access_blocked": description["public_access"].get("PublicAccessBlockConfiguration") == ALL_BLOCKED,
        "ownership": owners[0].get("ObjectOwnership"),
        "encryption": default.get("SSEAlgorithm"),
        "old_version_days": rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays"),
        "incomplete_upload_days": rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation"),
        "expiry_days": rule.get("Expiration", {}).get("Days"),
        "tags": {tag["Key"]: tag["Value"] for tag in description["tagging"].get("TagSet") or []},
        "policy": json.loads(policy) if policy else None,
    }


def lifecycle_with(description: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """PutBucketLifecycleConfiguration's arguments: the bucket's other rules, and this collection's."""
    lifecycle = description["lifecycle"] if description else {}
    rule: dict[str, Any] = {"ID": RULE_ID, "Status": "Enabled", "Filter": {"Prefix": ""}}
    if wanted["old_version_days"] is not None:
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": wanted["old_version_days"]}
    if wanted["incomplete_upload_days"] is not None:
        rule["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": wanted["incomplete_upload_days"]}
    if wanted["expiry_days"] is not None:
        rule["Expiration"] = {"Days": wanted["expiry_days"]}
    others = [other for other in lifecycle.get("Rules") or [] if other.get("ID") != RULE_ID]
    arguments: dict[str, Any] = {"LifecycleConfiguration": {"Rules": [*others, rule]}}
    if size := lifecycle.get("TransitionDefaultMinimumObjectSize"):
        arguments["TransitionDefaultMinimumObjectSize"] = size
    return arguments


def versions_of(client: Any, name: str) -> list[dict[str, str]]:
    """What a bucket holds, as DeleteObjects takes it: all versions of all objects, and the marks of deleted ones."""
    held: list[dict[str, str]] = []
    marker: dict[str, str] = {}
    while True:
        page = find(client, "list_object_versions", Bucket=name, **marker) or {}
        listed = [*(page.get("Versions") or []), *(page.get("DeleteMarkers") or [])]
        held.extend({"Key": one["Key"], "VersionId": one["VersionId"]} for one in listed)
        if not page.get("IsTruncated"):
            return held
        marker = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}


def deletion_steps(name: str, versions: list[dict[str, str]]) -> list[Step]:
    """The calls that empty and delete a bucket that holds these versions."""
    steps = [
        Step(
            "delete_objects",
            {"Bucket": name, "Delete": {"Objects": versions[first : first + DELETED_AT_ONCE], "Quiet": True}},
            receive=require_deleted,
        )
        for first in range(0, len(versions), DELETED_AT_ONCE)
    ]
    return [*steps, Step("delete_bucket", {"Bucket": name}, settled=lambda found: found is None)]


def require_deleted(reply: Mapping[str, Any]) -> None:
    """Raises a RefusedError when DeleteObjects tells, in a reply that is no error, of objects that it left."""
    for left in reply.get("Errors") or []:
        raise RefusedError(
            f"{left.get('Key')} was not deleted ({left.get('Code')}: {left.get('Message')}): allow it in the IAM "
            "policy (s3:DeleteObjectVersion), or end what holds the object, and run the task again"
        )
