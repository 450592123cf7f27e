# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A CloudFront DistributionConfig: from options, merged over what is there, in a form that can be compared and shown.

CloudFront takes the whole configuration with every update and fills in what it wasn't given. So what is wanted is laid
over what is there, and only what an option names can differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .cloudfront import unwrapped, wrapped

Config = dict[str, Any]

SCALARS = {
    "comment": "Comment",
    "enabled": "Enabled",
    "default_root_object": "DefaultRootObject",
    "price_class": "PriceClass",
    "http_version": "HttpVersion",
    "ipv6_enabled": "IsIPV6Enabled",
    "web_acl_id": "WebACLId",
}
BEHAVIOR_SCALARS = {
    "target_origin_id": "TargetOriginId",
    "viewer_protocol_policy": "ViewerProtocolPolicy",
    "compress": "Compress",
    "cache_policy_id": "CachePolicyId",
    "origin_request_policy_id": "OriginRequestPolicyId",
    "response_headers_policy_id": "ResponseHeadersPolicyId",
}
# Older ways to say what a cache policy says; CloudFront refuses both together.
SUPERSEDED_BY_CACHE_POLICY = ("ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL")
# The lists whose order means something; all others are sets that CloudFront gives back in an order of its own.
ORDERED_LISTS = ("CacheBehaviors", "Members")
HIDDEN = "********"


def given(options: Mapping[str, Any], names: Mapping[str, str]) -> Config:
    """CloudFront's members for those options that were given."""
    return {member: options[option] for option, member in names.items() if options.get(option) is not None}


def origin_config(options: Mapping[str, Any], current: Mapping[str, Any]) -> Config:
    """An Origin from an entry of the option origins, over the one of the same id that is there."""
    origin = {**current, "Id": options["id"], "DomainName": options["domain_name"]}
    names = {
        "origin_path": "OriginPath",
        "origin_access_control_id": "OriginAccessControlId",
        "connection_attempts": "ConnectionAttempts",
        "connection_timeout": "ConnectionTimeout",
    }
    origin.update(given(options, names))
    if options.get("custom_headers") is not None:
        headers = [
            {"HeaderName": name, "HeaderValue": str(value)} for name, value in sorted(options["custom_headers"].items())
        ]
        origin["CustomHeaders"] = wrapped(headers)
    if custom := options.get("custom_origin"):
        origin.pop("S3OriginConfig", None)
        origin["CustomOriginConfig"] = {
            **(current.get("CustomOriginConfig") or {}),
            "HTTPPort": custom["http_port"],
            "HTTPSPort": custom["https_port"],
            "OriginProtocolPolicy": custom["protocol_policy"],
            "OriginSslProtocols": wrapped(custom["ssl_protocols"]),
            "OriginReadTimeout": custom["read_timeout"],
            "OriginKeepaliveTimeout": custom["keepalive_timeout"],
        }
    else:
        origin.pop("CustomOriginConfig", None)
        origin.setdefault("S3OriginConfig", {"OriginAccessIdentity": ""})
    return origin


def behavior_config(options: Mapping[str, Any], current: Mapping[str, Any]) -> Config:
    """A cache behavior from options, over the one that is there."""
    behavior = {**current, **given(options, BEHAVIOR_SCALARS)}
    if options.get("path_pattern") is not None:
        behavior["PathPattern"] = options["path_pattern"]
    if options.get("allowed_methods") is not None:
        cached = options.get("cached_methods") or ["GET", "HEAD"]
        behavior["AllowedMethods"] = {**wrapped(options["allowed_methods"]), "CachedMethods": wrapped(cached)}
    if options.get("function_associations") is not None:
        pairs = [
            {"EventType": association["event_type"], "FunctionARN": association["function_arn"]}
            for association in options["function_associations"]
        ]
        behavior["FunctionAssociations"] = wrapped(pairs)
    if behavior.get("CachePolicyId"):
        for member in SUPERSEDED_BY_CACHE_POLICY:
            behavior.pop(member, None)
    # An empty id takes the policy away, and CloudFront wants the member left out then.
    return {member: value for member, value in behavior.items() if not (member.endswith("PolicyId") and value == "")}


def certificate_config(options: Mapping[str, Any], current: Mapping[str, Any]) -> Config:
    """A ViewerCertificate from the option certificate, over the one that is there."""
    arn = options.get("acm_certificate_arn")
    if not arn:
        return dict(current) if current.get("CloudFrontDefaultCertificate") else {"CloudFrontDefaultCertificate": True}
    same = current if current.get("ACMCertificateArn") == arn else {}
    return {
        **same,
        "CloudFrontDefaultCertificate": False,
        "ACMCertificateArn": arn,
        "SSLSupportMethod": options["ssl_support_method"],
        "MinimumProtocolVersion": options["minimum_protocol_version"],
    }


def items_by(container: Any, key: str) -> dict[str, Config]:
    """The items of one of CloudFront's lists by one of their members."""
    return {item[key]: item for item in unwrapped(container or {"Quantity": 0})}


def merged(current: Mapping[str, Any] | None, options: Mapping[str, Any]) -> Config:
    """The whole DistributionConfig that there should be.

    Args:
        current: the DistributionConfig that is there, or None.
        options: those of the module distribution.
    """
    base = current or {"Comment": "", "Enabled": True}
    config = {**base, "CallerReference": options["caller_reference"], **given(options, SCALARS)}
    if options.get("aliases") is not None:
        config["Aliases"] = wrapped(sorted(options["aliases"]))
    if options.get("certificate") is not None:
        config["ViewerCertificate"] = certificate_config(options["certificate"], base.get("ViewerCertificate") or {})
    if options.get("origins") is not None:
        there = items_by(base.get("Origins"), "Id")
        config["Origins"] = wrapped([origin_config(one, there.get(one["id"], {})) for one in options["origins"]])
    if options.get("default_cache_behavior") is not None:
        default = base.get("DefaultCacheBehavior") or {}
        config["DefaultCacheBehavior"] = behavior_config(options["default_cache_behavior"], default)
    if options.get("cache_behaviors") is not None:
        there = items_by(base.get("CacheBehaviors"), "PathPattern")
        behaviors = [behavior_config(one, there.get(one["path_pattern"], {})) for one in options["cache_behaviors"]]
        config["CacheBehaviors"] = wrapped(behaviors)
    return config


def normal(value: Any, name: str = "") -> Any:
    """A configuration in a form that can be compared: plain lists without counts, sets in order."""
    if isinstance(value, Mapping):
        plain = unwrapped(value)
        if isinstance(plain, Mapping):
            pairs = {key: normal(item, key) for key, item in plain.items() if item is not None}
            counted = "Quantity" in pairs and isinstance(pairs.get("Items", []), list)
            if counted:
                pairs.pop("Quantity")
                pairs["Items"] = normal(pairs.get("Items", []), name)
            return pairs
        return normal(plain, name)
    if isinstance(value, list):
        items = [normal(item) for item in value]
        return items if name in ORDERED_LISTS else sorted(items, key=repr)
    return value


def header_values(config: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """The values of all origins' own headers, by origin and header."""
    return {
        (origin["Id"], header["HeaderName"]): header["HeaderValue"]
        for origin in unwrapped(config.get("Origins") or {"Quantity": 0})
        for header in unwrapped(origin.get("CustomHeaders") or {"Quantity": 0})
    }


def shown(config: Mapping[str, Any] | None, other: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A configuration to show: normal, with the origins' headers hidden, since they often hold a secret.

    Args:
        other: what it is shown beside; a header whose value differs from there is marked as changed.
    """
    if config is None:
        return {}
    plain: dict[str, Any] = normal(config)
    values, others = header_values(config), header_values(other or {})
    for origin in plain.get("Origins", []):
        for header in origin.get("CustomHeaders", []):
            key = (origin["Id"], header["HeaderName"])
            changed = key in others and others[key] != values[key]
            header["HeaderValue"] = f"{HIDDEN} (changed)" if changed else HIDDEN
    return plain


def refused(options: Sequence[Mapping[str, Any]], origin_ids: set[str]) -> list[str]:
    """The behaviors' target origins that aren't among the origins."""
    return sorted({one["target_origin_id"] for one in options} - origin_ids)
