"""CloudFront's REST-XML: requests to parameters, results and errors to replies."""

import re
from typing import Any

import pytest
from werkzeug.datastructures import Headers

from localcloud.aws.cloudfront import protocol
from localcloud.aws.cloudfront.errors import CloudFrontError
from localcloud.shapes import objections


@pytest.mark.parametrize(
    ("method", "path", "query", "operation"),
    [
        ("POST", "/2020-05-31/distribution", "", "CreateDistribution"),
        ("POST", "/2020-05-31/distribution", "WithTags", "CreateDistributionWithTags"),
        ("POST", "/2020-05-31/distribution", "WithTags=", "CreateDistributionWithTags"),
        ("GET", "/2020-05-31/distribution", "Marker=E1", "ListDistributions"),
        ("GET", "/2020-05-31/distribution/E1/config", "", "GetDistributionConfig"),
        ("POST", "/2020-05-31/tagging", "Operation=Untag&Resource=x", "UntagResource"),
        ("POST", "/2020-05-31/function/f/publish", "", "PublishFunction"),
        ("GET", "/2020-05-31/function/f/describe", "Stage=LIVE", "DescribeFunction"),
    ],
)
def test_the_operation_that_a_request_names(method: str, path: str, query: str, operation: str) -> None:
    matched = protocol.match(method, path, query)
    assert matched is not None
    assert matched.operation == operation


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", "/2020-05-31/distribution"), ("GET", "/2020-05-31/nothing"), ("GET", "/bucket/key")]
)
def test_a_request_that_names_none(method: str, path: str) -> None:
    assert protocol.match(method, path, "") is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<OriginAccessControlConfig><Name>n", "MalformedXML"),
        (b"not XML", "MalformedXML"),
        (b"<OriginAccessControlConfig><Name>n</Name></OriginAccessControlConfig>", "InvalidArgument"),
        (b"", "InvalidArgument"),
    ],
)
def test_a_body_that_is_not_what_the_model_says(body: bytes, code: str) -> None:
    matched = protocol.match("POST", "/2020-05-31/origin-access-control", "")
    assert matched is not None
    with pytest.raises(CloudFrontError) as caught:
        protocol.parse(matched, Headers(), "", body)
    assert caught.value.code == code


def test_a_value_that_the_model_does_not_list_is_refused_by_name() -> None:
    matched = protocol.match("POST", "/2020-05-31/origin-access-control", "")
    assert matched is not None
    members = {
        "Name": "n",
        "SigningProtocol": "sigv5",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    }
    given = "".join(f"<{name}>{value}</{name}>" for name, value in members.items())
    body = f"<OriginAccessControlConfig>{given}</OriginAccessControlConfig>".encode()
    with pytest.raises(CloudFrontError, match="SigningProtocol is 'sigv5', not one of sigv4") as caught:
        protocol.parse(matched, Headers(), "", body)
    assert caught.value.code == "InvalidArgument"


@pytest.mark.parametrize(
    ("tag", "told"),
    [("ort: Köln/1", None), ("no<angles>", "TagKeys.Items.0. is 'no<angles>', which does not match")],
)
def test_a_pattern_in_javas_words_is_understood(tag: str, told: str | None) -> None:
    shape = protocol.service_model().operation_model("UntagResource").input_shape
    resource = "arn:aws:cloudfront::123456789012:distribution/E1"
    found = objections({"Resource": resource, "TagKeys": {"Items": [tag]}}, shape)
    assert bool(found) is (told is not None)
    assert told is None or re.search(told, found[0])


@pytest.mark.parametrize(
    ("operation", "result", "told"),
    [
        ("PublishFunction", {"FunctionSummary": {"Name": "f"}}, "Missing required parameter in FunctionSummary"),
        ("ListFunctions", {"FunctionList": {"MaxItems": 1, "Quantity": 0, "Marker": ""}}, "Marker"),
        ("GetInvalidation", {"Invalidation": None, "ETag": "E1"}, "ETag"),
    ],
)
def test_a_reply_that_the_model_does_not_know_is_a_fault_of_ours(
    operation: str, result: dict[str, Any], told: str
) -> None:
    with pytest.raises(CloudFrontError, match=f"{operation} would answer what the model does not allow: .*{told}"):
        protocol.reply(operation, result)


def test_parameters_come_from_path_query_and_header() -> None:
    matched = protocol.match("DELETE", "/2020-05-31/function/my%2Dfunction", "")
    assert matched is not None
    assert protocol.parse(matched, Headers([("If-Match", "E1")]), "", b"") == {"Name": "my-function", "IfMatch": "E1"}


def test_an_error_has_its_own_status_and_escapes_its_message() -> None:
    reply = protocol.error_reply(CloudFrontError("NoSuchDistribution", "<none> & nothing"))
    assert reply.status == 404
    assert b"<Code>NoSuchDistribution</Code><Message>&lt;none&gt; &amp; nothing</Message>" in reply.body
    assert protocol.error_reply(CloudFrontError("SomethingElse", "")).status == 400
