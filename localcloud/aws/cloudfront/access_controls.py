"""Origin access controls: how an edge signs its requests to a bucket."""

from __future__ import annotations

from typing import Any

from localcloud.aws.cloudfront.errors import CloudFrontError
from localcloud.aws.cloudfront.preconditions import check_version, existing
from localcloud.aws.cloudfront.store import Record, Store, marked_page, new_id

TABLE = "origin_access_controls"
MISSING = "NoSuchOriginAccessControl"


def create(store: Store, parameters: dict[str, Any]) -> Record:
    config = parameters["OriginAccessControlConfig"]
    _check_name(store, config["Name"], but=None)
    with store.changing():
        record = {"Id": new_id(), "ETag": new_id(), "Config": config}
        store.table(TABLE)[record["Id"]] = record
    return _result(record) | {"Location": f"https://cloudfront.amazonaws.com/2020-05-31/{record['Id']}"}


def get(store: Store, parameters: dict[str, Any]) -> Record:
    return _result(existing(store, TABLE, parameters["Id"], MISSING))


def get_config(store: Store, parameters: dict[str, Any]) -> Record:
    record = existing(store, TABLE, parameters["Id"], MISSING)
    return {"OriginAccessControlConfig": record["Config"], "ETag": record["ETag"]}


def update(store: Store, parameters: dict[str, Any]) -> Record:
    record = existing(store, TABLE, parameters["Id"], MISSING)
    check_version(parameters, record)
    config = parameters["OriginAccessControlConfig"]
    _check_name(store, config["Name"], but=record["Id"])
    with store.changing():
        record.update(Config=config, ETag=new_id())
    return _result(record)


def delete(store: Store, parameters: dict[str, Any]) -> None:
    record = existing(store, TABLE, parameters["Id"], MISSING)
    check_version(parameters, record)
    for distribution in store.table("distributions").values():
        if any(o.get("OriginAccessControlId") == record["Id"] for o in distribution["Config"]["Origins"]["Items"]):
            raise CloudFrontError("OriginAccessControlInUse", f"Distribution {distribution['Id']} uses it.")
    with store.changing():
        del store.table(TABLE)[record["Id"]]


def list_all(store: Store, parameters: dict[str, Any]) -> Record:
    items = [{"Id": record["Id"], "Description": "", **record["Config"]} for record in store.table(TABLE).values()]
    return {"OriginAccessControlList": marked_page(items, "Id", parameters)}


def _result(record: Record) -> Record:
    return {
        "OriginAccessControl": {"Id": record["Id"], "OriginAccessControlConfig": record["Config"]},
        "ETag": record["ETag"],
    }


def _check_name(store: Store, name: str, *, but: str | None) -> None:
    for record in store.table(TABLE).values():
        if record["Config"]["Name"] == name and record["Id"] != but:
            raise CloudFrontError("OriginAccessControlAlreadyExists", f"{record['Id']} is already named {name}.")
