"""Instances: their records' life, with a machine behind each."""

from __future__ import annotations

from functools import partial

from localcloud.lightsail import catalogue, networking, public_ports
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.names import check_resource_name
from localcloud.lightsail.records import Account, Instance, InstanceState, Operation

USERNAME = "admin"  # Debian's, on EC2 and Lightsail
USER_DATA_LIMIT = 16 * 1024


def create_instances(cloud: Cloud, region: str, members: Members) -> Members:
    names = [check_resource_name(name) for name in members["instanceNames"]]
    if not names or len(set(names)) != len(names):
        raise InvalidInputException("instanceNames must be one or more different names")
    for member in ("customImageName", "addOns"):
        if members.get(member):
            raise InvalidInputException(f"{member} is not offered by localcloud", "leave it out")
    if members.get("ipAddressType") == "ipv6":
        raise InvalidInputException("localcloud has no IPv6 network", "use dualstack or ipv4")
    zone = catalogue.check_zone(members["availabilityZone"], region)
    blueprint = catalogue.blueprint(members["blueprintId"])
    bundle = catalogue.bundle(members["bundleId"])
    user_data = members.get("userData", "")
    if len(user_data.encode()) > USER_DATA_LIMIT:
        raise InvalidInputException(f"userData is longer than {USER_DATA_LIMIT} bytes")
    if "keyPairName" not in members:
        raise InvalidInputException(
            "keyPairName is missing; the region's default key pair is not offered by localcloud",
            "create a key pair and name it",
        )
    started: list[tuple[Instance, Operation]] = []
    with cloud.store.changing() as account:
        c.check_names_free(account, region, names)
        key_pair = c.find_key_pair(account, region, members["keyPairName"])
        for name in names:
            instance = Instance(
                name=name,
                region=region,
                availability_zone=zone,
                blueprint_id=blueprint["blueprintId"],
                bundle_id=bundle["bundleId"],
                key_pair=key_pair.name,
                public_key=key_pair.public_key,
                user_data=user_data,
                ip_address_type=members.get("ipAddressType", "dualstack"),
                private_address=c.free_private_address(account, cloud.settings),
                public_address=c.free_public_address(account, cloud.settings),
                ports=list(public_ports.DEFAULT),
                tags={tag["key"]: tag.get("value", "") for tag in members.get("tags", [])},
            )
            account.instances.append(instance)
            started.append((instance, c.started(account, instance, "CreateInstance")))
    for instance, operation in started:
        cloud.in_background(instance, [operation.id], partial(boot, cloud, instance))
    return {"operations": [operation.describe() for _, operation in started]}


def boot(cloud: Cloud, instance: Instance) -> None:
    """Bring the instance's machine up, and the record to running. Does nothing to an instance deleted meanwhile."""
    current = networking.current(cloud, instance)
    if current is None:
        return
    cloud.machines.ensure_running(*current)
    _set_state(cloud, instance, InstanceState.RUNNING)


def get_instance(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        return {"instance": describe(account, c.find_instance(account, region, members["instanceName"]))}


def get_instances(cloud: Cloud, region: str, _members: Members) -> Members:
    with cloud.store.reading() as account:
        return {"instances": [describe(account, found) for found in account.instances if found.region == region]}


def get_instance_state(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        return {"state": _state(c.find_instance(account, region, members["instanceName"]))}


def start_instance(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        instance = c.find_instance(account, region, members["instanceName"])
        _require(instance, InstanceState.STOPPED, "start")
        instance.state = InstanceState.PENDING
        if networking.public_address(account, instance) is None:
            instance.public_address = c.free_public_address(account, cloud.settings)
        operation = c.started(account, instance, "StartInstance")
    cloud.in_background(instance, [operation.id], partial(boot, cloud, instance))
    return {"operations": [operation.describe()]}


def stop_instance(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        instance = c.find_instance(account, region, members["instanceName"])
        _require(instance, InstanceState.RUNNING, "stop")
        instance.state = InstanceState.STOPPING
        operation = c.started(account, instance, "StopInstance")
    cloud.in_background(instance, [operation.id], partial(halt, cloud, instance))
    return {"operations": [operation.describe()]}


def halt(cloud: Cloud, instance: Instance) -> None:
    """Stop the machine; as on AWS its own public address is gone with that."""
    cloud.machines.stop(instance)
    _set_state(cloud, instance, InstanceState.STOPPED)


def reboot_instance(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        instance = c.find_instance(account, region, members["instanceName"])
        _require(instance, InstanceState.RUNNING, "reboot")
        instance.state = InstanceState.PENDING
        operation = c.started(account, instance, "RebootInstance")

    def step() -> None:
        cloud.machines.stop(instance)
        boot(cloud, instance)

    cloud.in_background(instance, [operation.id], step)
    return {"operations": [operation.describe()]}


def delete_instance(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        instance = c.find_instance(account, region, members["instanceName"])
        if instance.state is InstanceState.SHUTTING_DOWN:
            raise OperationFailureException(f"{instance.name} is being deleted already")
        instance.state = InstanceState.SHUTTING_DOWN
        operation = c.started(account, instance, "DeleteInstance")
    cloud.in_background(instance, [operation.id], partial(destroy, cloud, instance))
    return {"operations": [operation.describe()]}


def destroy(cloud: Cloud, instance: Instance) -> None:
    """Remove the machine with all that it held, then the record; a static IP stays, attached to nothing."""
    cloud.machines.remove(instance)
    with cloud.store.changing() as account:
        account.instances = [found for found in account.instances if found.id != instance.id]
        for static_ip in account.static_ips:
            if static_ip.region == instance.region and static_ip.attached_to == instance.name:
                static_ip.attached_to = None


def describe(account: Account, instance: Instance) -> Members:
    bundle = catalogue.bundle(instance.bundle_id)
    address = networking.public_address(account, instance)
    shown = instance.describe() | {
        "tags": instance.tag_list(),
        "blueprintId": instance.blueprint_id,
        "blueprintName": catalogue.blueprint(instance.blueprint_id)["name"],
        "bundleId": instance.bundle_id,
        "addOns": [],
        "isStaticIp": any(ip.attached_to == instance.name and ip.address == address for ip in account.static_ips),
        "privateIpAddress": instance.private_address,
        "ipv6Addresses": [],
        "ipAddressType": instance.ip_address_type,
        "hardware": {
            "cpuCount": bundle["cpuCount"],
            "ramSizeInGb": bundle["ramSizeInGb"],
            "disks": [
                {
                    "createdAt": instance.created_at,
                    "sizeInGb": bundle["diskSizeInGb"],
                    "isSystemDisk": True,
                    "path": "/dev/xvda",
                    "attachedTo": instance.name,
                    "attachmentState": "attached",
                }
            ],
        },
        "networking": {
            "monthlyTransfer": {"gbPerMonthAllocated": bundle["transferPerMonthInGb"]},
            "ports": [public_ports.describe(port_range) for port_range in instance.ports],
        },
        "state": _state(instance),
        "username": USERNAME,
        "sshKeyName": instance.key_pair,
    }
    return shown | ({"publicIpAddress": address} if address else {})


def _state(instance: Instance) -> Members:
    return {"code": instance.state.code, "name": instance.state.value}


def _require(instance: Instance, state: InstanceState, verb: str) -> None:
    if instance.state is not state:
        raise OperationFailureException(
            f"{instance.name} cannot {verb}: it is {instance.state.value}", f"wait until it is {state.value}"
        )


def _set_state(cloud: Cloud, instance: Instance, state: InstanceState) -> None:
    with cloud.store.changing() as account:
        for found in account.instances:
            # A deletion asked for meanwhile stays what it is.
            if found.id == instance.id and found.state is not InstanceState.SHUTTING_DOWN:
                found.state = state
                if state is InstanceState.STOPPED:
                    found.public_address = None


OPERATIONS: dict[str, c.Handler] = {
    "CreateInstances": create_instances,
    "GetInstance": get_instance,
    "GetInstances": get_instances,
    "GetInstanceState": get_instance_state,
    "StartInstance": start_instance,
    "StopInstance": stop_instance,
    "RebootInstance": reboot_instance,
    "DeleteInstance": delete_instance,
}
