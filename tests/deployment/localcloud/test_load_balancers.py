"""A real load balancer before two real machines: who is asked, who isn't any more, and by which protocol."""

import http.client
import json
import socket
import ssl
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

ZONE = {"availabilityZone": "eu-central-1a", "bundleId": "nano_3_0", "blueprintId": "debian_12"}
BALANCER = {"loadBalancerName": "lb"}
# Tells its name and what it was asked; /health answers what the file says.
SERVER = """
import http.server, json, socket
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        status = int(open("/srv/health").read()) if self.path == "/health" else 200
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"name": open("/srv/name").read().strip(), "headers": headers}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("", 8000), Answer).serve_forever()
"""


@pytest.fixture(scope="module")
def cloud(start_cloud):
    from localcloud.aws import application

    with start_cloud("test-balancing", others=application) as running:
        yield running


@pytest.fixture(scope="module")
def lightsail(cloud):
    """Two machines with a server each on port 8000, which is open to nobody outside, and a balancer before them."""
    client = cloud.client
    client.create_key_pair(keyPairName="key")
    client.create_instances(instanceNames=["one", "two"], keyPairName="key", **ZONE)
    client.create_load_balancer(**BALANCER, instancePort=8000, healthCheckPath="/health")
    cloud.settle()
    for name in ("one", "two"):
        cloud.run(name, f"echo {name} > /srv/name; echo 200 > /srv/health; cat > /srv/server.py <<'END'\n{SERVER}\nEND")
        serve(cloud, name)
    client.attach_instances_to_load_balancer(**BALANCER, instanceNames=["one", "two"])
    cloud.settle()
    until_health(client, one="healthy", two="healthy")
    return client


def serve(cloud, name):
    cloud.run(name, "systemctl reset-failed 2> /dev/null || true; systemd-run --unit web python3 /srv/server.py")


@pytest.fixture(scope="module")
def address(cloud, lightsail):
    with cloud.cloud.store.reading() as account:
        return account.load_balancers[0].public_address


def health(lightsail):
    summary = lightsail.get_load_balancer(**BALANCER)["loadBalancer"]["instanceHealthSummary"]
    return {item["instanceName"]: (item["instanceHealth"], item.get("instanceHealthReason", "")) for item in summary}


def until_health(lightsail, seconds=180, **wanted):
    deadline = time.monotonic() + seconds
    while {name: state for name, (state, _) in health(lightsail).items()} != wanted:
        assert time.monotonic() < deadline, health(lightsail)
        time.sleep(0.2)


def reaches(address, port):
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True


class Visitor:
    """Asks the balancer, by its address and a name."""

    def __init__(self, address, *, context=None, name="example.org"):
        self.address, self.context, self.name = address, context, name

    def get(self, path="/", **headers):
        connection = http.client.HTTPConnection(self.address, 443 if self.context else 80, timeout=10)
        connection.sock = socket.create_connection((self.address, connection.port), timeout=10)
        if self.context:
            connection.sock = self.context.wrap_socket(connection.sock, server_hostname=self.name)
        try:
            connection.request("GET", path, headers={"Host": self.name, **headers})
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            connection.close()

    def asked(self, count=20, **headers):
        """Who answered how often."""
        return Counter(json.loads(self.get(**headers)[2])["name"] for _ in range(count))


def test_healthy_instances_are_asked_in_turn_and_told_who_asks(lightsail, address):
    visitor = Visitor(address)
    assert visitor.asked() == {"one": 10, "two": 10}
    headers = json.loads(visitor.get(**{"X-Forwarded-For": "203.0.113.7"})[2])["headers"]
    assert headers["x-forwarded-for"].startswith("203.0.113.7, 10.")
    assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("http", "80")
    assert headers["host"] == "example.org"


def test_an_instance_that_fails_its_checks_is_asked_no_more_until_it_passes_them(cloud, lightsail, address):
    visitor = Visitor(address)
    cloud.run("two", "echo 500 > /srv/health")
    until_health(lightsail, one="healthy", two="unhealthy")
    assert health(lightsail)["two"] == ("unhealthy", "Instance.ResponseCodeMismatch")
    assert visitor.asked() == {"one": 20}
    cloud.run("one", "systemctl stop web")
    until_health(lightsail, one="unhealthy", two="unhealthy")
    assert health(lightsail)["one"] == ("unhealthy", "Instance.FailedHealthChecks")
    assert visitor.get()[0] == 503
    serve(cloud, "one")
    cloud.run("two", "echo 200 > /srv/health")
    until_health(lightsail, one="healthy", two="healthy")
    assert visitor.asked() == {"one": 10, "two": 10}


def test_a_stopped_machine_is_not_in_use_and_comes_back_by_itself(cloud, lightsail, address):
    lightsail.stop_instance(instanceName="two")
    cloud.settle()
    assert health(lightsail)["two"] == ("unused", "Instance.InvalidState")
    until_asked(Visitor(address), {"one": 20})
    lightsail.start_instance(instanceName="two")
    cloud.settle()
    serve(cloud, "two")
    until_health(lightsail, one="healthy", two="healthy")
    assert Visitor(address).asked() == {"one": 10, "two": 10}


def until_asked(visitor, wanted, seconds=120):
    """Until checks have noticed, a request may go to a machine that is gone."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if all(visitor.get()[0] == 200 for _ in range(4)) and visitor.asked() == wanted:
            return
    raise AssertionError(f"not asked as {wanted}")


def test_a_change_of_settings_loses_no_health_and_no_request(cloud, lightsail, address):
    visitor = Visitor(address)
    lightsail.update_load_balancer_attribute(
        **BALANCER, attributeName="SessionStickinessEnabled", attributeValue="true"
    )
    answered = Counter(visitor.get()[0] for _ in range(200))
    cloud.settle()
    assert answered == {200: 200}
    assert health(lightsail) == {"one": ("healthy", ""), "two": ("healthy", "")}


def test_a_visitor_stays_with_one_instance(lightsail, address):
    visitor = Visitor(address)
    _, headers, body = visitor.get()
    cookie = headers["Set-Cookie"].split(";")[0]
    assert cookie.startswith("AWSALB=")
    assert visitor.asked(Cookie=cookie) == {json.loads(body)["name"]: 20}
    assert len(visitor.asked()) == 2  # others are not bound


@pytest.fixture(scope="module")
def certified(cloud, lightsail):
    """The balancer with a certificate that Route 53's records have proven."""
    route53 = cloud.client_of("us-east-1", "route53")
    zone = route53.create_hosted_zone(Name="example.org", CallerReference="1")["HostedZone"]["Id"]
    lightsail.create_load_balancer_tls_certificate(
        **BALANCER, certificateName="site", certificateDomainName="example.org"
    )
    (pending,) = lightsail.get_load_balancer_tls_certificates(**BALANCER)["tlsCertificates"]
    assert pending["status"] == "PENDING_VALIDATION"
    (record,) = pending["domainValidationRecords"]
    wanted = {
        "Name": record["name"],
        "Type": record["type"],
        "TTL": 60,
        "ResourceRecords": [{"Value": record["value"]}],
    }
    route53.change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": wanted}]}
    )
    (issued,) = lightsail.get_load_balancer_tls_certificates(**BALANCER)["tlsCertificates"]
    assert issued["status"] == "ISSUED"
    lightsail.attach_load_balancer_tls_certificate(**BALANCER, certificateName="site")
    cloud.settle()
    return issued


def trusting(cloud, version=None):
    context = ssl.create_default_context(cafile=cloud.cloud.settings.state_directory / "ca.pem")
    if version:
        context.minimum_version = context.maximum_version = version
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def test_https_with_the_certificate_and_plain_http_sent_there(cloud, lightsail, address, certified):
    status, _, body = Visitor(address, context=trusting(cloud)).get()
    headers = json.loads(body)["headers"]
    assert (status, headers["x-forwarded-proto"], headers["x-forwarded-port"]) == (200, "https", "443")
    with pytest.raises(ssl.SSLCertVerificationError):
        Visitor(address, context=trusting(cloud), name="example.net").get()
    assert Visitor(address).get()[0] == 200
    lightsail.update_load_balancer_attribute(**BALANCER, attributeName="HttpsRedirectionEnabled", attributeValue="true")
    cloud.settle()
    status, headers, _ = Visitor(address).get("/a?b=c")
    assert (status, headers["Location"]) == (301, "https://example.org/a?b=c")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_the_tls_policy_binds(cloud, lightsail, address, certified):
    old = trusting(cloud, ssl.TLSVersion.TLSv1_1)
    assert Visitor(address, context=old).get()[0] == 200
    lightsail.update_load_balancer_attribute(
        **BALANCER, attributeName="TlsPolicyName", attributeValue="TLS-FS-Res-1-2-2019-08"
    )
    cloud.settle()
    with pytest.raises(ssl.SSLError):
        Visitor(address, context=old).get()
    assert Visitor(address, context=trusting(cloud, ssl.TLSVersion.TLSv1_2)).get()[0] == 200


def test_what_happened_is_in_the_metrics(lightsail, address, certified):
    def total(metric):
        now = datetime.now(UTC)
        data = lightsail.get_load_balancer_metric_data(
            **BALANCER,
            metricName=metric,
            period=60,
            startTime=now - timedelta(hours=1),
            endTime=now + timedelta(minutes=1),
            unit="Count",
            statistics=["Sum"],
        )["metricData"]
        return sum(point["sum"] for point in data)

    before = total("RequestCount")
    Visitor(address, context=trusting_any()).get()
    until = time.monotonic() + 10  # a request is counted after its reply has gone out
    while total("RequestCount") == before and time.monotonic() < until:
        time.sleep(0.05)
    assert total("RequestCount") == before + 1
    assert total("HTTPCode_LB_5XX_Count") >= 1
    assert total("ClientTLSNegotiationErrorCount") >= 1
    assert total("HealthyHostCount") == 2


def trusting_any():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_only_the_listeners_answer_and_deleted_nothing_does(cloud, lightsail, address):
    assert [port for port in (22, 80, 443, 8000) if reaches(address, port)] == [80, 443]
    lightsail.delete_load_balancer(**BALANCER)
    cloud.settle()
    assert not reaches(address, 80)
    assert lightsail.get_load_balancers()["loadBalancers"] == []
