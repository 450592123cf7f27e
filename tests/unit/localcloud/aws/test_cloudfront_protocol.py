"""CloudFront's REST-XML: requests to parameters, results and errors to replies."""

import pytest
from werkzeug.datastructures import Headers

from localcloud.aws.cloudfront import protocol
from localcloud.aws.cloudfront.errors import CloudFrontError


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


def test_parameters_come_from_path_query_and_header() -> None:
    matched = protocol.match("DELETE", "/2020-05-31/function/my%20function", "")
    assert matched is not None
    assert protocol.parse(matched, Headers([("If-Match", "E1")]), "", b"") == {"Name": "my function", "IfMatch": "E1"}


def test_an_error_has_its_own_status_and_escapes_its_message() -> None:
    reply = protocol.error_reply(CloudFrontError("NoSuchDistribution", "<none> & nothing"))
    assert reply.status == 404
    assert b"<Code>NoSuchDistribution</Code><Message>&lt;none&gt; &amp; nothing</Message>" in reply.body
    assert protocol.error_reply(CloudFrontError("SomethingElse", "")).status == 400
