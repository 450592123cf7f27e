"""What can be changed of a load balancer that stays: one attribute a call, each value a text; the TLS policies."""

from __future__ import annotations

import re
from functools import partial

from localcloud.lightsail import cloud as c
from localcloud.lightsail import load_balancer_certificates, load_balancers, tls_policies
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.names import check_health_path
from localcloud.lightsail.records import Account, LoadBalancer

# A week, as with application load balancers.
LONGEST_COOKIE_SECONDS = 604_800


def update(cloud: Cloud, region: str, members: Members) -> Members:
    attribute = members["attributeName"]
    with cloud.store.changing() as account:
        balancer = load_balancers.find(account, region, members["loadBalancerName"])
        _set(account, balancer, attribute, members["attributeValue"])
        operation = c.started(account, balancer, "UpdateLoadBalancerAttribute", attribute)
    cloud.in_background(balancer, [operation.id], partial(load_balancers.bring_up, cloud, balancer))
    return {"operations": [operation.describe()]}


def get_tls_policies(_cloud: Cloud, _region: str, _members: Members) -> Members:
    return {
        "tlsPolicies": [
            {
                "name": policy.name,
                "isDefault": policy is tls_policies.DEFAULT,
                "description": policy.description,
                "protocols": list(policy.protocols),
                "ciphers": list(policy.ciphers),
            }
            for policy in tls_policies.POLICIES.values()
        ]
    }


def _set(account: Account, balancer: LoadBalancer, attribute: str, value: str) -> None:
    """Raises InvalidInputException or OperationFailureException for a value that cannot be."""
    match attribute:
        case "HealthCheckPath":
            balancer.health_check_path = check_health_path(value)
        case "SessionStickinessEnabled":
            balancer.session_stickiness = _boolean(attribute, value)
        case "SessionStickiness_LB_CookieDurationSeconds":
            if not re.fullmatch(r"\d{1,6}", value) or not 1 <= int(value) <= LONGEST_COOKIE_SECONDS:
                raise InvalidInputException(
                    f"{attribute} is not valid: {value}", f"use 1 to {LONGEST_COOKIE_SECONDS} seconds"
                )
            balancer.cookie_seconds = int(value)
        case "HttpsRedirectionEnabled":
            enabled = _boolean(attribute, value)
            if enabled and load_balancer_certificates.attached(account, balancer) is None:
                raise OperationFailureException(
                    f"{balancer.name} has no certificate, so nothing can be redirected to HTTPS", "attach one first"
                )
            balancer.https_redirection = enabled
        case _:
            balancer.tls_policy = tls_policies.named(value).name


def _boolean(attribute: str, value: str) -> bool:
    if value not in ("true", "false"):
        raise InvalidInputException(f"{attribute} is not valid: {value}", "use true or false")
    return value == "true"


OPERATIONS: dict[str, c.Handler] = {
    "UpdateLoadBalancerAttribute": update,
    "GetLoadBalancerTlsPolicies": get_tls_policies,
}
