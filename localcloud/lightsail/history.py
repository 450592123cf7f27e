"""Operations that calls started, newest first, as pages show them."""

from __future__ import annotations

from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import does_not_exist
from localcloud.lightsail.records import Operation


def get_operation(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        for operation in account.operations:
            if operation.id == members["operationId"] and operation.region == region:
                return {"operation": operation.describe()}
    raise does_not_exist("Operation", members["operationId"])


def get_operations(cloud: Cloud, region: str, _members: Members) -> Members:
    with cloud.store.reading() as account:
        found = [operation for operation in account.operations if operation.region == region]
    return _newest_first(found)


def get_operations_for_resource(cloud: Cloud, region: str, members: Members) -> Members:
    name = members["resourceName"]
    with cloud.store.reading() as account:
        found = [item for item in account.operations if item.region == region and item.resource_name == name]
    return _newest_first(found)


def _newest_first(operations: list[Operation]) -> Members:
    return {"operations": [operation.describe() for operation in reversed(operations)]}


OPERATIONS: dict[str, c.Handler] = {
    "GetOperation": get_operation,
    "GetOperations": get_operations,
    "GetOperationsForResource": get_operations_for_resource,
}
