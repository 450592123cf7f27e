import io
import json

import pytest

from localcloud.calls import CallLog, identify, is_mutating

SIGNED = "AWS4-HMAC-SHA256 Credential=key/20261122/eu-central-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def request(service, method="POST", path="/", body=b"", **headers):
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body)}
    if service:
        environ["HTTP_AUTHORIZATION"] = SIGNED.format(service)
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ | headers


@pytest.mark.parametrize(
    ("operation", "mutating"),
    [
        ("GetInstances", False),
        ("DescribeLogGroups", False),
        ("ListBuckets", False),
        ("IsVpcPeered", False),
        ("CreateInstances", True),
        ("PutParameter", True),
        ("Issue", True),
        ("Testify", True),
    ],
)
def test_reading_is_told_from_changing_by_name(operation, mutating):
    assert is_mutating(operation) is mutating


def test_json_service_names_its_operation_in_a_header():
    environ = request("ssm", HTTP_X_AMZ_TARGET="AmazonSSM.PutParameter")
    assert identify(environ) == ("ssm", "PutParameter", True)


def test_query_service_names_its_operation_in_the_body_which_stays_readable():
    body = b"Action=CreateTopic&Name=alarms"
    environ = request("sns", body=body, CONTENT_TYPE="application/x-www-form-urlencoded; charset=utf-8")
    assert identify(environ) == ("sns", "CreateTopic", True)
    assert environ["wsgi.input"].read() == body


def test_rest_service_is_told_by_method_and_path():
    assert identify(request("s3", "PUT", "/bucket/key")) == ("s3", "PUT /bucket/key", True)
    assert identify(request("s3", "GET", "/bucket")) == ("s3", "GET /bucket", False)


def test_unsigned_request_is_recorded_as_such():
    assert identify(request(None, "GET", "/x"))[0] == "unsigned"


def test_log_has_one_json_object_a_line(tmp_path):
    log = CallLog(tmp_path / "state" / "calls.jsonl")
    log.record("lightsail", "CreateInstances", mutating=True, outcome="ok")
    log.record("s3", "GET /", mutating=False, outcome="404")
    lines = [json.loads(line) for line in (tmp_path / "state" / "calls.jsonl").read_text().splitlines()]
    assert [(line["operation"], line["mutating"], line["outcome"]) for line in lines] == [
        ("CreateInstances", True, "ok"),
        ("GET /", False, "404"),
    ]
