#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: private_bucket
short_description: Create, mend and delete a private S3 bucket
version_added: 0.3.0
description:
  - Makes sure that an S3 bucket exists which nobody but its owner reaches, save whom its policy names, or that it is
    gone.
  - Public access is blocked, access control lists are off, and new objects are encrypted. Where the bucket's default is
    KMS encryption, it is left so.
  - M(amazon.aws.s3_bucket) and M(community.aws.s3_lifecycle) have no check mode, so a plan can't tell what they would
    do.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Name of the bucket, the same for all of AWS.
    type: str
    required: true
  state:
    description: Whether it shall exist.
    type: str
    choices: [present, absent]
    default: present
  force:
    description: With O(state=absent), whether what it holds is deleted with it, old versions too.
    type: bool
    default: false
  versioning:
    description: Whether old versions of objects are kept. Without this option it is left as it is.
    type: bool
  old_version_days:
    description:
      - After how many days an old version goes. Without this option it is left as it is.
      - It is a lifecycle rule named C(old-versions); other rules of the bucket are left alone.
    type: int
  incomplete_upload_days:
    description: After how many days the parts of an upload that was never finished go; as O(old_version_days).
    type: int
  expiry_days:
    description: After how many days an object goes; as O(old_version_days).
    type: int
  policy:
    description: The bucket's whole policy. Without this option it is left as it is; with an empty one it is deleted.
    type: dict
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.tags
  - primetime.lightsail.wait
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: A bucket for the site
  primetime.lightsail.private_bucket:
    name: prime-time-frontend-production
    versioning: true
    old_version_days: 30
    incomplete_upload_days: 7

- name: Let a distribution read it
  primetime.lightsail.private_bucket:
    name: prime-time-frontend-production
    policy:
      Version: "2012-10-17"
      Statement:
        - Sid: TheDistributionReads
          Effect: Allow
          Principal: {Service: cloudfront.amazonaws.com}
          Action: s3:GetObject
          Resource: arn:aws:s3:::prime-time-frontend-production/*
          Condition: {StringEquals: {"AWS:SourceArn": "{{ made.distribution.arn }}"}}

- name: Delete it with all that it holds
  primetime.lightsail.private_bucket:
    name: prime-time-frontend-production
    state: absent
    force: true
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_bucket, put_public_access_block]
bucket:
  description: The bucket as it is now; empty when it isn't there.
  returned: always
  type: dict
  contains:
    versioning: {description: Whether old versions are kept., type: bool}
    public_access_blocked: {description: Whether all public access is blocked., type: bool}
    ownership: {description: Who owns objects that others put there., type: str, sample: BucketOwnerEnforced}
    encryption: {description: How new objects are encrypted., type: str, sample: AES256}
    old_version_days: {description: After how many days an old version goes., type: int}
    incomplete_upload_days: {description: After how many days an unfinished upload goes., type: int}
    expiry_days: {description: After how many days an object goes., type: int}
    tags: {description: Its tags., type: dict}
    policy: {description: Its policy., type: dict}
"""

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.policy import compare_policies
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, converge
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import (
    TAG_OPTIONS,
    WAIT_OPTIONS,
    open_client,
    run,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.private_buckets import (
    ALL_BLOCKED,
    OWNER_ENFORCED,
    bucket_view,
    deletion_steps,
    describe_bucket,
    lifecycle_with,
    versions_of,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.tags import wanted_tags

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "force": {"type": "bool", "default": False},
    "versioning": {"type": "bool"},
    "old_version_days": {"type": "int"},
    "incomplete_upload_days": {"type": "int"},
    "expiry_days": {"type": "int"},
    "policy": {"type": "dict"},
    **TAG_OPTIONS,
    **WAIT_OPTIONS,
}
LIFECYCLE = ("old_version_days", "incomplete_upload_days", "expiry_days")
GIVEN = ("versioning", *LIFECYCLE, "policy")
ENCRYPTED = ("AES256", "aws:kms", "aws:kms:dsse")
NEW = {
    "versioning": False,
    "public_access_blocked": False,
    "ownership": None,
    "encryption": None,
    **dict.fromkeys(LIFECYCLE),
    "tags": {},
    "policy": None,
}


def goal(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that there should be: those given, those that make it private, and those that are there already."""
    given = {option: wanted[option] for option in GIVEN if wanted.get(option) is not None}
    after = {**before, **given, "public_access_blocked": True, "ownership": OWNER_ENFORCED}
    if after["encryption"] not in ENCRYPTED:
        after["encryption"] = "AES256"
    after["tags"] = wanted_tags(before["tags"], wanted.get("tags"), wanted.get("purge_tags", False))
    after["policy"] = after["policy"] or None
    return after


def differs(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a setting differs; a policy by what it means, not by how it is written."""
    if key == "policy" and before["policy"] and after["policy"]:
        return bool(compare_policies(before["policy"], after["policy"]))
    return bool(before[key] != after[key])


def calls(after: Mapping[str, Any], description: Any) -> dict[str, tuple[str, Any]]:
    """Each setting's call, and what it takes beside the bucket's name."""
    lifecycle = ("put_bucket_lifecycle_configuration", lifecycle_with(description, after))
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": after["encryption"]}}
    tags = [{"Key": key, "Value": value} for key, value in sorted(after["tags"].items())]
    policy: tuple[str, Any] = ("delete_bucket_policy", {})
    if after["policy"]:
        policy = ("put_bucket_policy", {"Policy": json.dumps(after["policy"])})
    return {
        "public_access_blocked": ("put_public_access_block", {"PublicAccessBlockConfiguration": ALL_BLOCKED}),
        "ownership": (
            "put_bucket_ownership_controls",
            {"OwnershipControls": {"Rules": [{"ObjectOwnership": after["ownership"]}]}},
        ),
        "encryption": ("put_bucket_encryption", {"ServerSideEncryptionConfiguration": {"Rules": [default]}}),
        "versioning": (
            "put_bucket_versioning",
            {"VersioningConfiguration": {"Status": "Enabled" if after["versioning"] else "Suspended"}},
        ),
        **dict.fromkeys(LIFECYCLE, lifecycle),
        "tags": ("put_bucket_tagging", {"Tagging": {"TagSet": tags}}) if tags else ("delete_bucket_tagging", {}),
        "policy": policy,
    }


def plan(description: Any, wanted: Mapping[str, Any], *, region: str) -> Plan:
    """The calls that create or mend.

    Args:
        description: what describe_bucket gives, or None.
        wanted: the module's options.
        region: where a new bucket is made.
    """
    name, before = {"Bucket": wanted["name"]}, bucket_view(description)
    after = goal(before or NEW, wanted)
    steps: dict[str, Step] = {}
    if description is None:
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        steps["create_bucket"] = Step("create_bucket", {**name, **place}, settled=lambda found: found is not None)

    def settled(key: str) -> Any:
        return lambda found: found is not None and not differs(key, bucket_view(found), after)

    for key, (operation, arguments) in calls(after, description).items():
        if differs(key, before or NEW, after):
            steps[operation] = Step(operation, {**name, **arguments}, settled=settled(key))
    return Plan(before, after, tuple(steps.values()))


def plan_absence(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that empty and delete.

    Args:
        description: what describe_bucket gives, with versions, what the bucket holds; or None.
        wanted: the module's options.

    Raises:
        RefusedError: it holds something, and force is not set.
    """
    if description is None:
        return Plan({}, {})
    held = len(description["versions"])
    if held and not wanted.get("force"):
        raise RefusedError(
            f"bucket {wanted['name']} holds {held} objects, old versions included: set force: true to delete them too"
        )
    steps = deletion_steps(wanted["name"], description["versions"])
    return Plan({**bucket_view(description), "objects": held}, {}, tuple(steps))


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "s3")
    name, going = wanted["name"], wanted["state"] == "absent"

    def describe() -> Any:
        found = describe_bucket(client, name)
        return {**found, "versions": versions_of(client, name)} if found and going else found

    def planned(description: Any) -> Plan:
        return plan_absence(description, wanted) if going else plan(description, wanted, region=client.meta.region_name)

    outcome = converge(module, client, f"bucket {name}", describe, planned)
    return {**outcome.fields(), "bucket": bucket_view(outcome.description)}


def main() -> None:
    run(ARGUMENT_SPEC, body)


if __name__ == "__main__":
    main()
