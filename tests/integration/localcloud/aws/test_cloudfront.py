"""CloudFront's control plane as boto3 sees it."""

import copy
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"
NOWHERE = "00000000-0000-4000-8000-000000000000"
CODE = b"function handler(event) { return event.request; }"


def code_of(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return str(caught.value.response["Error"]["Code"])


def status_of(caught: pytest.ExceptionInfo[ClientError]) -> int:
    return int(caught.value.response["ResponseMetadata"]["HTTPStatusCode"])


def cache_key(behaviour: str, headers: list[str], *, gzip: bool = False, count: int | None = None) -> dict[str, Any]:
    """A cache policy's configuration with this of the headers in its key."""
    named = {"Quantity": len(headers) if count is None else count, "Items": headers}
    return {
        "Name": "name",
        "MinTTL": 0,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": gzip,
            "HeadersConfig": {"HeaderBehavior": behaviour, **({"Headers": named} if headers else {})},
            "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        },
    }


def custom(*names: str) -> dict[str, Any]:
    items = [{"Header": name, "Value": "x", "Override": True} for name in names]
    return {"Quantity": len(items), "Items": items}


@pytest.fixture
def function_arn(cloudfront: Any) -> str:
    name = f"fallback-{uuid.uuid4().hex[:8]}"
    created = cloudfront.create_function(
        Name=name, FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"}, FunctionCode=CODE
    )
    cloudfront.publish_function(Name=name, IfMatch=created["ETag"])
    return str(created["FunctionSummary"]["FunctionMetadata"]["FunctionARN"])


@pytest.fixture
def access_control(cloudfront: Any) -> str:
    config = {
        "Name": f"control-{uuid.uuid4().hex[:8]}",
        "Description": "",
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    }
    reply = cloudfront.create_origin_access_control(OriginAccessControlConfig=config)
    return str(reply["OriginAccessControl"]["Id"])


@pytest.fixture
def config(function_arn: str, access_control: str) -> dict[str, Any]:
    """What the deployment sends: a private bucket, a server with a secret header, a function, policies."""
    return {
        "CallerReference": uuid.uuid4().hex,
        "Comment": "site & <api>",
        "Enabled": True,
        "DefaultRootObject": "index.html",
        "Aliases": {"Quantity": 1, "Items": [f"{uuid.uuid4().hex[:8]}.example.org"]},
        "Origins": {
            "Quantity": 2,
            "Items": [
                {
                    "Id": "site",
                    "DomainName": "frontend.s3.eu-central-1.amazonaws.com",
                    "OriginPath": "/current",
                    "OriginAccessControlId": access_control,
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                },
                {
                    "Id": "api",
                    "DomainName": "origin.example.org",
                    "ConnectionAttempts": 2,
                    "ConnectionTimeout": 4,
                    "CustomHeaders": {
                        "Quantity": 1,
                        "Items": [{"HeaderName": "X-Origin-Verify", "HeaderValue": 's<e&c"ret'}],
                    },
                    "CustomOriginConfig": {
                        "HTTPPort": 80,
                        "HTTPSPort": 443,
                        "OriginProtocolPolicy": "http-only",
                        "OriginReadTimeout": 60,
                        "OriginKeepaliveTimeout": 5,
                        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
                    },
                },
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "site",
            "ViewerProtocolPolicy": "redirect-to-https",
            "Compress": True,
            "CachePolicyId": CACHING_OPTIMIZED,
            "ResponseHeadersPolicyId": SECURITY_HEADERS,
            "FunctionAssociations": {
                "Quantity": 1,
                "Items": [{"EventType": "viewer-request", "FunctionARN": function_arn}],
            },
        },
        "CacheBehaviors": {
            "Quantity": 1,
            "Items": [
                {
                    "PathPattern": "/api/*",
                    "TargetOriginId": "api",
                    "ViewerProtocolPolicy": "https-only",
                    "CachePolicyId": CACHING_DISABLED,
                    "OriginRequestPolicyId": ALL_VIEWER_EXCEPT_HOST,
                    "AllowedMethods": {
                        "Quantity": 7,
                        "Items": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
                        "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
                    },
                }
            ],
        },
    }


def assert_contains(held: Any, given: Any, where: str = "config") -> None:
    """Everything that was given is in what is held; what CloudFront adds may be there too."""
    if isinstance(given, dict):
        for key, value in given.items():
            assert key in held, f"{where}.{key} was dropped"
            assert_contains(held[key], value, f"{where}.{key}")
    elif isinstance(given, list):
        assert len(held) == len(given), where
        for position, value in enumerate(given):
            assert_contains(held[position], value, f"{where}[{position}]")
    else:
        assert held == given, where


def test_a_distribution_keeps_every_member_that_it_was_given(cloudfront: Any, config: dict[str, Any]) -> None:
    given = copy.deepcopy(config)
    created = cloudfront.create_distribution_with_tags(
        DistributionConfigWithTags={
            "DistributionConfig": config,
            "Tags": {"Items": [{"Key": "environment", "Value": "test"}]},
        }
    )["Distribution"]

    assert created["Status"] == "InProgress"
    assert created["DomainName"].endswith(".cloudfront.net")
    held = cloudfront.get_distribution(Id=created["Id"])["Distribution"]
    assert held["Status"] == "Deployed"
    assert_contains(held["DistributionConfig"], given)
    listed = cloudfront.list_distributions()["DistributionList"]["Items"]
    summary = next(item for item in listed if item["Id"] == created["Id"])
    assert_contains(summary["DefaultCacheBehavior"], given["DefaultCacheBehavior"])
    tags = cloudfront.list_tags_for_resource(Resource=created["ARN"])["Tags"]["Items"]
    assert tags == [{"Key": "environment", "Value": "test"}]


def test_what_get_distribution_config_says_can_be_sent_back_unchanged(cloudfront: Any, config: dict[str, Any]) -> None:
    created = cloudfront.create_distribution(DistributionConfig=config)
    distribution_id = created["Distribution"]["Id"]
    read = cloudfront.get_distribution_config(Id=distribution_id)
    assert read["ETag"] == created["ETag"]

    cloudfront.update_distribution(
        Id=distribution_id, IfMatch=read["ETag"], DistributionConfig=copy.deepcopy(read["DistributionConfig"])
    )

    again = cloudfront.get_distribution_config(Id=distribution_id)
    assert again["DistributionConfig"] == read["DistributionConfig"]
    assert again["ETag"] != read["ETag"]


def test_an_old_entity_tag_does_not_change_a_distribution(cloudfront: Any, config: dict[str, Any]) -> None:
    created = cloudfront.create_distribution(DistributionConfig=config)
    distribution_id, old = created["Distribution"]["Id"], created["ETag"]
    changed = cloudfront.get_distribution_config(Id=distribution_id)["DistributionConfig"]
    cloudfront.update_distribution(Id=distribution_id, IfMatch=old, DistributionConfig=changed | {"Comment": "new"})

    with pytest.raises(ClientError) as caught:
        cloudfront.update_distribution(Id=distribution_id, IfMatch=old, DistributionConfig=changed)

    assert (code_of(caught), status_of(caught)) == ("PreconditionFailed", 412)
    assert cloudfront.get_distribution_config(Id=distribution_id)["DistributionConfig"]["Comment"] == "new"


def test_a_distribution_must_be_disabled_before_it_is_deleted(cloudfront: Any, config: dict[str, Any]) -> None:
    created = cloudfront.create_distribution(DistributionConfig=config)
    distribution_id = created["Distribution"]["Id"]
    with pytest.raises(ClientError) as caught:
        cloudfront.delete_distribution(Id=distribution_id, IfMatch=created["ETag"])
    assert (code_of(caught), status_of(caught)) == ("DistributionNotDisabled", 409)

    held = cloudfront.get_distribution_config(Id=distribution_id)["DistributionConfig"]
    updated = cloudfront.update_distribution(
        Id=distribution_id, IfMatch=created["ETag"], DistributionConfig=held | {"Enabled": False}
    )
    cloudfront.delete_distribution(Id=distribution_id, IfMatch=updated["ETag"])

    with pytest.raises(ClientError) as caught:
        cloudfront.get_distribution(Id=distribution_id)
    assert (code_of(caught), status_of(caught)) == ("NoSuchDistribution", 404)


def test_creating_twice_with_one_caller_reference_gives_the_same_or_refuses(
    cloudfront: Any, config: dict[str, Any]
) -> None:
    first = cloudfront.create_distribution(DistributionConfig=copy.deepcopy(config))
    again = cloudfront.create_distribution(DistributionConfig=copy.deepcopy(config))
    assert again["Distribution"]["Id"] == first["Distribution"]["Id"]

    with pytest.raises(ClientError) as caught:
        cloudfront.create_distribution(DistributionConfig=config | {"Comment": "another"})
    assert code_of(caught) == "DistributionAlreadyExists"


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("DefaultCacheBehavior", "TargetOriginId"), "nowhere", "NoSuchOrigin"),
        (("DefaultCacheBehavior", "CachePolicyId"), NOWHERE, "NoSuchCachePolicy"),
        (("DefaultCacheBehavior", "ResponseHeadersPolicyId"), NOWHERE, "NoSuchResponseHeadersPolicy"),
        (("Origins", "Items", 0, "OriginAccessControlId"), "ENOTHERE", "InvalidOriginAccessControl"),
        (("Origins", "Items", 0, "DomainName"), "example.org", "InvalidArgument"),
        (("DefaultRootObject",), "/index.html", "InvalidDefaultRootObject"),
        (
            ("DefaultCacheBehavior", "FunctionAssociations", "Items", 0, "FunctionARN"),
            "arn:aws:cloudfront::123456789012:function/none",
            "InvalidFunctionAssociation",
        ),
    ],
)
def test_a_reference_to_nothing_is_refused(
    cloudfront: Any, config: dict[str, Any], path: tuple[Any, ...], value: str, code: str
) -> None:
    target: Any = config
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value

    with pytest.raises(ClientError) as caught:
        cloudfront.create_distribution(DistributionConfig=config)

    assert code_of(caught) == code


def test_an_alias_belongs_to_one_distribution(cloudfront: Any, config: dict[str, Any]) -> None:
    cloudfront.create_distribution(DistributionConfig=copy.deepcopy(config))
    with pytest.raises(ClientError) as caught:
        cloudfront.create_distribution(DistributionConfig=config | {"CallerReference": "another"})
    assert (code_of(caught), status_of(caught)) == ("CNAMEAlreadyExists", 409)


def test_a_function_is_served_as_published_until_it_is_published_again(cloudfront: Any) -> None:
    made = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    created = cloudfront.create_function(Name="stages", FunctionConfig=made, FunctionCode=CODE)
    assert created["FunctionSummary"]["Status"] == "UNPUBLISHED"
    with pytest.raises(ClientError) as caught:
        cloudfront.get_function(Name="stages", Stage="LIVE")
    assert (code_of(caught), status_of(caught)) == ("NoSuchFunctionExists", 404)

    published = cloudfront.publish_function(Name="stages", IfMatch=created["ETag"])
    assert published["FunctionSummary"]["FunctionMetadata"]["Stage"] == "LIVE"
    updated = cloudfront.update_function(
        Name="stages", IfMatch=created["ETag"], FunctionConfig=made, FunctionCode=b"// new"
    )

    live = cloudfront.get_function(Name="stages", Stage="LIVE")
    assert live["FunctionCode"].read() == CODE
    assert cloudfront.get_function(Name="stages")["FunctionCode"].read() == b"// new"
    assert cloudfront.describe_function(Name="stages")["FunctionSummary"]["Status"] == "UNPUBLISHED"
    with pytest.raises(ClientError) as caught:
        cloudfront.publish_function(Name="stages", IfMatch=created["ETag"])
    assert code_of(caught) == "PreconditionFailed"

    cloudfront.publish_function(Name="stages", IfMatch=updated["ETag"])
    assert cloudfront.get_function(Name="stages", Stage="LIVE")["FunctionCode"].read() == b"// new"
    listed = cloudfront.list_functions(Stage="LIVE")["FunctionList"]["Items"]
    assert "stages" in [item["Name"] for item in listed]
    cloudfront.delete_function(Name="stages", IfMatch=updated["ETag"])
    with pytest.raises(ClientError) as caught:
        cloudfront.describe_function(Name="stages")
    assert code_of(caught) == "NoSuchFunctionExists"


def test_what_a_distribution_uses_cannot_be_deleted(
    cloudfront: Any, config: dict[str, Any], function_arn: str, access_control: str
) -> None:
    cloudfront.create_distribution(DistributionConfig=config)
    name = function_arn.rpartition("/")[2]
    with pytest.raises(ClientError) as caught:
        cloudfront.delete_function(Name=name, IfMatch=cloudfront.describe_function(Name=name)["ETag"])
    assert (code_of(caught), status_of(caught)) == ("FunctionInUse", 409)
    tag = cloudfront.get_origin_access_control(Id=access_control)["ETag"]
    with pytest.raises(ClientError) as caught:
        cloudfront.delete_origin_access_control(Id=access_control, IfMatch=tag)
    assert (code_of(caught), status_of(caught)) == ("OriginAccessControlInUse", 409)


def test_too_much_code_is_refused(cloudfront: Any) -> None:
    made = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    with pytest.raises(ClientError) as caught:
        cloudfront.create_function(Name="big", FunctionConfig=made, FunctionCode=b"x" * 10_241)
    assert code_of(caught) == "FunctionSizeLimitExceeded"


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"Name": "a name", "MinTTL": 1}, "InvalidArgument"),
        ({"Name": "name", "MinTTL": 9, "MaxTTL": 8}, "InvalidArgument"),
        (cache_key("whitelist", []), "InvalidArgument"),
        (cache_key("none", ["Accept"]), "InvalidArgument"),
        (cache_key("whitelist", ["Accept"]) | {"DefaultTTL": 0, "MaxTTL": 0}, "InvalidArgument"),
        (cache_key("none", [], gzip=True) | {"DefaultTTL": 0, "MaxTTL": 0}, "InvalidArgument"),
        (cache_key("whitelist", [f"X-{n}" for n in range(11)]), "TooManyHeadersInCachePolicy"),
        (cache_key("whitelist", ["Accept"], count=2), "InconsistentQuantities"),
    ],
)
def test_a_cache_policy_that_contradicts_itself_is_refused(cloudfront: Any, config: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        cloudfront.create_cache_policy(CachePolicyConfig=config)
    assert code_of(caught) == code


def test_a_cache_policy_has_cloudfronts_lifetimes_where_it_says_nothing(cloudfront: Any) -> None:
    made = cloudfront.create_cache_policy(CachePolicyConfig={"Name": uuid.uuid4().hex, "MinTTL": 100_000})
    config = made["CachePolicy"]["CachePolicyConfig"]
    assert (config["DefaultTTL"], config["MaxTTL"]) == (100_000, 31_536_000)


@pytest.mark.parametrize(
    ("section", "code"),
    [
        ({"CustomHeadersConfig": custom("X-Frame-Options")}, "InvalidArgument"),
        (
            {"CustomHeadersConfig": custom(*[f"X-{n}" for n in range(11)])},
            "TooManyCustomHeadersInResponseHeadersPolicy",
        ),
        (
            {"RemoveHeadersConfig": {"Quantity": 11, "Items": [{"Header": f"X-{n}"} for n in range(11)]}},
            "TooManyRemoveHeadersInResponseHeadersPolicy",
        ),
        (
            {
                "SecurityHeadersConfig": {
                    "XSSProtection": {"Override": True, "Protection": True, "ModeBlock": True, "ReportUri": "/report"}
                }
            },
            "InvalidArgument",
        ),
        (
            {
                "CorsConfig": {
                    "AccessControlAllowOrigins": {"Quantity": 1, "Items": ["*"]},
                    "AccessControlAllowHeaders": {"Quantity": 1, "Items": ["*"]},
                    "AccessControlAllowMethods": {"Quantity": 1, "Items": ["GET"]},
                    "AccessControlAllowCredentials": True,
                    "OriginOverride": True,
                }
            },
            "InvalidArgument",
        ),
    ],
)
def test_a_response_headers_policy_that_cannot_be_is_refused(
    cloudfront: Any, section: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        cloudfront.create_response_headers_policy(ResponseHeadersPolicyConfig={"Name": "refused", **section})
    assert code_of(caught) == code


def test_a_policy_of_ones_own_and_those_that_aws_manages(cloudfront: Any) -> None:
    given = {
        "Name": "prime-time-headers",
        "SecurityHeadersConfig": {
            "ContentSecurityPolicy": {"Override": True, "ContentSecurityPolicy": "default-src 'self'"},
            "FrameOptions": {"Override": True, "FrameOption": "DENY"},
        },
        "RemoveHeadersConfig": {"Quantity": 1, "Items": [{"Header": "Server"}]},
    }
    made = cloudfront.create_response_headers_policy(ResponseHeadersPolicyConfig=given)
    policy_id = made["ResponseHeadersPolicy"]["Id"]
    read = cloudfront.get_response_headers_policy(Id=policy_id)["ResponseHeadersPolicy"]
    assert_contains(read["ResponseHeadersPolicyConfig"], given)
    own = cloudfront.list_response_headers_policies(Type="custom")["ResponseHeadersPolicyList"]["Items"]
    assert [item["ResponseHeadersPolicy"]["Id"] for item in own] == [policy_id]

    managed = cloudfront.get_cache_policy(Id=CACHING_OPTIMIZED)["CachePolicy"]["CachePolicyConfig"]
    assert (managed["MinTTL"], managed["DefaultTTL"], managed["MaxTTL"]) == (1, 86400, 31536000)
    request_policies = cloudfront.list_origin_request_policies(Type="managed")["OriginRequestPolicyList"]["Items"]
    assert ALL_VIEWER_EXCEPT_HOST in [item["OriginRequestPolicy"]["Id"] for item in request_policies]
    with pytest.raises(ClientError) as caught:
        cloudfront.delete_cache_policy(Id=CACHING_DISABLED, IfMatch="any")
    assert code_of(caught) == "IllegalDelete"


def test_an_invalidation_is_complete_when_it_is_asked_about(cloudfront: Any, config: dict[str, Any]) -> None:
    distribution_id = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
    batch = {"CallerReference": "one", "Paths": {"Quantity": 2, "Items": ["/*", "/a b"]}}
    made = cloudfront.create_invalidation(DistributionId=distribution_id, InvalidationBatch=batch)["Invalidation"]
    again = cloudfront.create_invalidation(DistributionId=distribution_id, InvalidationBatch=batch)["Invalidation"]
    assert made["Id"] == again["Id"]
    cloudfront.get_waiter("invalidation_completed").wait(DistributionId=distribution_id, Id=made["Id"])
    read = cloudfront.get_invalidation(DistributionId=distribution_id, Id=made["Id"])["Invalidation"]
    assert read["InvalidationBatch"] == batch


def test_listings_come_in_pages(cloudfront: Any) -> None:
    for number in range(5):
        cloudfront.create_origin_access_control(
            OriginAccessControlConfig={
                "Name": f"paged-{number}",
                "SigningProtocol": "sigv4",
                "SigningBehavior": "never",
                "OriginAccessControlOriginType": "s3",
            }
        )
    marker, names = "", []
    while True:
        listing = cloudfront.list_origin_access_controls(MaxItems="2", Marker=marker)["OriginAccessControlList"]
        assert len(listing["Items"]) <= 2
        names += [item["Name"] for item in listing["Items"]]
        if not listing["IsTruncated"]:
            break
        marker = listing["NextMarker"]
    assert [name for name in names if name.startswith("paged-")] == [f"paged-{number}" for number in range(5)]
    assert len(names) == len(set(names))


def test_a_service_that_is_not_there_says_so(shared_endpoint: Any) -> None:
    with pytest.raises(ClientError) as caught:
        shared_endpoint.client("dynamodb").list_tables()
    assert status_of(caught) == 501


def test_an_operation_that_is_not_there_says_so(cloudfront: Any) -> None:
    with pytest.raises(ClientError) as caught:
        cloudfront.list_key_groups()
    assert code_of(caught) == "UnsupportedOperation"
