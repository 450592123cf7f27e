"""What every operation is given: the account, the machines, servers and balancers, the work in the background."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import docker
import structlog

from localcloud.lightsail.balancers import Balancers
from localcloud.lightsail.database_servers import DatabaseServers
from localcloud.lightsail.errors import OperationFailureException, does_not_exist, name_taken
from localcloud.lightsail.machines import Machines
from localcloud.lightsail.records import (
    Account,
    Disk,
    DiskSnapshot,
    Instance,
    InstanceSnapshot,
    KeyPair,
    LoadBalancer,
    LoadBalancerTlsCertificate,
    Operation,
    R,
    RelationalDatabase,
    RelationalDatabaseSnapshot,
    Resource,
    StaticIp,
    now,
)
from localcloud.lightsail.storage import Storage
from localcloud.lightsail.store import Store
from localcloud.lightsail.work import Work
from localcloud.settings import Settings

log = structlog.get_logger(__name__)

Members = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One local cloud's Lightsail."""

    settings: Settings
    engine: docker.DockerClient
    store: Store
    machines: Machines
    storage: Storage
    servers: DatabaseServers
    balancers: Balancers
    work: Work
    # What a name is another name for (CNAME records), in the zones of this local cloud's Route 53.
    canonical_names: Callable[[str], list[str]]

    def in_background(self, resource: Resource, operations: Iterable[str], step: Callable[[], None]) -> None:
        """Run the step after the resource's earlier ones, then mark the operations by how it ended."""
        identifiers = set(operations)

        def run() -> None:
            try:
                step()
            except Exception as error:
                # Nobody waits for it: the operation's record is where the failure is told.
                log.exception("operation failed", resource=resource.name)
                self._finish(identifiers, "Failed", str(error))
            else:
                self._finish(identifiers, "Succeeded", "")

        self.work.submit(resource.arn, run)

    @contextmanager
    def changing(self, resource: R) -> Iterator[R]:
        """The resource's record, to change; of one that is gone a copy, which nobody will read."""
        with self.store.changing() as account:
            yield account.record_of(resource) or resource.model_copy(deep=True)

    def now(self, resource: Resource, step: Callable[[], None]) -> None:
        """Run the step after the resource's earlier ones and wait for it.

        Raises:
            OperationFailureException: it failed.
        """
        try:
            self.work.submit(resource.arn, step).result()
        except Exception as error:
            raise OperationFailureException(f"The operation on {resource.name} failed: {error}") from error

    def _finish(self, identifiers: set[str], status: str, details: str) -> None:
        with self.store.changing() as account:
            for operation in account.operations:
                if operation.id in identifiers:
                    operation.status, operation.changed_at = status, now()
                    if details:
                        operation.error_code, operation.error_details = "OperationFailure", details[:500]


Handler = Callable[[Cloud, str, Members], Members]


def started(account: Account, resource: Resource, operation_type: str, details: str = "") -> Operation:
    """A new operation on the resource, remembered."""
    operation = Operation(
        resource_name=resource.name,
        resource_type=resource.resource_type,
        operation_type=operation_type,
        region=resource.region,
        availability_zone=resource.availability_zone,
        details=details,
    )
    account.operations.append(operation)
    return operation


def succeeded(account: Account, resource: Resource, operation_type: str, details: str = "") -> Operation:
    """An operation that was over before the answer."""
    operation = started(account, resource, operation_type, details)
    operation.status = "Succeeded"
    return operation


def check_names_free(account: Account, region: str, names: Iterable[str]) -> None:
    taken = {resource.name: resource for resource in account.resources(region)}
    for name in names:
        if name in taken:
            raise name_taken(name, taken[name].resource_type)


def find_instance(account: Account, region: str, name: str) -> Instance:
    return _find(account.instances, region, name, "Instance")


def find_key_pair(account: Account, region: str, name: str) -> KeyPair:
    return _find(account.key_pairs, region, name, "KeyPair")


def find_static_ip(account: Account, region: str, name: str) -> StaticIp:
    return _find(account.static_ips, region, name, "StaticIp")


def find_database(account: Account, region: str, name: str) -> RelationalDatabase:
    return _find(account.relational_databases, region, name, "RelationalDatabase")


def find_load_balancer(account: Account, region: str, name: str) -> LoadBalancer:
    return _find(account.load_balancers, region, name, "LoadBalancer")


def find_tls_certificate(account: Account, region: str, balancer: str, name: str) -> LoadBalancerTlsCertificate:
    of_balancer = [found for found in account.load_balancer_tls_certificates if found.load_balancer == balancer]
    return _find(of_balancer, region, name, "LoadBalancerTlsCertificate")


def find_disk(account: Account, region: str, name: str) -> Disk:
    return _find(account.disks, region, name, "Disk")


def find_instance_snapshot(account: Account, region: str, name: str) -> InstanceSnapshot:
    named = [found for found in account.instance_snapshots if found.automatic_on is None]
    return _find(named, region, name, "InstanceSnapshot")


def find_disk_snapshot(account: Account, region: str, name: str) -> DiskSnapshot:
    return _find(
        [found for found in account.disk_snapshots if found.automatic_on is None], region, name, "DiskSnapshot"
    )


def find_database_snapshot(account: Account, region: str, name: str) -> RelationalDatabaseSnapshot:
    return _find(account.relational_database_snapshots, region, name, "RelationalDatabaseSnapshot")


def _find(resources: list[R], region: str, name: str, resource_type: str) -> R:
    for resource in resources:
        if resource.name == name and resource.region == region:
            return resource
    raise does_not_exist(resource_type, name)


def free_private_address(account: Account, settings: Settings) -> str:
    """The lowest address of the instances' and databases' quarter of the subnet that nothing has."""
    taken = account.addresses() | {str(settings.gateway)}
    ours: IPv4Network = next(settings.private_addresses.subnets(prefixlen_diff=1))
    for address in ours.hosts():
        if str(address) not in taken:
            return str(address)
    raise OperationFailureException(f"Every address of {ours} is taken")


def free_public_address(account: Account, settings: Settings) -> str:
    """Some address of the public half. Any, so that an old machine's host key rarely meets a new machine's address."""
    taken = account.addresses()
    pool = settings.public_addresses
    for offset in random.sample(range(1, pool.num_addresses - 1), pool.num_addresses - 2):
        address = str(IPv4Address(int(pool.network_address) + offset))
        if address not in taken:
            return address
    raise OperationFailureException(f"Every address of {pool} is taken")
