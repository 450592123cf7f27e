"""Static IPs: addresses that are kept while machines come and go."""

from __future__ import annotations

from localcloud.lightsail import cloud as c
from localcloud.lightsail import networking, quotas
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import OperationFailureException
from localcloud.lightsail.names import check_resource_name
from localcloud.lightsail.records import Account, Instance, InstanceState, StaticIp


def allocate(cloud: Cloud, region: str, members: Members) -> Members:
    name = check_resource_name(members["staticIpName"])
    with cloud.store.changing() as account:
        c.check_names_free(account, region, [name])
        static_ip = StaticIp(name=name, region=region, address=c.free_public_address(account, cloud.settings))
        account.static_ips.append(static_ip)
        quotas.check(account, region)
        return {"operations": [c.succeeded(account, static_ip, "AllocateStaticIp").describe()]}


def release(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        static_ip = c.find_static_ip(account, region, members["staticIpName"])
        instance = _attached_instance(account, static_ip)
        account.static_ips.remove(static_ip)
        if instance is not None:
            _give_own_address(cloud, account, instance)
        operation = c.succeeded(account, static_ip, "ReleaseStaticIp")
    if instance is not None:
        cloud.now(instance, lambda: networking.apply(cloud, instance))
    return {"operations": [operation.describe()]}


def attach(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        static_ip = c.find_static_ip(account, region, members["staticIpName"])
        instance = c.find_instance(account, region, members["instanceName"])
        if static_ip.attached_to is not None and static_ip.attached_to != instance.name:
            raise OperationFailureException(
                f"{static_ip.name} is attached to {static_ip.attached_to}", "detach it first (DetachStaticIp)"
            )
        for other in account.static_ips:
            if other.region == region and other.attached_to == instance.name and other.name != static_ip.name:
                raise OperationFailureException(f"{instance.name} has {other.name} already", "detach that first")
        static_ip.attached_to = instance.name
        operations = [
            c.succeeded(account, static_ip, "AttachStaticIp", instance.name),
            c.succeeded(account, instance, "AttachStaticIp", static_ip.name),
        ]
        # A static IP takes the place of the instance's own address, which AWS gives to others.
        instance.public_address = None
    cloud.now(instance, lambda: networking.apply(cloud, instance))
    return {"operations": [operation.describe() for operation in operations]}


def detach(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        static_ip = c.find_static_ip(account, region, members["staticIpName"])
        instance = _attached_instance(account, static_ip)
        if instance is None:
            raise OperationFailureException(f"{static_ip.name} is attached to no instance")
        static_ip.attached_to = None
        _give_own_address(cloud, account, instance)
        operations = [
            c.succeeded(account, static_ip, "DetachStaticIp", instance.name),
            c.succeeded(account, instance, "DetachStaticIp", static_ip.name),
        ]
    cloud.now(instance, lambda: networking.apply(cloud, instance))
    return {"operations": [operation.describe() for operation in operations]}


def get(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        return {"staticIp": describe(c.find_static_ip(account, region, members["staticIpName"]))}


def get_all(cloud: Cloud, region: str, _members: Members) -> Members:
    with cloud.store.reading() as account:
        return {"staticIps": [describe(found) for found in account.static_ips if found.region == region]}


def describe(static_ip: StaticIp) -> Members:
    shown = static_ip.describe() | {
        "ipAddress": static_ip.address,
        "isAttached": static_ip.attached_to is not None,
    }
    return shown | ({"attachedTo": static_ip.attached_to} if static_ip.attached_to else {})


def _attached_instance(account: Account, static_ip: StaticIp) -> Instance | None:
    if static_ip.attached_to is None:
        return None
    return c.find_instance(account, static_ip.region, static_ip.attached_to)


def _give_own_address(cloud: Cloud, account: Account, instance: Instance) -> None:
    # A stopped instance has no address of its own; it gets one when it starts.
    if instance.state in (InstanceState.RUNNING, InstanceState.PENDING):
        instance.public_address = c.free_public_address(account, cloud.settings)


OPERATIONS: dict[str, c.Handler] = {
    "AllocateStaticIp": allocate,
    "ReleaseStaticIp": release,
    "AttachStaticIp": attach,
    "DetachStaticIp": detach,
    "GetStaticIp": get,
    "GetStaticIps": get_all,
}
