"""Tags of distributions and functions."""

from __future__ import annotations

from typing import Any

from localcloud.aws.cloudfront.errors import CloudFrontError
from localcloud.aws.cloudfront.store import Record, Store


def tag(store: Store, parameters: dict[str, Any]) -> None:
    arn = _existing_arn(store, parameters["Resource"])
    with store.changing():
        held = store.table("tags").setdefault(arn, {})
        held.update({item["Key"]: item.get("Value", "") for item in parameters["Tags"].get("Items", [])})


def untag(store: Store, parameters: dict[str, Any]) -> None:
    arn = _existing_arn(store, parameters["Resource"])
    with store.changing():
        for key in parameters["TagKeys"].get("Items", []):
            store.table("tags").get(arn, {}).pop(key, None)


def list_all(store: Store, parameters: dict[str, Any]) -> Record:
    held = store.table("tags").get(_existing_arn(store, parameters["Resource"]), {})
    return {"Tags": {"Items": [{"Key": key, "Value": value} for key, value in held.items()]}}


def _existing_arn(store: Store, arn: str) -> str:
    kind, _, key = arn.rpartition(":")[2].partition("/")
    if key not in store.table(f"{kind}s" if kind in ("distribution", "function") else "tags"):
        raise CloudFrontError("NoSuchResource", f"No distribution or function has the ARN {arn}.")
    return arn
