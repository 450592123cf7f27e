"""CloudFront Functions: code written in the DEVELOPMENT stage and published to LIVE, where edges run it."""

from __future__ import annotations

import base64
from typing import Any

from localcloud.aws.cloudfront.errors import CloudFrontError
from localcloud.aws.cloudfront.preconditions import check_version, existing
from localcloud.aws.cloudfront.store import ACCOUNT_ID, Record, Store, new_id, now, page

TABLE = "functions"
MISSING = "NoSuchFunctionExists"
SIZE_LIMIT = 10 * 1024  # bytes of code, AWS's quota


def function_arn(name: str) -> str:
    return f"arn:aws:cloudfront::{ACCOUNT_ID}:function/{name}"


def create(store: Store, parameters: dict[str, Any]) -> Record:
    name = parameters["Name"]
    if name in store.table(TABLE):
        raise CloudFrontError("FunctionAlreadyExists", f"A function named {name} already exists.")
    with store.changing():
        record: Record = {"Name": name, "CreatedTime": now(), "Stages": {"DEVELOPMENT": _stage(parameters)}}
        store.table(TABLE)[name] = record
        if tags := parameters.get("Tags", {}).get("Items"):
            store.table("tags")[function_arn(name)] = {tag["Key"]: tag.get("Value", "") for tag in tags}
    return _summary_result(store, record, "DEVELOPMENT") | {
        "Location": f"https://cloudfront.amazonaws.com/2020-05-31/function/{function_arn(name)}"
    }


def describe(store: Store, parameters: dict[str, Any]) -> Record:
    record = existing(store, TABLE, parameters["Name"], MISSING)
    return _summary_result(store, record, _checked_stage(record, parameters))


def get(store: Store, parameters: dict[str, Any]) -> Record:
    record = existing(store, TABLE, parameters["Name"], MISSING)
    stage = record["Stages"][_checked_stage(record, parameters)]
    return {
        "FunctionCode": base64.b64decode(stage["Code"]),
        "ETag": stage["ETag"],
        "ContentType": "application/octet-stream",
    }


def update(store: Store, parameters: dict[str, Any]) -> Record:
    record = existing(store, TABLE, parameters["Name"], MISSING)
    check_version(parameters, record["Stages"]["DEVELOPMENT"])
    with store.changing():
        record["Stages"]["DEVELOPMENT"] = _stage(parameters)
    return _summary_result(store, record, "DEVELOPMENT")


def publish(store: Store, parameters: dict[str, Any]) -> Record:
    record = existing(store, TABLE, parameters["Name"], MISSING)
    development = record["Stages"]["DEVELOPMENT"]
    check_version(parameters, development)
    with store.changing():
        record["Stages"]["LIVE"] = development | {"LastModifiedTime": now()}
    return {"FunctionSummary": _summary(store, record, "LIVE")}


def delete(store: Store, parameters: dict[str, Any]) -> None:
    record = existing(store, TABLE, parameters["Name"], MISSING)
    check_version(parameters, record["Stages"]["DEVELOPMENT"])
    if _is_associated(store, record["Name"]):
        raise CloudFrontError("FunctionInUse", f"A distribution is associated with the function {record['Name']}.")
    with store.changing():
        del store.table(TABLE)[record["Name"]]
        store.table("tags").pop(function_arn(record["Name"]), None)


def list_all(store: Store, parameters: dict[str, Any]) -> Record:
    wanted = parameters.get("Stage")
    items = [
        _summary(store, record, stage)
        for record in store.table(TABLE).values()
        for stage in record["Stages"]
        if stage == wanted or wanted is None
    ]
    return {"FunctionList": page(items, "Name", parameters)}


def _stage(parameters: dict[str, Any]) -> Record:
    code = parameters["FunctionCode"]
    if len(code) > SIZE_LIMIT:
        raise CloudFrontError(
            "FunctionSizeLimitExceeded", f"The code has {len(code)} bytes, the limit is {SIZE_LIMIT}."
        )
    return {
        "Code": base64.b64encode(code).decode(),
        "Config": parameters["FunctionConfig"],
        "ETag": new_id(),
        "LastModifiedTime": now(),
    }


def _checked_stage(record: Record, parameters: dict[str, Any]) -> str:
    stage = parameters.get("Stage") or "DEVELOPMENT"
    if stage not in record["Stages"]:
        raise CloudFrontError(MISSING, f"The function {record['Name']} has no {stage} stage: it was never published.")
    return str(stage)


def _is_associated(store: Store, name: str) -> bool:
    arn = function_arn(name)
    return any(
        association["FunctionARN"] == arn
        for distribution in store.table("distributions").values()
        for behaviour in [
            distribution["Config"]["DefaultCacheBehavior"],
            *distribution["Config"]["CacheBehaviors"].get("Items", []),
        ]
        for association in behaviour["FunctionAssociations"].get("Items", [])
    )


def _summary(store: Store, record: Record, stage: str) -> Record:
    held = record["Stages"][stage]
    if stage == "DEVELOPMENT":
        live = record["Stages"].get("LIVE")
        status = "DEPLOYED" if live and live["Code"] == held["Code"] else "UNPUBLISHED"
    else:
        status = "DEPLOYED" if _is_associated(store, record["Name"]) else "UNASSOCIATED"
    return {
        "Name": record["Name"],
        "Status": status,
        "FunctionConfig": held["Config"],
        "FunctionMetadata": {
            "FunctionARN": function_arn(record["Name"]),
            "Stage": stage,
            "CreatedTime": record["CreatedTime"],
            "LastModifiedTime": held["LastModifiedTime"],
        },
    }


def _summary_result(store: Store, record: Record, stage: str) -> Record:
    return {"FunctionSummary": _summary(store, record, stage), "ETag": record["Stages"][stage]["ETag"]}
