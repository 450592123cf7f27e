"""The operations on load balancers' certificates: create, list, attach to the HTTPS listener, delete."""

from __future__ import annotations

from functools import partial

from localcloud.lightsail import cloud as c
from localcloud.lightsail import load_balancer_certificates, load_balancers
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import OperationFailureException
from localcloud.lightsail.records import CertificateStatus


def create(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        balancer = load_balancers.find(account, region, members["loadBalancerName"])
        return {"operations": [load_balancer_certificates.request(account, balancer, members).describe()]}


def get_all(cloud: Cloud, region: str, members: Members) -> Members:
    load_balancer_certificates.validate(cloud, region, members["loadBalancerName"])
    with cloud.store.reading() as account:
        balancer = load_balancers.find(account, region, members["loadBalancerName"])
        found = load_balancer_certificates.of(account, balancer)
    return {"tlsCertificates": [load_balancer_certificates.describe(certificate) for certificate in found]}


def attach(cloud: Cloud, region: str, members: Members) -> Members:
    """The certificate takes the place of the one that is attached."""
    load_balancer_certificates.validate(cloud, region, members["loadBalancerName"])
    with cloud.store.changing() as account:
        balancer = load_balancers.find(account, region, members["loadBalancerName"])
        wanted = c.find_tls_certificate(account, region, balancer.name, members["certificateName"])
        if wanted.status is not CertificateStatus.ISSUED:
            raise OperationFailureException(
                f"{wanted.name} cannot be attached: it is {wanted.status.value}",
                "make its validation records in the domain's zone and wait until it is ISSUED",
            )
        for other in account.load_balancer_tls_certificates:
            if (other.region, other.load_balancer) == (region, balancer.name):
                other.attached = other.id == wanted.id
        operations = [
            c.started(account, balancer, "AttachLoadBalancerTlsCertificate", wanted.name),
            c.started(account, wanted, "AttachLoadBalancerTlsCertificate", balancer.name),
        ]
    step = partial(load_balancers.bring_up, cloud, balancer)
    cloud.in_background(balancer, [operation.id for operation in operations], step)
    return {"operations": [operation.describe() for operation in operations]}


def delete(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        balancer = load_balancers.find(account, region, members["loadBalancerName"])
        certificate = c.find_tls_certificate(account, region, balancer.name, members["certificateName"])
        if certificate.attached and not members.get("force"):
            raise OperationFailureException(
                f"{certificate.name} is attached to {balancer.name}", "attach another one first, or use force"
            )
        if certificate.attached:
            balancer.https_redirection = False
        account.load_balancer_tls_certificates.remove(certificate)
        operation = c.started(account, certificate, "DeleteLoadBalancerTlsCertificate", balancer.name)
    cloud.in_background(balancer, [operation.id], partial(load_balancers.bring_up, cloud, balancer))
    return {"operations": [operation.describe()]}


OPERATIONS: dict[str, c.Handler] = {
    "CreateLoadBalancerTlsCertificate": create,
    "GetLoadBalancerTlsCertificates": get_all,
    "AttachLoadBalancerTlsCertificate": attach,
    "DeleteLoadBalancerTlsCertificate": delete,
}
