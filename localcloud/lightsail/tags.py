"""Tags of resources."""

from __future__ import annotations

from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, NotFoundException
from localcloud.lightsail.records import Account, Resource

TAGS_PER_RESOURCE = 50
# Lightsail gives these no tags.
UNTAGGED_TYPES = ("StaticIp",)


def tag(cloud: Cloud, region: str, members: Members) -> Members:
    wanted = {tag["key"]: tag.get("value", "") for tag in members["tags"] if "key" in tag}
    if len(wanted) != len(members["tags"]):
        raise InvalidInputException("Each tag needs a key of its own")
    with cloud.store.changing() as account:
        resource = _find(account, region, members)
        resource.tags = resource.tags | wanted
        if len(resource.tags) > TAGS_PER_RESOURCE:
            raise InvalidInputException(f"{resource.name} would have more than {TAGS_PER_RESOURCE} tags")
        # The model's list of operation types has none for tags; Lightsail answers it all the same.
        return {"operations": [c.succeeded(account, resource, "TagResource").describe()]}


def untag(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        resource = _find(account, region, members)
        resource.tags = {key: value for key, value in resource.tags.items() if key not in members["tagKeys"]}
        return {"operations": [c.succeeded(account, resource, "UntagResource").describe()]}


def _find(account: Account, region: str, members: Members) -> Resource:
    name, arn = members["resourceName"], members.get("resourceArn")
    for resource in account.resources(region):
        if resource.name == name and arn in (None, resource.arn):
            if resource.resource_type in UNTAGGED_TYPES:
                raise InvalidInputException(f"A {resource.resource_type} cannot have tags: {name}")
            return resource
    raise NotFoundException(f"The resource does not exist: {name}")


OPERATIONS: dict[str, c.Handler] = {"TagResource": tag, "UntagResource": untag}
