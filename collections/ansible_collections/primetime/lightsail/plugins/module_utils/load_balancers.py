# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Lightsail's load balancers and their certificates as the service describes them, and as the modules show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .convergence import find
from .tags import from_wire

STICKINESS = "SessionStickinessEnabled"
COOKIE_SECONDS = "SessionStickiness_LB_CookieDurationSeconds"


def describe_load_balancer(client: Any, name: str) -> dict[str, Any] | None:
    """Lightsail's LoadBalancer structure, or None."""
    found = find(client, "get_load_balancer", loadBalancerName=name)
    return found["loadBalancer"] if found else None


def certificates_of(client: Any, load_balancer: str) -> list[dict[str, Any]]:
    """Lightsail's LoadBalancerTlsCertificate structures of one balancer; none where there is no balancer."""
    # This listing has no pages.
    found = find(client, "get_load_balancer_tls_certificates", loadBalancerName=load_balancer)
    return list(found.get("tlsCertificates") or []) if found else []


def attached_instances(description: Mapping[str, Any]) -> list[str]:
    """Names of the instances attached, those that are leaving left out, in order."""
    summary = description.get("instanceHealthSummary") or []
    return sorted(item["instanceName"] for item in summary if item.get("instanceHealth") != "draining")


def health(description: Mapping[str, Any]) -> dict[str, str]:
    """Each attached instance's health."""
    summary = description.get("instanceHealthSummary") or []
    return {item["instanceName"]: item.get("instanceHealth", "unavailable") for item in summary}


def stickiness(description: Mapping[str, Any]) -> dict[str, Any]:
    """Whether visitors stay with one instance, and for how long (seconds)."""
    options = description.get("configurationOptions") or {}
    return {
        "session_stickiness": options.get(STICKINESS, "false") == "true",
        "session_cookie_seconds": int(options.get(COOKIE_SECONDS) or 86_400),
    }


def load_balancer_view(description: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the modules return of a load balancer; empty for one that isn't there."""
    if description is None:
        return {}
    attached = [item["name"] for item in description.get("tlsCertificateSummaries") or [] if item.get("isAttached")]
    return {
        "name": description["name"],
        "arn": description.get("arn"),
        "state": description.get("state"),
        "dns_name": description.get("dnsName"),
        "protocol": description.get("protocol"),
        "public_ports": description.get("publicPorts") or [],
        "instance_port": description.get("instancePort"),
        "health_check_path": description.get("healthCheckPath") or "/",
        "ip_address_type": description.get("ipAddressType"),
        "instances": attached_instances(description),
        "instance_health": health(description),
        **stickiness(description),
        "https_redirect": bool(description.get("httpsRedirectionEnabled")),
        "tls_policy": description.get("tlsPolicyName"),
        "certificate": attached[0] if attached else "",
        "tags": from_wire(description.get("tags")),
    }


def certificate_view(description: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the modules return of a certificate; empty for one that isn't there."""
    if description is None:
        return {}
    return {
        "name": description["name"],
        "arn": description.get("arn"),
        "load_balancer_name": description.get("loadBalancerName"),
        "status": description.get("status"),
        "domain_name": description.get("domainName"),
        "alternative_names": alternative_names(description),
        "attached": bool(description.get("isAttached")),
        "validation_records": [
            {
                "domain_name": record.get("domainName"),
                "name": record.get("name"),
                "type": record.get("type"),
                "value": record.get("value"),
                "status": record.get("validationStatus"),
            }
            for record in description.get("domainValidationRecords") or []
        ],
        "tags": from_wire(description.get("tags")),
    }


def alternative_names(description: Mapping[str, Any]) -> list[str]:
    """The names beside the first, in order."""
    return sorted(set(description.get("subjectAlternativeNames") or []) - {description.get("domainName")})
