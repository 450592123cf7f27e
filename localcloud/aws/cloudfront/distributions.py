"""Distributions and their invalidations.

A change is reported as InProgress by the reply that made it and as Deployed or Completed from then on: the edge asks
for the revision before it serves, so a change has reached it by the time anybody can ask.
"""

from __future__ import annotations

from typing import Any

from localcloud.aws.cloudfront.distribution_config import check, completed
from localcloud.aws.cloudfront.errors import CloudFrontError
from localcloud.aws.cloudfront.preconditions import check_version, existing
from localcloud.aws.cloudfront.store import ACCOUNT_ID, Record, Store, marked_page, new_domain_name, new_id, now

TABLE = "distributions"
MISSING = "NoSuchDistribution"
# What a listing tells of each.
SUMMARY = frozenset(
    {
        *("Id", "ARN", "ETag", "Status", "LastModifiedTime", "DomainName", "Aliases", "Origins", "OriginGroups"),
        *("DefaultCacheBehavior", "CacheBehaviors", "CustomErrorResponses", "Comment", "PriceClass", "Enabled"),
        *("ViewerCertificate", "Restrictions", "WebACLId", "HttpVersion", "IsIPV6Enabled", "AliasICPRecordals"),
        "Staging",
    }
)


def create(store: Store, parameters: dict[str, Any]) -> Record:
    return _create(store, parameters["DistributionConfig"], [])


def create_with_tags(store: Store, parameters: dict[str, Any]) -> Record:
    both = parameters["DistributionConfigWithTags"]
    return _create(store, both["DistributionConfig"], both["Tags"].get("Items", []))


def get(store: Store, parameters: dict[str, Any]) -> Record:
    return _result(existing(store, TABLE, parameters["Id"], MISSING), "Deployed")


def get_config(store: Store, parameters: dict[str, Any]) -> Record:
    record = existing(store, TABLE, parameters["Id"], MISSING)
    return {"DistributionConfig": record["Config"], "ETag": record["ETag"]}


def update(store: Store, parameters: dict[str, Any]) -> Record:
    record = existing(store, TABLE, parameters["Id"], MISSING)
    check_version(parameters, record)
    config = completed(parameters["DistributionConfig"])
    if config["CallerReference"] != record["Config"]["CallerReference"]:
        raise CloudFrontError("IllegalUpdate", "The caller reference of a distribution cannot be changed.")
    check(store, config, distribution_id=record["Id"])
    with store.changing():
        record.update(Config=config, ETag=new_id(), LastModifiedTime=now())
    return _result(record, "InProgress")


def delete(store: Store, parameters: dict[str, Any]) -> None:
    record = existing(store, TABLE, parameters["Id"], MISSING)
    check_version(parameters, record)
    if record["Config"]["Enabled"]:
        raise CloudFrontError("DistributionNotDisabled", "Disable the distribution before deleting it.")
    with store.changing():
        del store.table(TABLE)[record["Id"]]
        store.table("invalidations").pop(record["Id"], None)
        store.table("tags").pop(_arn(record["Id"]), None)


def list_all(store: Store, parameters: dict[str, Any]) -> Record:
    items = [_summary(record) for record in store.table(TABLE).values()]
    return {"DistributionList": marked_page(items, "Id", parameters)}


def create_invalidation(store: Store, parameters: dict[str, Any]) -> Record:
    record = existing(store, TABLE, parameters["DistributionId"], MISSING)
    batch = parameters["InvalidationBatch"]
    held = store.table("invalidations").get(record["Id"], {})
    for invalidation in held.values():
        if invalidation["Batch"]["CallerReference"] == batch["CallerReference"]:
            if invalidation["Batch"] == batch:
                return _invalidation_created(record["Id"], invalidation)
            raise CloudFrontError("InvalidArgument", "The caller reference was used for a different invalidation.")
    with store.changing():
        invalidation = {"Id": new_id(), "CreateTime": now(), "Batch": batch}
        store.table("invalidations").setdefault(record["Id"], {})[invalidation["Id"]] = invalidation
    return _invalidation_created(record["Id"], invalidation)


def get_invalidation(store: Store, parameters: dict[str, Any]) -> Record:
    record = existing(store, TABLE, parameters["DistributionId"], MISSING)
    invalidation = store.table("invalidations").get(record["Id"], {}).get(parameters["Id"])
    if invalidation is None:
        raise CloudFrontError("NoSuchInvalidation", f"The invalidation does not exist: {parameters['Id']}")
    return _invalidation_result(invalidation, "Completed")


def list_invalidations(store: Store, parameters: dict[str, Any]) -> Record:
    record = existing(store, TABLE, parameters["DistributionId"], MISSING)
    held = store.table("invalidations").get(record["Id"], {})
    # CloudFront lists the newest first.
    items = [
        {"Id": invalidation["Id"], "CreateTime": invalidation["CreateTime"], "Status": "Completed"}
        for invalidation in reversed(held.values())
    ]
    return {"InvalidationList": marked_page(items, "Id", parameters)}


def _create(store: Store, given: Record, tags: list[Record]) -> Record:
    config = completed(given)
    for other in store.table(TABLE).values():
        if other["Config"]["CallerReference"] == config["CallerReference"]:
            if other["Config"] == config:
                return _created(other)
            raise CloudFrontError(
                "DistributionAlreadyExists", f"Distribution {other['Id']} was created with this caller reference."
            )
    check(store, config, distribution_id=None)
    with store.changing():
        record: Record = {
            "Id": new_id(),
            "DomainName": new_domain_name(),
            "ETag": new_id(),
            "LastModifiedTime": now(),
            "Config": config,
        }
        store.table(TABLE)[record["Id"]] = record
        if tags:
            store.table("tags")[_arn(record["Id"])] = {tag["Key"]: tag.get("Value", "") for tag in tags}
    return _created(record)


def _arn(distribution_id: str) -> str:
    return f"arn:aws:cloudfront::{ACCOUNT_ID}:distribution/{distribution_id}"


def _result(record: Record, status: str) -> Record:
    distribution = {
        "Id": record["Id"],
        "ARN": _arn(record["Id"]),
        "Status": status,
        "LastModifiedTime": record["LastModifiedTime"],
        "InProgressInvalidationBatches": 0,
        "DomainName": record["DomainName"],
        "ActiveTrustedSigners": {"Enabled": False, "Quantity": 0},
        "ActiveTrustedKeyGroups": {"Enabled": False, "Quantity": 0},
        "DistributionConfig": record["Config"],
        "AliasICPRecordals": [
            {"CNAME": alias, "ICPRecordalStatus": "APPROVED"} for alias in record["Config"]["Aliases"].get("Items", [])
        ],
    }
    return {"Distribution": distribution, "ETag": record["ETag"]}


def _summary(record: Record) -> Record:
    members = _result(record, "Deployed")["Distribution"] | record["Config"] | {"ETag": record["ETag"]}
    return {name: value for name, value in members.items() if name in SUMMARY}


def _created(record: Record) -> Record:
    return _result(record, "InProgress") | {"Location": _location(record["Id"])}


def _location(distribution_id: str) -> str:
    return f"https://cloudfront.amazonaws.com/2020-05-31/distribution/{distribution_id}"


def _invalidation_result(invalidation: Record, status: str) -> Record:
    return {
        "Invalidation": {
            "Id": invalidation["Id"],
            "Status": status,
            "CreateTime": invalidation["CreateTime"],
            "InvalidationBatch": invalidation["Batch"],
        }
    }


def _invalidation_created(distribution_id: str, invalidation: Record) -> Record:
    location = f"{_location(distribution_id)}/invalidation/{invalidation['Id']}"
    return _invalidation_result(invalidation, "InProgress") | {"Location": location}
