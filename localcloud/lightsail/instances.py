"""Instances: their records' life, with a machine behind each."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from localcloud.lightsail import add_ons, catalogue, instance_options, load_balancers, networking, public_ports, quotas
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.disks import describe as describe_disk
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.names import check_resource_name
from localcloud.lightsail.records import Account, Disk, DiskState, Instance, InstanceState, Operation

USERNAME = "admin"  # Debian's, on EC2 and Lightsail
USER_DATA_LIMIT = 16 * 1024


def create_instances(cloud: Cloud, region: str, members: Members) -> Members:
    if members.get("customImageName"):
        raise InvalidInputException("customImageName is not offered by localcloud", "leave it out")
    return launch(cloud, region, members, members["blueprintId"])


def launch(
    cloud: Cloud,
    region: str,
    members: Members,
    blueprint_id: str,
    *,
    source: str | None = None,
    disks: Iterable[Disk] = (),
) -> Members:
    """Create instances.

    Args:
        members: of CreateInstances or CreateInstancesFromSnapshot.
        source: id of the snapshot that they are made from.
        disks: new ones, each made from its part of that snapshot and attached to its instance.
    """
    names = [check_resource_name(name) for name in members["instanceNames"]]
    if not names or len(set(names)) != len(names):
        raise InvalidInputException("instanceNames must be one or more different names")
    if members.get("ipAddressType") == "ipv6":
        raise InvalidInputException("localcloud has no IPv6 network", "use dualstack or ipv4")
    zone = catalogue.check_zone(members["availabilityZone"], region)
    blueprint = catalogue.blueprint(blueprint_id)
    bundle = catalogue.bundle(members["bundleId"], region)
    add_on = add_ons.parse_list(members.get("addOns", []))
    user_data = members.get("userData", "")
    if len(user_data.encode()) > USER_DATA_LIMIT:
        raise InvalidInputException(f"userData is longer than {USER_DATA_LIMIT} bytes")
    if "keyPairName" not in members:
        raise InvalidInputException(
            "keyPairName is missing; the region's default key pair is not offered by localcloud",
            "create a key pair and name it",
        )
    operation_type = "CreateInstancesFromSnapshot" if source else "CreateInstance"
    started: list[tuple[Instance, Operation]] = []
    with cloud.store.changing() as account:
        wanted_disks = list(disks)
        everything = [*names, *(disk.name for disk in wanted_disks)]
        if len(set(everything)) != len(everything):
            raise InvalidInputException(f"A name is asked for more than once among {', '.join(everything)}")
        c.check_names_free(account, region, everything)
        account.disks.extend(wanted_disks)
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
                source=source,
                add_on=add_on,
                tags={tag["key"]: tag.get("value", "") for tag in members.get("tags", [])},
            )
            account.instances.append(instance)
            started.append((instance, c.started(account, instance, operation_type)))
        quotas.check(account, region)
    for instance, operation in started:
        cloud.in_background(instance, [operation.id], partial(boot, cloud, instance))
    return {"operations": [operation.describe() for _, operation in started]}


def boot(cloud: Cloud, instance: Instance) -> None:
    """Bring the instance's machine up, and the record to running. Does nothing to an instance deleted meanwhile."""
    current = networking.current(cloud, instance)
    if current is None:
        return
    with cloud.store.reading() as account:
        disks = [disk.model_copy(deep=True) for disk in networking.attached_disks(account, instance)]
    for disk in disks:
        if disk.state is DiskState.PENDING:
            # A disk of the snapshot that the instance is made from.
            cloud.storage.create_disk(disk)
    cloud.machines.ensure_running(*current)
    for disk in disks:
        cloud.storage.connect(disk, instance)
    with cloud.store.changing() as account:
        for disk in networking.attached_disks(account, instance):
            disk.state, disk.connected = DiskState.IN_USE, True
    with cloud.changing(instance) as record:
        if not _is_going(record):
            record.state = InstanceState.RUNNING


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
    _disconnect_disks(cloud, instance)
    with cloud.changing(instance) as record:
        if not _is_going(record):
            record.state, record.public_address = InstanceState.STOPPED, None


def reboot_instance(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        instance = c.find_instance(account, region, members["instanceName"])
        _require(instance, InstanceState.RUNNING, "reboot")
        instance.state = InstanceState.PENDING
        operation = c.started(account, instance, "RebootInstance")

    def step() -> None:
        cloud.machines.stop(instance)
        _disconnect_disks(cloud, instance)
        boot(cloud, instance)

    cloud.in_background(instance, [operation.id], step)
    return {"operations": [operation.describe()]}


def delete_instance(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        instance = c.find_instance(account, region, members["instanceName"])
        if instance.state is InstanceState.SHUTTING_DOWN:
            raise OperationFailureException(f"{instance.name} is being deleted already")
        add_ons.check_deletable(instance, members)
        instance.state = InstanceState.SHUTTING_DOWN
        operation = c.started(account, instance, "DeleteInstance")
    cloud.in_background(instance, [operation.id], partial(destroy, cloud, instance))
    return {"operations": [operation.describe()]}


def destroy(cloud: Cloud, instance: Instance) -> None:
    """Remove the machine with all that it held, then the record; a static IP and disks stay, attached to nothing.

    Its load balancers are told first.
    """
    with cloud.store.changing() as account:
        balancers = load_balancers.forget_instance(account, instance)
    for balancer in balancers:
        cloud.in_background(balancer, [], partial(load_balancers.bring_up, cloud, balancer))
    cloud.machines.remove(instance)
    disks = _disconnect_disks(cloud, instance)
    with cloud.store.reading() as account:
        snapshots = [item for item in account.instance_snapshots if item.automatic_on and item.from_arn == instance.arn]
    for snapshot in snapshots:
        cloud.storage.remove_instance_snapshot(snapshot)
    gone = {snapshot.id for snapshot in snapshots}
    with cloud.store.changing() as account:
        account.instance_snapshots = [found for found in account.instance_snapshots if found.id not in gone]
        for disk in account.disks:
            if disk.id in disks:
                disk.attached_to, disk.path, disk.connected = None, None, False
                disk.state = DiskState.ERROR if disk.state is DiskState.PENDING else DiskState.AVAILABLE
        account.instances = [found for found in account.instances if found.id != instance.id]
        for static_ip in account.static_ips:
            if static_ip.region == instance.region and static_ip.attached_to == instance.name:
                static_ip.attached_to = None


def _disconnect_disks(cloud: Cloud, instance: Instance) -> set[str]:
    """Take the devices of a machine that does not run from it; the ids of its disks."""
    with cloud.store.reading() as account:
        disks = [disk.model_copy(deep=True) for disk in networking.attached_disks(account, instance)]
    for disk in disks:
        cloud.storage.disconnect(disk)
    return {disk.id for disk in disks}


def describe(account: Account, instance: Instance) -> Members:
    bundle = catalogue.bundle(instance.bundle_id, instance.region)
    address = networking.public_address(account, instance)
    shown = instance.describe() | {
        "tags": instance.tag_list(),
        "blueprintId": instance.blueprint_id,
        "blueprintName": catalogue.blueprint(instance.blueprint_id)["name"],
        "bundleId": instance.bundle_id,
        "addOns": add_ons.describe(instance.add_on),
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
                },
                *map(describe_disk, networking.attached_disks(account, instance)),
            ],
        },
        "networking": {
            "monthlyTransfer": {"gbPerMonthAllocated": bundle["transferPerMonthInGb"]},
            "ports": public_ports.shown(instance),
        },
        "state": _state(instance),
        "metadataOptions": instance_options.describe_metadata(instance.metadata_options),
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


def _is_going(instance: Instance) -> bool:
    """Whether its deletion was asked for meanwhile, which stays what it is."""
    return instance.state is InstanceState.SHUTTING_DOWN


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
