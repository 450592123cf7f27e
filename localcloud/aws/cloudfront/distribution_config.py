"""A distribution's configuration: the members that CloudFront fills in, and the mistakes that it refuses."""

from __future__ import annotations

from typing import Any

from localcloud.aws.cloudfront.errors import CloudFrontError
from localcloud.aws.cloudfront.functions import function_arn
from localcloud.aws.cloudfront.policies import CACHE_POLICY, ORIGIN_REQUEST_POLICY, RESPONSE_HEADERS_POLICY
from localcloud.aws.cloudfront.store import Record, Store


def behaviours_of(config: Record) -> list[Record]:
    """Every cache behaviour, the default one first."""
    return [config["DefaultCacheBehavior"], *config["CacheBehaviors"].get("Items", [])]


def completed(config: Record) -> Record:
    """The configuration with CloudFront's defaults where a member was left out, as GetDistribution shows it."""
    config = _defaults(
        config,
        Aliases={"Quantity": 0},
        DefaultRootObject="",
        OriginGroups={"Quantity": 0},
        CacheBehaviors={"Quantity": 0},
        CustomErrorResponses={"Quantity": 0},
        Logging={"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
        PriceClass="PriceClass_All",
        ViewerCertificate={
            "CloudFrontDefaultCertificate": True,
            "SSLSupportMethod": "vip",
            "MinimumProtocolVersion": "TLSv1",
            "CertificateSource": "cloudfront",
        },
        Restrictions={"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
        WebACLId="",
        HttpVersion="http2",
        IsIPV6Enabled=False,
        ContinuousDeploymentPolicyId="",
        Staging=False,
    )
    config["Origins"] = config["Origins"] | {"Items": [_origin(item) for item in config["Origins"]["Items"]]}
    config["DefaultCacheBehavior"] = _behaviour(config["DefaultCacheBehavior"])
    if items := config["CacheBehaviors"].get("Items"):
        config["CacheBehaviors"] = config["CacheBehaviors"] | {"Items": [_behaviour(item) for item in items]}
    return config


def check(store: Store, config: Record, *, distribution_id: str | None) -> None:
    """Raises CloudFrontError for a configuration that refers to something that isn't there."""
    origins = {origin["Id"]: origin for origin in config["Origins"]["Items"]}
    for origin in origins.values():
        _check_origin(store, origin)
    for behaviour in behaviours_of(config):
        if behaviour["TargetOriginId"] not in origins:
            raise CloudFrontError("NoSuchOrigin", f"No origin has the id {behaviour['TargetOriginId']}.")
        _check_behaviour(store, behaviour)
    root = config["DefaultRootObject"]
    if root.startswith("/"):
        raise CloudFrontError("InvalidDefaultRootObject", f"The default root object must not begin with /: {root}")
    _check_aliases(store, config["Aliases"].get("Items", []), distribution_id)


def _defaults(given: Record, **defaults: Any) -> Record:
    return defaults | {name: value for name, value in given.items() if value is not None}


def _origin(origin: Record) -> Record:
    origin = _defaults(
        origin,
        OriginPath="",
        CustomHeaders={"Quantity": 0},
        ConnectionAttempts=3,
        ConnectionTimeout=10,
        OriginShield={"Enabled": False},
        OriginAccessControlId="",
    )
    if custom := origin.get("CustomOriginConfig"):
        origin["CustomOriginConfig"] = _defaults(
            custom,
            OriginSslProtocols={"Quantity": 1, "Items": ["TLSv1.2"]},
            OriginReadTimeout=30,
            OriginKeepaliveTimeout=5,
        )
    else:
        origin.setdefault("S3OriginConfig", {"OriginAccessIdentity": ""})
    return origin


def _behaviour(behaviour: Record) -> Record:
    behaviour = _defaults(
        behaviour,
        TrustedSigners={"Enabled": False, "Quantity": 0},
        TrustedKeyGroups={"Enabled": False, "Quantity": 0},
        AllowedMethods={"Quantity": 2, "Items": ["HEAD", "GET"]},
        SmoothStreaming=False,
        Compress=False,
        LambdaFunctionAssociations={"Quantity": 0},
        FunctionAssociations={"Quantity": 0},
        FieldLevelEncryptionId="",
    )
    behaviour["AllowedMethods"] = _defaults(
        behaviour["AllowedMethods"], CachedMethods={"Quantity": 2, "Items": ["HEAD", "GET"]}
    )
    return behaviour


def _check_origin(store: Store, origin: Record) -> None:
    control = origin["OriginAccessControlId"]
    if control and control not in store.table("origin_access_controls"):
        raise CloudFrontError("InvalidOriginAccessControl", f"No origin access control has the id {control}.")
    is_bucket = ".s3" in origin["DomainName"] and origin["DomainName"].endswith(".amazonaws.com")
    if "S3OriginConfig" in origin and not is_bucket:
        raise CloudFrontError(
            "InvalidArgument", f"The origin {origin['DomainName']} is not an S3 bucket's domain name."
        )


def _check_behaviour(store: Store, behaviour: Record) -> None:
    for kind in (CACHE_POLICY, ORIGIN_REQUEST_POLICY, RESPONSE_HEADERS_POLICY):
        policy_id = behaviour.get(kind.behaviour_member)
        if policy_id and not kind.exists(store, policy_id):
            raise CloudFrontError(kind.missing, f"No policy has the id {policy_id}.")
    if not behaviour.get("CachePolicyId") and not behaviour.get("ForwardedValues"):
        raise CloudFrontError("InvalidArgument", "A cache behaviour needs a CachePolicyId or ForwardedValues.")
    live = {function_arn(name) for name, record in store.table("functions").items() if "LIVE" in record["Stages"]}
    for association in behaviour["FunctionAssociations"].get("Items", []):
        if association["FunctionARN"] not in live:
            raise CloudFrontError(
                "InvalidFunctionAssociation", f"No published function has the ARN {association['FunctionARN']}."
            )


def _check_aliases(store: Store, aliases: list[str], distribution_id: str | None) -> None:
    for other in store.table("distributions").values():
        if other["Id"] == distribution_id:
            continue
        for taken in set(aliases) & set(other["Config"]["Aliases"].get("Items", [])):
            raise CloudFrontError("CNAMEAlreadyExists", f"Distribution {other['Id']} already has the alias {taken}.")
