"""Kinds of addresses, of instances and load balancers, and how an instance's metadata service answers."""

from __future__ import annotations

from localcloud.lightsail import cloud as c
from localcloud.lightsail import load_balancers
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.records import Account, Instance, InstanceState, LoadBalancer, MetadataOptions

MEMBERS = {
    "httpTokens": "http_tokens",
    "httpEndpoint": "http_endpoint",
    "httpPutResponseHopLimit": "http_put_response_hop_limit",
    "httpProtocolIpv6": "http_protocol_ipv6",
}
HOPS = range(1, 65)


def set_ip_address_type(cloud: Cloud, region: str, members: Members) -> Members:
    if members["resourceType"] not in ("Instance", "LoadBalancer"):
        raise InvalidInputException(f"The IP address type of a {members['resourceType']} cannot be set in localcloud")
    if members["ipAddressType"] == "ipv6":
        raise InvalidInputException("localcloud has no IPv6 network", "use dualstack or ipv4")
    with cloud.store.changing() as account:
        resource = _addressed(account, region, members)
        resource.ip_address_type = members["ipAddressType"]
        return {"operations": [c.succeeded(account, resource, "SetIpAddressType").describe()]}


def _addressed(account: Account, region: str, members: Members) -> Instance | LoadBalancer:
    if members["resourceType"] == "LoadBalancer":
        return load_balancers.find(account, region, members["resourceName"])
    instance = c.find_instance(account, region, members["resourceName"])
    if instance.state is InstanceState.SHUTTING_DOWN:
        raise OperationFailureException(f"{instance.name} is being deleted")
    return instance


def update_metadata_options(cloud: Cloud, region: str, members: Members) -> Members:
    hops = members.get("httpPutResponseHopLimit", 1)
    if hops not in HOPS:
        raise InvalidInputException(f"httpPutResponseHopLimit is not valid: {hops}", "use 1 to 64")
    changes = {field: members[member] for member, field in MEMBERS.items() if member in members}
    if not changes:
        raise InvalidInputException("No metadata option is given", f"give one of {', '.join(MEMBERS)}")
    with cloud.store.changing() as account:
        instance = c.find_instance(account, region, members["instanceName"])
        instance.metadata_options = instance.metadata_options.model_copy(update=changes)
        return {"operation": c.succeeded(account, instance, "UpdateInstanceMetadataOptions").describe()}


def describe_metadata(options: MetadataOptions) -> Members:
    return {"state": "applied"} | {member: getattr(options, field) for member, field in MEMBERS.items()}


OPERATIONS: dict[str, c.Handler] = {
    "SetIpAddressType": set_ip_address_type,
    "UpdateInstanceMetadataOptions": update_metadata_options,
}
