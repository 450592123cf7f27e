"""Operations that calls started, newest first, in pages."""

from __future__ import annotations

from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, does_not_exist
from localcloud.lightsail.records import Operation

PAGE = 50


def get_operation(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        for operation in account.operations:
            if operation.id == members["operationId"] and operation.region == region:
                return {"operation": operation.describe()}
    raise does_not_exist("Operation", members["operationId"])


def get_operations(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        found = [operation for operation in account.operations if operation.region == region]
    return _page(found, members)


def get_operations_for_resource(cloud: Cloud, region: str, members: Members) -> Members:
    name = members["resourceName"]
    with cloud.store.reading() as account:
        found = [item for item in account.operations if item.region == region and item.resource_name == name]
    return _page(found, members)


def _page(operations: list[Operation], members: Members) -> Members:
    token = members.get("pageToken", "0")
    if not token.isdecimal() or int(token) > len(operations):
        raise InvalidInputException(f"The page token is not valid: {token}")
    newest_first = list(reversed(operations))
    first = int(token)
    page = newest_first[first : first + PAGE]
    reply: Members = {"operations": [operation.describe() for operation in page]}
    if first + PAGE < len(operations):
        reply["nextPageToken"] = str(first + PAGE)
    return reply


OPERATIONS: dict[str, c.Handler] = {
    "GetOperation": get_operation,
    "GetOperations": get_operations,
    "GetOperationsForResource": get_operations_for_resource,
}
