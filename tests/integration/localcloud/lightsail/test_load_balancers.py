"""Load balancers' operations; HAProxy is stood in for."""

import itertools
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from localcloud.lightsail import quotas, watch

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def certificate(endpoint, lightsail, balancer):
    """A balancer with a certificate whose names are not proven yet."""
    balancer()
    lightsail.create_load_balancer_tls_certificate(
        loadBalancerName="web-lb",
        certificateName="site",
        certificateDomainName="example.org",
        certificateAlternativeNames=["www.example.org"],
    )
    return found_certificate(lightsail)


def found(lightsail, name="web-lb"):
    return lightsail.get_load_balancer(loadBalancerName=name)["loadBalancer"]


def found_certificate(lightsail):
    (only,) = lightsail.get_load_balancer_tls_certificates(loadBalancerName="web-lb")["tlsCertificates"]
    return only


def prove(endpoint, certificate):
    for record in certificate["domainValidationRecords"]:
        endpoint.names[record["name"].rstrip(".")] = [record["value"].rstrip(".")]


def code(caught):
    return caught.value.response["Error"]["Code"]


def test_a_new_balancer_is_provisioned_then_active(endpoint, lightsail, balancer):
    endpoint.balancers.go_on.clear()
    lightsail.create_load_balancer(loadBalancerName="web-lb", instancePort=8000, healthCheckPath="/health")
    assert found(lightsail)["state"] == "provisioning"
    endpoint.balancers.go_on.set()
    endpoint.settle()
    now = found(lightsail)
    assert (now["state"], now["protocol"], now["publicPorts"]) == ("active", "HTTP", [80])
    assert (now["instancePort"], now["healthCheckPath"], now["tlsPolicyName"]) == (8000, "/health", "TLS-2016-08")
    assert now["configurationOptions"]["SessionStickinessEnabled"] == "false"
    (operation,) = lightsail.get_operations_for_resource(resourceName="web-lb")["operations"]
    assert (operation["operationType"], operation["status"]) == ("CreateLoadBalancer", "Succeeded")


def test_one_that_cannot_run_has_failed_and_its_operation_says_why(endpoint, lightsail, balancer):
    endpoint.balancers.failure = "no image"
    (operation,) = balancer()
    assert found(lightsail)["state"] == "failed"
    told = lightsail.get_operation(operationId=operation["id"])["operation"]
    assert (told["status"], told["errorDetails"]) == ("Failed", "no image")


@pytest.mark.parametrize(
    "members",
    [
        {"loadBalancerName": "key"},  # the key pair's name
        {"instancePort": 0},
        {"healthCheckPath": "health"},
        {"healthCheckPath": "/a b"},
        {"tlsPolicyName": "TLS-2010-01"},
        {"ipAddressType": "ipv6"},
        {"certificateName": "site"},
        {"certificateName": "site", "certificateDomainName": "not a name"},
    ],
)
def test_what_cannot_be_created_is_refused_and_leaves_nothing(lightsail, balancer, members):
    with pytest.raises(ClientError) as caught:
        balancer(**members)
    assert code(caught) == "InvalidInputException"
    assert lightsail.get_load_balancers()["loadBalancers"] == []


def test_instances_are_attached_checked_and_detached(endpoint, lightsail, create, balancer):
    create("one")
    create("two")
    balancer()
    operations = lightsail.attach_instances_to_load_balancer(loadBalancerName="web-lb", instanceNames=["one", "two"])
    endpoint.settle()
    assert [item["resourceName"] for item in operations["operations"]] == ["web-lb", "one", "web-lb", "two"]
    assert endpoint.balancers.running["web-lb"][1] == ["one", "two"]
    assert health(lightsail) == {"one": ("initial", "Lb.RegistrationInProgress")} | {
        "two": ("initial", "Lb.RegistrationInProgress")
    }
    endpoint.balancers.found = {"one": ("healthy", ""), "two": ("unhealthy", "Instance.Timeout")}
    assert health(lightsail) == {"one": ("healthy", None), "two": ("unhealthy", "Instance.Timeout")}
    lightsail.stop_instance(instanceName="two")
    endpoint.settle()
    assert health(lightsail)["two"] == ("unused", "Instance.InvalidState")
    for _ in range(2):  # the second time nothing is left to do
        lightsail.detach_instances_from_load_balancer(loadBalancerName="web-lb", instanceNames=["one"])
    endpoint.settle()
    assert endpoint.balancers.running["web-lb"][1] == ["two"]


def health(lightsail):
    summary = found(lightsail)["instanceHealthSummary"]
    return {item["instanceName"]: (item["instanceHealth"], item.get("instanceHealthReason")) for item in summary}


def test_what_is_not_there_or_not_running_is_not_attached(lightsail, create, balancer, endpoint):
    create("one")
    balancer()
    for names, expected in ((["one", "none"], "NotFoundException"), ([], "InvalidInputException")):
        with pytest.raises(ClientError) as caught:
            lightsail.attach_instances_to_load_balancer(loadBalancerName="web-lb", instanceNames=names)
        assert code(caught) == expected
    lightsail.stop_instance(instanceName="one")
    endpoint.settle()
    with pytest.raises(ClientError) as caught:
        lightsail.attach_instances_to_load_balancer(loadBalancerName="web-lb", instanceNames=["one"])
    assert code(caught) == "OperationFailureException"
    assert health(lightsail) == {}


def test_a_deleted_instance_leaves_its_balancer(endpoint, lightsail, create, balancer):
    create("one")
    balancer()
    lightsail.attach_instances_to_load_balancer(loadBalancerName="web-lb", instanceNames=["one"])
    lightsail.delete_instance(instanceName="one")
    endpoint.settle()
    endpoint.settle()
    assert health(lightsail) == {}
    assert endpoint.balancers.running["web-lb"][1] == []


def test_health_that_cannot_be_asked_is_unavailable(endpoint, lightsail, create, balancer):
    create("one")
    balancer()
    lightsail.attach_instances_to_load_balancer(loadBalancerName="web-lb", instanceNames=["one"])
    endpoint.settle()
    endpoint.balancers.failure = "gone"
    assert health(lightsail) == {"one": ("unavailable", "Lb.InternalError")}


@pytest.mark.parametrize(
    ("attribute", "value", "member"),
    [
        ("HealthCheckPath", "/ready", "health_check_path"),
        ("SessionStickinessEnabled", "true", "session_stickiness"),
        ("SessionStickiness_LB_CookieDurationSeconds", "60", "cookie_seconds"),
        ("TlsPolicyName", "TLS-FS-Res-1-2-2019-08", "tls_policy"),
    ],
)
def test_an_attribute_reaches_the_balancer(endpoint, lightsail, balancer, attribute, value, member):
    balancer()
    lightsail.update_load_balancer_attribute(loadBalancerName="web-lb", attributeName=attribute, attributeValue=value)
    endpoint.settle()
    assert str(getattr(endpoint.balancers.running["web-lb"][0], member)).lower() == value.lower()


@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        ("HealthCheckPath", "ready", "InvalidInputException"),
        ("SessionStickinessEnabled", "yes", "InvalidInputException"),
        ("SessionStickiness_LB_CookieDurationSeconds", "0", "InvalidInputException"),
        ("SessionStickiness_LB_CookieDurationSeconds", "604801", "InvalidInputException"),
        ("TlsPolicyName", "none", "InvalidInputException"),
        ("HttpsRedirectionEnabled", "true", "OperationFailureException"),  # without a certificate
        ("Colour", "red", "InvalidInputException"),
    ],
)
def test_a_value_that_cannot_be_is_refused(lightsail, balancer, attribute, value, expected):
    balancer()
    with pytest.raises(ClientError) as caught:
        lightsail.update_load_balancer_attribute(
            loadBalancerName="web-lb", attributeName=attribute, attributeValue=value
        )
    assert code(caught) == expected


def test_a_certificate_is_issued_once_all_its_names_are_proven(endpoint, lightsail, certificate):
    assert certificate["status"] == "PENDING_VALIDATION"
    first, second = certificate["domainValidationRecords"]
    assert (first["type"], first["validationStatus"]) == ("CNAME", "PENDING_VALIDATION")
    endpoint.names[first["name"].rstrip(".")] = [first["value"].rstrip(".")]
    endpoint.names[second["name"].rstrip(".")] = ["something.else"]
    half = found_certificate(lightsail)
    assert half["status"] == "PENDING_VALIDATION"
    assert [item["validationStatus"] for item in half["domainValidationRecords"]] == ["SUCCESS", "PENDING_VALIDATION"]
    with pytest.raises(ClientError, match="it is PENDING_VALIDATION"):
        lightsail.attach_load_balancer_tls_certificate(loadBalancerName="web-lb", certificateName="site")
    prove(endpoint, certificate)
    issued = found_certificate(lightsail)
    assert issued["status"] == "ISSUED"
    assert issued["subjectAlternativeNames"] == ["example.org", "www.example.org"]
    assert issued["notBefore"] < issued["issuedAt"] < issued["notAfter"]


def test_an_unproven_certificate_times_out(endpoint, lightsail, certificate):
    with endpoint.cloud.store.changing() as account:
        (record,) = account.load_balancer_tls_certificates
        record.created_at -= timedelta(hours=73)
    assert found_certificate(lightsail)["status"] == "VALIDATION_TIMED_OUT"
    prove(endpoint, certificate)
    assert found_certificate(lightsail)["status"] == "VALIDATION_TIMED_OUT"


def test_https_and_its_redirection_come_and_go_with_the_certificate(endpoint, lightsail, certificate):
    prove(endpoint, certificate)
    lightsail.attach_load_balancer_tls_certificate(loadBalancerName="web-lb", certificateName="site")
    lightsail.update_load_balancer_attribute(
        loadBalancerName="web-lb", attributeName="HttpsRedirectionEnabled", attributeValue="true"
    )
    endpoint.settle()
    now = found(lightsail)
    assert (now["protocol"], now["publicPorts"], now["httpsRedirectionEnabled"]) == ("HTTP_HTTPS", [80, 443], True)
    assert now["tlsCertificateSummaries"] == [{"name": "site", "isAttached": True}]
    assert endpoint.balancers.running["web-lb"][2] == "site"
    delete = {"loadBalancerName": "web-lb", "certificateName": "site"}
    with pytest.raises(ClientError, match="attached to web-lb"):
        lightsail.delete_load_balancer_tls_certificate(**delete)
    lightsail.delete_load_balancer_tls_certificate(**delete, force=True)
    endpoint.settle()
    assert (found(lightsail)["publicPorts"], found(lightsail)["httpsRedirectionEnabled"]) == ([80], False)
    assert endpoint.balancers.running["web-lb"][2] is None


def test_another_certificate_takes_the_place_of_the_first_and_there_are_two_at_most(endpoint, lightsail, certificate):
    lightsail.create_load_balancer_tls_certificate(
        loadBalancerName="web-lb", certificateName="second", certificateDomainName="example.net"
    )
    with pytest.raises(ClientError) as caught:
        lightsail.create_load_balancer_tls_certificate(
            loadBalancerName="web-lb", certificateName="third", certificateDomainName="example.com"
        )
    assert code(caught) == "OperationFailureException"
    both = lightsail.get_load_balancer_tls_certificates(loadBalancerName="web-lb")["tlsCertificates"]
    for one in both:
        prove(endpoint, one)
        lightsail.attach_load_balancer_tls_certificate(loadBalancerName="web-lb", certificateName=one["name"])
    assert [item["isAttached"] for item in found(lightsail)["tlsCertificateSummaries"]] == [False, True]


def test_a_certificate_asked_for_with_the_balancer(lightsail, balancer):
    operations = balancer(certificateName="site", certificateDomainName="example.org")
    assert [item["operationType"] for item in operations] == ["CreateLoadBalancer", "CreateLoadBalancerTlsCertificate"]
    assert found_certificate(lightsail)["domainName"] == "example.org"


def test_tags_and_address_types(lightsail, certificate):
    for name in ("web-lb", "site"):
        lightsail.tag_resource(resourceName=name, tags=[{"key": "environment", "value": "test"}])
    assert found(lightsail)["tags"] == found_certificate(lightsail)["tags"] == [{"key": "environment", "value": "test"}]
    lightsail.set_ip_address_type(resourceType="LoadBalancer", resourceName="web-lb", ipAddressType="ipv4")
    assert found(lightsail)["ipAddressType"] == "ipv4"


def test_deleted_is_gone_with_its_certificates_and_its_names_are_free(endpoint, lightsail, certificate, balancer):
    endpoint.balancers.go_on.clear()
    lightsail.delete_load_balancer(loadBalancerName="web-lb")
    assert found(lightsail)["state"] == "unknown"
    with pytest.raises(ClientError, match="being deleted"):
        lightsail.delete_load_balancer(loadBalancerName="web-lb")
    endpoint.balancers.go_on.set()
    endpoint.settle()
    with pytest.raises(ClientError, match="NotFoundException"):
        lightsail.get_load_balancer_tls_certificates(loadBalancerName="web-lb")
    assert endpoint.balancers.running == {}
    balancer("site")


def test_a_restart_of_the_endpoint_finishes_what_was_begun(endpoint, lightsail, balancer):
    balancer()
    balancer("going")
    with endpoint.cloud.store.changing() as account:
        account.load_balancers[1].deleting = True
    endpoint.balancers.running.clear()
    endpoint.stop()
    endpoint.start()
    endpoint.settle()
    assert list(endpoint.balancers.running) == ["web-lb"]
    assert [item["name"] for item in endpoint.client().get_load_balancers()["loadBalancers"]] == ["web-lb"]


def test_a_balancer_that_ends_by_itself_is_started_again(endpoint, lightsail, balancer):
    balancer()
    endpoint.balancers.running.clear()
    watch.on_end(endpoint.cloud, found(lightsail)["arn"], 137)
    endpoint.settle()
    assert list(endpoint.balancers.running) == ["web-lb"]


def test_listings_come_in_pages(endpoint, lightsail, monkeypatch):
    monkeypatch.setattr(quotas, "LOAD_BALANCERS", 51)
    for number in range(51):
        lightsail.create_load_balancer(loadBalancerName=f"lb-{number}", instancePort=80)
    endpoint.settle()
    first = lightsail.get_load_balancers()
    second = lightsail.get_load_balancers(pageToken=first["nextPageToken"])
    assert (len(first["loadBalancers"]), len(second["loadBalancers"])) == (50, 1)


def test_the_tls_policies(lightsail):
    policies = lightsail.get_load_balancer_tls_policies()["tlsPolicies"]
    assert [policy["name"] for policy in policies if policy["isDefault"]] == ["TLS-2016-08"]
    # Every cipher is one that OpenSSL knows by that name.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for cipher in itertools.chain.from_iterable(policy["ciphers"] for policy in policies):
        context.set_ciphers(f"{cipher}:@SECLEVEL=0")
