"""Load balancers: their records' life, HAProxy behind each, the instances attached to it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial

import structlog

from localcloud.lightsail import cloud as c
from localcloud.lightsail import load_balancer_certificates, quotas, tls_policies
from localcloud.lightsail.balancer_config import Target
from localcloud.lightsail.balancer_health import Health
from localcloud.lightsail.balancers import BalancerNotReadyError
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, NotFoundException, OperationFailureException
from localcloud.lightsail.names import check_health_path, check_resource_name
from localcloud.lightsail.records import (
    Account,
    Instance,
    InstanceState,
    LoadBalancer,
    LoadBalancerState,
    LoadBalancerTlsCertificate,
)

log = structlog.get_logger(__name__)

HTTP, HTTPS = 80, 443
UNKNOWN: Health = ("unavailable", "Lb.InternalError")


def create(cloud: Cloud, region: str, members: Members) -> Members:
    name = check_resource_name(members["loadBalancerName"])
    port = members["instancePort"]
    if not 1 <= port <= 65535:
        raise InvalidInputException(f"instancePort is not valid: {port}", "use 1 to 65535")
    if members.get("ipAddressType") == "ipv6":
        raise InvalidInputException("localcloud has no IPv6 network", "use dualstack or ipv4")
    wants_certificate = load_balancer_certificates.is_asked_for(members)
    tags = {tag["key"]: tag.get("value", "") for tag in members.get("tags", [])}
    with cloud.store.changing() as account:
        c.check_names_free(account, region, [name])
        balancer = LoadBalancer(
            name=name,
            region=region,
            instance_port=port,
            health_check_path=check_health_path(members.get("healthCheckPath", "/")),
            ip_address_type=members.get("ipAddressType", "dualstack"),
            tls_policy=tls_policies.named(members.get("tlsPolicyName", tls_policies.DEFAULT.name)).name,
            private_address=c.free_private_address(account, cloud.settings),
            public_address=c.free_public_address(account, cloud.settings),
            dns_name=f"{secrets.token_hex(16)}-{secrets.randbelow(10**10)}.{region}.elb.localcloud.test",
            tags=tags,
        )
        account.load_balancers.append(balancer)
        quotas.check(account, region)
        operations = [c.started(account, balancer, "CreateLoadBalancer")]
        if wants_certificate:
            asked = {"loadBalancerName": name, **members}
            operations.append(load_balancer_certificates.request(account, balancer, asked))
    cloud.in_background(balancer, [operations[0].id], partial(bring_up, cloud, balancer))
    return {"operations": [operation.describe() for operation in operations]}


def bring_up(cloud: Cloud, balancer: LoadBalancer) -> None:
    """Have the balancer run with what is recorded now. Does nothing to one deleted meanwhile."""
    with cloud.store.reading() as account:
        found = _current(account, balancer)
        if found is None:
            return
        record = found.model_copy(deep=True)
        targets = [Target(name=item.name, address=item.private_address) for item in _attached(account, record)]
        certificate = load_balancer_certificates.attached(account, record)
    try:
        cloud.balancers.ensure_running(record, targets, certificate)
    except Exception:
        with cloud.changing(balancer) as changed:
            changed.state = LoadBalancerState.FAILED
        raise
    with cloud.changing(balancer) as changed:
        changed.state = LoadBalancerState.ACTIVE


def delete(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        balancer = find(account, region, members["loadBalancerName"])
        balancer.deleting = True
        operation = c.started(account, balancer, "DeleteLoadBalancer")
    cloud.in_background(balancer, [operation.id], partial(destroy, cloud, balancer))
    return {"operations": [operation.describe()]}


def destroy(cloud: Cloud, balancer: LoadBalancer) -> None:
    """Remove the balancer, then its record and its certificates; the instances stay."""
    cloud.balancers.remove(balancer)
    with cloud.store.changing() as account:
        account.load_balancers = [found for found in account.load_balancers if found.id != balancer.id]
        account.load_balancer_tls_certificates = [
            found
            for found in account.load_balancer_tls_certificates
            if (found.region, found.load_balancer) != (balancer.region, balancer.name)
        ]


def attach(cloud: Cloud, region: str, members: Members) -> Members:
    def change(balancer: LoadBalancer, instance: Instance) -> None:
        if instance.state is not InstanceState.RUNNING:
            raise OperationFailureException(
                f"{instance.name} cannot be attached: it is {instance.state.value}", "wait until it is running"
            )
        if instance.name not in balancer.instances:
            balancer.instances = [*balancer.instances, instance.name]

    return _change_instances(cloud, region, members, "AttachInstancesToLoadBalancer", change)


def detach(cloud: Cloud, region: str, members: Members) -> Members:
    def change(balancer: LoadBalancer, instance: Instance) -> None:
        # As with AWS's other load balancers, what isn't attached is detached already.
        balancer.instances = [name for name in balancer.instances if name != instance.name]

    return _change_instances(cloud, region, members, "DetachInstancesFromLoadBalancer", change)


def forget_instance(account: Account, instance: Instance) -> list[LoadBalancer]:
    """Take a deleted instance from its balancers; those that it was attached to."""
    changed = []
    for balancer in account.load_balancers:
        if balancer.region == instance.region and instance.name in balancer.instances:
            balancer.instances = [name for name in balancer.instances if name != instance.name]
            changed.append(balancer)
    return changed


def get(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        balancer = find(account, region, members["loadBalancerName"], deleting=True).model_copy(deep=True)
    return {"loadBalancer": describe(cloud, balancer)}


def get_all(cloud: Cloud, region: str, _members: Members) -> Members:
    with cloud.store.reading() as account:
        found = [item.model_copy(deep=True) for item in account.load_balancers if item.region == region]
    return {"loadBalancers": [describe(cloud, balancer) for balancer in found]}


def find(account: Account, region: str, name: str, *, deleting: bool = False) -> LoadBalancer:
    """The balancer of that name; one that is being deleted is none, unless it is asked for.

    Raises:
        NotFoundException: there is none.
    """
    balancer = c.find_load_balancer(account, region, name)
    if balancer.deleting and not deleting:
        raise NotFoundException(f"The LoadBalancer is being deleted: {name}")
    return balancer


def describe(cloud: Cloud, balancer: LoadBalancer) -> Members:
    with cloud.store.reading() as account:
        certificates = load_balancer_certificates.of(account, balancer)
        running = {item.name for item in _attached(account, balancer) if item.state is InstanceState.RUNNING}
    has_https = any(certificate.attached for certificate in certificates)
    return balancer.describe() | {
        "tags": balancer.tag_list(),
        "dnsName": balancer.dns_name,
        # The model has no word for a balancer that is being deleted.
        "state": "unknown" if balancer.deleting else balancer.state.value,
        "protocol": "HTTP_HTTPS" if has_https else "HTTP",
        "publicPorts": [HTTP, HTTPS] if has_https else [HTTP],
        "healthCheckPath": balancer.health_check_path,
        "instancePort": balancer.instance_port,
        "instanceHealthSummary": _health_summary(cloud, balancer, running),
        "tlsCertificateSummaries": [_summary(certificate) for certificate in certificates],
        "configurationOptions": {
            "SessionStickinessEnabled": str(balancer.session_stickiness).lower(),
            "SessionStickiness_LB_CookieDurationSeconds": str(balancer.cookie_seconds),
        },
        "ipAddressType": balancer.ip_address_type,
        "httpsRedirectionEnabled": balancer.https_redirection,
        "tlsPolicyName": balancer.tls_policy,
    }


def _health_summary(cloud: Cloud, balancer: LoadBalancer, running: set[str]) -> list[Members]:
    found: dict[str, Health] = {}
    answers = True
    if balancer.instances and balancer.state is LoadBalancerState.ACTIVE and not balancer.deleting:
        try:
            found = cloud.balancers.health(balancer)
        except BalancerNotReadyError as error:
            log.warning("no health", balancer=balancer.name, cause=str(error))
            answers = False
    summary = []
    for name in balancer.instances:
        if name not in running:
            state, reason = "unused", "Instance.InvalidState"
        elif not answers:
            state, reason = UNKNOWN
        else:
            state, reason = found.get(name, ("initial", "Lb.RegistrationInProgress"))
        shown = {"instanceName": name, "instanceHealth": state}
        summary.append(shown | ({"instanceHealthReason": reason} if reason else {}))
    return summary


def _summary(certificate: LoadBalancerTlsCertificate) -> Members:
    return {"name": certificate.name, "isAttached": certificate.attached}


def _change_instances(
    cloud: Cloud,
    region: str,
    members: Members,
    operation_type: str,
    change: Callable[[LoadBalancer, Instance], None],
) -> Members:
    names = members["instanceNames"]
    if not names or len(set(names)) != len(names):
        raise InvalidInputException("instanceNames must be one or more different names")
    with cloud.store.changing() as account:
        balancer = find(account, region, members["loadBalancerName"])
        operations = []
        for name in names:
            instance = c.find_instance(account, region, name)
            change(balancer, instance)
            operations += [
                c.started(account, balancer, operation_type, instance.name),
                c.started(account, instance, operation_type, balancer.name),
            ]
    cloud.in_background(balancer, [item.id for item in operations], partial(bring_up, cloud, balancer))
    return {"operations": [operation.describe() for operation in operations]}


def _current(account: Account, balancer: LoadBalancer) -> LoadBalancer | None:
    found = account.record_of(balancer)
    return None if found is None or found.deleting else found


def _attached(account: Account, balancer: LoadBalancer) -> list[Instance]:
    by_name = {instance.name: instance for instance in account.instances if instance.region == balancer.region}
    return [by_name[name] for name in balancer.instances if name in by_name]


OPERATIONS: dict[str, c.Handler] = {
    "CreateLoadBalancer": create,
    "GetLoadBalancer": get,
    "GetLoadBalancers": get_all,
    "DeleteLoadBalancer": delete,
    "AttachInstancesToLoadBalancer": attach,
    "DetachInstancesFromLoadBalancer": detach,
}
