"""Checks that several of CloudFront's operations share: existence and entity tags."""

from __future__ import annotations

from typing import Any

from localcloud.aws.cloudfront.errors import CloudFrontError
from localcloud.aws.cloudfront.store import Record, Store


def existing(store: Store, table: str, key: str, code: str) -> Record:
    """The record, or CloudFrontError with the code given."""
    record = store.table(table).get(key)
    if record is None:
        raise CloudFrontError(code, f"The specified {table.replace('_', ' ').removesuffix('s')} does not exist: {key}")
    return record


def check_version(parameters: dict[str, Any], record: Record) -> None:
    """Raises InvalidIfMatchVersion without If-Match, PreconditionFailed when it is not the record's entity tag."""
    given = parameters.get("IfMatch")
    if not given:
        raise CloudFrontError("InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.")
    if given != record["ETag"]:
        raise CloudFrontError("PreconditionFailed", "The request failed because If-Match is not the resource's ETag.")
