"""Which address an instance has outside, and making its machine's network what the records say."""

from __future__ import annotations

from localcloud.lightsail.cloud import Cloud
from localcloud.lightsail.records import Account, Disk, Instance, InstanceState


def public_address(account: Account, instance: Instance) -> str | None:
    """The attached static IP's, or else the instance's own."""
    for static_ip in account.static_ips:
        if static_ip.region == instance.region and static_ip.attached_to == instance.name:
            return static_ip.address
    return instance.public_address


def attached_disks(account: Account, instance: Instance) -> list[Disk]:
    return [disk for disk in account.disks if disk.region == instance.region and disk.attached_to == instance.name]


def current(cloud: Cloud, instance: Instance) -> tuple[Instance, str | None] | None:
    """The instance as it is recorded now and its public address; None when it was deleted."""
    with cloud.store.reading() as account:
        found = account.record_of(instance)
        if found is None or found.state is InstanceState.SHUTTING_DOWN:
            return None
        return found.model_copy(deep=True), public_address(account, found)


def apply(cloud: Cloud, instance: Instance) -> None:
    """Addresses and firewall of a running machine; one that does not run gets them when it starts."""
    found = current(cloud, instance)
    if found is not None and found[0].state is InstanceState.RUNNING:
        cloud.machines.apply_network(*found)
