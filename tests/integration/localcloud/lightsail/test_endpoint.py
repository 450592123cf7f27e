import json
import urllib.error
import urllib.request

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from localcloud.lightsail import model, quotas
from localcloud.lightsail.service import HANDLERS


def ask(endpoint, target, body=b"{}", **headers):
    request = urllib.request.Request(endpoint.url, body, {"X-Amz-Target": f"Lightsail_20161128.{target}", **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as failure:
        return failure.code, json.load(failure)


SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=key/20261122/eu-central-1/lightsail/aws4_request, Signature=0"}


def test_every_operation_offered_is_one_of_lightsails():
    assert set(HANDLERS) <= set(model.service().operation_names)
    assert len(HANDLERS) >= 38


def test_what_lightsail_has_and_localcloud_does_not_is_said(lightsail):
    missing = sorted(set(model.service().operation_names) - set(HANDLERS))
    assert "CreateDomain" in missing
    with pytest.raises(ClientError, match="CreateDomain is not offered by localcloud"):
        lightsail.create_domain(domainName="example.org")
    assert hasattr(lightsail, xform_name("CreateDomain"))


def test_an_unknown_operation_and_a_bad_body_get_the_services_error(endpoint):
    assert ask(endpoint, "CreateUnicorn", **SIGNED)[1]["__type"] == "InvalidInputException"
    status, body = ask(endpoint, "GetInstance", b"{not json", **SIGNED)
    assert (status, body["__type"]) == (400, "InvalidInputException")


def test_an_unsigned_request_is_refused(endpoint):
    status, body = ask(endpoint, "GetInstances")
    assert (status, body["__type"]) == (401, "UnauthenticatedException")


def test_other_services_get_what_is_not_lightsails(endpoint):
    with urllib.request.urlopen(f"{endpoint.url}/bucket/key", timeout=10) as reply:
        assert reply.read() == b"ok"
    assert endpoint.others == ["/bucket/key"]


def test_the_local_clouds_own_questions_are_no_calls(endpoint):
    with urllib.request.urlopen(f"{endpoint.url}/_localcloud/health", timeout=10) as reply:
        assert json.load(reply) == {"name": "unit", "idle": True}
    urllib.request.urlopen(f"{endpoint.url}/_localcloud/cloudfront/revision", timeout=10).close()
    assert not (endpoint.directory / "calls.jsonl").exists()


def test_calls_are_logged_without_what_was_in_them(endpoint, create_database):
    create_database(masterUserPassword="very-secret-1")
    text = (endpoint.directory / "calls.jsonl").read_text()
    assert "very-secret-1" not in text
    logged = [(line["operation"], line["mutating"]) for line in map(json.loads, text.splitlines())]
    assert ("CreateRelationalDatabase", True) in logged


def test_prices_and_regions_are_listed(lightsail):
    bundles = {bundle["bundleId"]: bundle["price"] for bundle in lightsail.get_bundles()["bundles"]}
    assert bundles["medium_3_0"] == 24.0
    databases = lightsail.get_relational_database_bundles()["bundles"]
    assert {bundle["bundleId"]: bundle["price"] for bundle in databases}["micro_2_0"] == 15.0
    regions = lightsail.get_regions(includeAvailabilityZones=True)["regions"]
    frankfurt = next(region for region in regions if region["name"] == "eu-central-1")
    assert len(frankfurt["availabilityZones"]) == 3
    assert lightsail.get_relational_database_blueprints()["blueprints"][0]["engineVersion"] == "17.6"


def test_key_pairs_come_and_go(lightsail):
    fingerprint = lightsail.get_key_pair(keyPairName="key")["keyPair"]["fingerprint"]
    with pytest.raises(ClientError, match="already in use"):
        lightsail.create_key_pair(keyPairName="key")
    with pytest.raises(ClientError, match="fingerprint"):
        lightsail.delete_key_pair(keyPairName="key", expectedFingerprint="00:11")
    lightsail.delete_key_pair(keyPairName="key", expectedFingerprint=fingerprint)
    assert lightsail.get_key_pairs()["keyPairs"] == []


def test_tags_are_put_and_taken(lightsail, create):
    create()
    lightsail.tag_resource(resourceName="web", tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    lightsail.tag_resource(resourceName="web", tags=[{"key": "a", "value": "3"}])
    lightsail.untag_resource(resourceName="web", tagKeys=["b"])
    assert lightsail.get_instance(instanceName="web")["instance"]["tags"] == [{"key": "a", "value": "3"}]
    with pytest.raises(ClientError, match="NotFoundException"):
        lightsail.tag_resource(resourceName="lost", tags=[{"key": "a"}])


def test_operations_come_newest_first_in_pages(lightsail):
    for number in range(30):
        lightsail.allocate_static_ip(staticIpName=f"ip{number}")
        lightsail.release_static_ip(staticIpName=f"ip{number}")
    pages = list(lightsail.get_paginator("get_operations").paginate())
    names = [operation["resourceName"] for page in pages for operation in page["operations"]]
    assert [len(page["operations"]) for page in pages] == [50, 11]
    assert names == [f"ip{number}" for number in reversed(range(30)) for _ in range(2)] + ["key"]
    found = lightsail.get_operations_for_resource(resourceName="ip7")["operations"]
    assert [operation["operationType"] for operation in found] == ["ReleaseStaticIp", "AllocateStaticIp"]


def test_a_region_that_there_is_not_is_refused_as_by_another_regions_host(endpoint):
    with pytest.raises(ClientError, match=r"InvalidSignatureException.*valid region, not 'eu-cental-1'"):
        endpoint.client("eu-cental-1").get_instances()


def test_what_is_over_the_quota_is_refused_and_forgotten(endpoint, lightsail, create):
    for number in range(quotas.STATIC_IPS):
        lightsail.allocate_static_ip(staticIpName=f"ip{number}")
    with pytest.raises(ClientError, match=r"maximum limit of Lightsail Static IPs : 5"):
        lightsail.allocate_static_ip(staticIpName="one-more")
    create("large", bundleId="4xlarge_3_0")  # 16 vCPUs
    with pytest.raises(ClientError, match=r"maximum limit of Lightsail Instances : 20"):
        create(instanceNames=["one", "two", "three"])
    create(instanceNames=["one", "two"])
    assert len(lightsail.get_static_ips()["staticIps"]) == quotas.STATIC_IPS
    assert [instance["name"] for instance in lightsail.get_instances()["instances"]] == ["large", "one", "two"]
    endpoint.client("us-east-1").allocate_static_ip(staticIpName="elsewhere")
