"""Certificates of load balancers: asked for, proven by a CNAME record, issued, attached, deleted.

The local cloud's own authority issues them, once the records that prove the names are in a hosted zone of its Route 53.
Whether they are is looked up whenever a certificate is asked about.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from cryptography import x509

from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.names import check_resource_name
from localcloud.lightsail.records import (
    Account,
    CertificateStatus,
    LoadBalancer,
    LoadBalancerTlsCertificate,
    Operation,
    ValidationRecord,
    now,
)

PER_BALANCER = 2
NAMES_LIMIT = 10
# As long as Lightsail waits for the records.
VALIDATION_TIME = timedelta(hours=72)
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN_NAME = re.compile(rf"(?:\*\.)?(?:{LABEL}\.)+{LABEL}")


def is_asked_for(members: Members) -> bool:
    """Whether CreateLoadBalancer asks for a certificate. Raises InvalidInputException when it half does."""
    given = [member for member in ("certificateName", "certificateDomainName") if member in members]
    if len(given) == 1:
        raise InvalidInputException("certificateName and certificateDomainName belong together", "give both or none")
    return bool(given)


def request(account: Account, balancer: LoadBalancer, members: Members) -> Operation:
    """A new certificate's record, and the operation that made it.

    Raises:
        InvalidInputException: a name that is taken or not valid, or too many names.
        OperationFailureException: the balancer has as many certificates as it can.
    """
    name = check_resource_name(members["certificateName"])
    domain = _check_domain(members["certificateDomainName"])
    others = [_check_domain(item) for item in members.get("certificateAlternativeNames", [])]
    names = list(dict.fromkeys([domain, *others]))
    if len(names) > NAMES_LIMIT:
        raise InvalidInputException(f"A certificate has at most {NAMES_LIMIT} names")
    c.check_names_free(account, balancer.region, [name])
    if len(of(account, balancer)) == PER_BALANCER:
        raise OperationFailureException(
            f"{balancer.name} has {PER_BALANCER} certificates, the most that there can be",
            "delete one that is not used",
        )
    certificate = LoadBalancerTlsCertificate(
        name=name,
        region=balancer.region,
        load_balancer=balancer.name,
        domain_name=domain,
        alternative_names=names[1:],
        records=[_validation_record(item) for item in names],
        tags={tag["key"]: tag.get("value", "") for tag in members.get("tags", [])},
    )
    account.load_balancer_tls_certificates.append(certificate)
    return c.succeeded(account, certificate, "CreateLoadBalancerTlsCertificate", balancer.name)


def of(account: Account, balancer: LoadBalancer) -> list[LoadBalancerTlsCertificate]:
    """The balancer's certificates."""
    return [
        found.model_copy(deep=True)
        for found in account.load_balancer_tls_certificates
        if (found.region, found.load_balancer) == (balancer.region, balancer.name)
    ]


def attached(account: Account, balancer: LoadBalancer) -> LoadBalancerTlsCertificate | None:
    """The certificate that the balancer shows."""
    return next((found for found in of(account, balancer) if found.attached), None)


def validate(cloud: Cloud, region: str, balancer: str) -> None:
    """Issue the balancer's certificates whose records are there by now; give up on those that waited too long."""
    with cloud.store.reading() as account:
        pending = [
            found.model_copy(deep=True)
            for found in account.load_balancer_tls_certificates
            if (found.region, found.load_balancer) == (region, balancer)
            and found.status is CertificateStatus.PENDING_VALIDATION
        ]
    for certificate in pending:
        proven = {
            record.domain_name
            for record in certificate.records
            if record.value.rstrip(".") in cloud.canonical_names(record.name)
        }
        is_proven = len(proven) == len(certificate.records)
        issued = cloud.balancers.issue([certificate.domain_name, *certificate.alternative_names]) if is_proven else None
        with cloud.store.changing() as account:
            for found in account.load_balancer_tls_certificates:
                if found.id != certificate.id or found.status is not CertificateStatus.PENDING_VALIDATION:
                    continue
                for record in found.records:
                    record.validated = record.domain_name in proven
                if issued:
                    found.certificate, found.private_key = issued
                    found.status, found.issued_at = CertificateStatus.ISSUED, now()
                elif now() - found.created_at > VALIDATION_TIME:
                    found.status = CertificateStatus.VALIDATION_TIMED_OUT


def describe(certificate: LoadBalancerTlsCertificate) -> Members:
    names = [certificate.domain_name, *certificate.alternative_names]
    shown = certificate.describe() | {
        "tags": certificate.tag_list(),
        "loadBalancerName": certificate.load_balancer,
        "isAttached": certificate.attached,
        "status": certificate.status.value,
        "domainName": certificate.domain_name,
        "domainValidationRecords": [_shown_record(certificate, record) for record in certificate.records],
        "subjectAlternativeNames": names,
        "subject": f"CN={certificate.domain_name}",
        "keyAlgorithm": "EC-prime256v1",
    }
    if certificate.status is not CertificateStatus.ISSUED or certificate.issued_at is None:
        return shown
    issued = x509.load_pem_x509_certificate(certificate.certificate.encode())
    return shown | {
        "issuedAt": certificate.issued_at,
        "issuer": issued.issuer.rfc4514_string(),
        "serial": f"{issued.serial_number:x}",
        "notBefore": issued.not_valid_before_utc,
        "notAfter": issued.not_valid_after_utc,
        "signatureAlgorithm": "SHA256WITHECDSA",
    }


def _shown_record(certificate: LoadBalancerTlsCertificate, record: ValidationRecord) -> Members:
    timed_out = certificate.status is CertificateStatus.VALIDATION_TIMED_OUT
    status = "SUCCESS" if record.validated else "FAILED" if timed_out else "PENDING_VALIDATION"
    return {
        "name": f"{record.name}.",
        "type": "CNAME",
        "value": record.value,
        "validationStatus": status,
        "domainName": record.domain_name,
    }


def _validation_record(domain: str) -> ValidationRecord:
    return ValidationRecord(
        domain_name=domain,
        name=f"_{secrets.token_hex(16)}.{domain.removeprefix('*.')}",
        value=f"_{secrets.token_hex(16)}.{secrets.token_hex(5)}.acm-validations.aws.",
    )


def _check_domain(name: str) -> str:
    lowered = name.lower().rstrip(".")
    if len(lowered) > 253 or not DOMAIN_NAME.fullmatch(lowered):
        raise InvalidInputException(f"The domain name is not valid: {name}")
    return lowered
