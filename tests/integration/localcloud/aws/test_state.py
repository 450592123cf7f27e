"""A killed endpoint finds everything as it was."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core.base_backend import BackendDict

from localcloud.aws.moto_state import MotoState, StateError


def without_metadata(reply: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in reply.items() if key != "ResponseMetadata"}


def fill(client: Any) -> None:
    """Something in every service."""
    s3 = client("s3")
    s3.create_bucket(Bucket="models", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_policy(Bucket="models", Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
    s3.put_object(Bucket="models", Key="model.onnx", Body=b"\x00\x01" * 5_000_000)
    s3.put_object(Bucket="models", Key="größe & mehr.txt", Body=b"one", ContentType="text/plain", Metadata={"a": "b"})
    s3.put_object(Bucket="models", Key="größe & mehr.txt", Body=b"two")
    part = s3.create_multipart_upload(Bucket="models", Key="parts")["UploadId"]
    tag = s3.upload_part(Bucket="models", Key="parts", UploadId=part, PartNumber=1, Body=b"p" * 5_300_000)["ETag"]
    s3.complete_multipart_upload(
        Bucket="models", Key="parts", UploadId=part, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]}
    )
    zone = client("route53").create_hosted_zone(Name="example.org", CallerReference="1")["HostedZone"]["Id"]
    record = {"Name": "origin.example.org", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.201.0.9"}]}
    client("route53").change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    )
    client("acm").request_certificate(DomainName="example.org", ValidationMethod="DNS")
    client("iam").create_user(UserName="backup")
    client("iam").create_access_key(UserName="backup")
    topic = client("sns").create_topic(Name="alarms")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="somebody@example.org")
    client("ssm").put_parameter(Name="/prime-time/test/database/password", Value="p4ss", Type="SecureString")
    client("secretsmanager").create_secret(Name="jwt", SecretString="s3cret")
    client("cloudwatch").put_metric_alarm(
        AlarmName="disk",
        MetricName="used",
        Namespace="PrimeTime",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Period=60,
        Statistic="Average",
        Threshold=1,
        AlarmActions=[topic],
    )
    client("logs").create_log_group(logGroupName="prime-time")
    client("cloudfront").create_function(
        Name="fallback", FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"}, FunctionCode=b"// code"
    )


def describe(client: Any) -> dict[str, Any]:
    """Everything that `fill` made, with identifiers, times and contents."""
    s3, route53 = client("s3"), client("route53")
    versions = without_metadata(s3.list_object_versions(Bucket="models"))
    bodies = {
        (item["Key"], item["VersionId"]): hashlib.sha256(
            s3.get_object(Bucket="models", Key=item["Key"], VersionId=item["VersionId"])["Body"].read()
        ).hexdigest()
        for item in versions["Versions"]
    }
    zones = route53.list_hosted_zones()["HostedZones"]
    parameter = client("ssm").get_parameter(Name="/prime-time/test/database/password", WithDecryption=True)
    certificate = client("acm").list_certificates()["CertificateSummaryList"][0]["CertificateArn"]
    return {
        "versions": versions,
        "bodies": bodies,
        "policy": s3.get_bucket_policy(Bucket="models")["Policy"],
        "zones": zones,
        "records": route53.list_resource_record_sets(HostedZoneId=zones[0]["Id"])["ResourceRecordSets"],
        "certificate": client("acm").describe_certificate(CertificateArn=certificate)["Certificate"],
        "keys": client("iam").list_access_keys(UserName="backup")["AccessKeyMetadata"],
        "topics": client("sns").list_topics()["Topics"],
        "subscriptions": client("sns").list_subscriptions()["Subscriptions"],
        "parameter": parameter["Parameter"],
        "secret": without_metadata(client("secretsmanager").get_secret_value(SecretId="jwt")),
        "alarms": client("cloudwatch").describe_alarms()["MetricAlarms"],
        "groups": client("logs").describe_log_groups()["logGroups"],
        "function": without_metadata(client("cloudfront").describe_function(Name="fallback")),
    }


def test_a_killed_endpoint_answers_as_before(endpoint: Any) -> None:
    fill(endpoint.client)
    before = describe(endpoint.client)
    assert before["parameter"]["Value"] == "p4ss"
    assert len(before["bodies"]) == 4

    endpoint.kill()
    endpoint.start()

    assert describe(endpoint.client) == before


def test_what_was_deleted_stays_deleted_and_its_body_goes(endpoint: Any, tmp_path: Path) -> None:
    s3 = endpoint.client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="bucket", Key="kept", Body=b"k" * 10_000)
    s3.put_object(Bucket="bucket", Key="gone", Body=b"g" * 10_000)
    s3.delete_object(Bucket="bucket", Key="gone")

    endpoint.kill()
    endpoint.start()

    s3 = endpoint.client("s3")
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="bucket")["Contents"]] == ["kept"]
    bodies = [file.read_bytes() for file in (tmp_path / "state" / "s3").iterdir()]
    assert bodies == [b"k" * 10_000]


@pytest.fixture
def untouched_backends() -> Any:
    yield
    BackendDict.reset()


def test_a_damaged_state_is_refused_with_a_remedy(tmp_path: Path, untouched_backends: None) -> None:
    (tmp_path / "moto.pickle").write_bytes(b"not a pickle")
    with pytest.raises(StateError, match=r"cannot be read .*localcloud reset"):
        MotoState(tmp_path).restore()


def test_the_state_of_another_moto_is_refused(tmp_path: Path, untouched_backends: None) -> None:
    state = MotoState(tmp_path)
    state.restore()
    state.save()
    path = tmp_path / "moto.pickle"
    path.write_bytes(path.read_bytes().replace(b"moto ", b"moko ", 1))
    with pytest.raises(StateError, match="was written by moko"):
        MotoState(tmp_path).restore()


def test_a_caller_reference_makes_one_zone(shared_endpoint: Any) -> None:
    route53 = shared_endpoint.client("route53")
    route53.create_hosted_zone(Name="once.test", CallerReference="first")
    with pytest.raises(ClientError, match="HostedZoneAlreadyExists"):
        route53.create_hosted_zone(Name="once.test", CallerReference="first")
    route53.create_hosted_zone(Name="once.test", CallerReference="second")
    assert [zone["Name"] for zone in route53.list_hosted_zones()["HostedZones"]] == ["once.test."] * 2
