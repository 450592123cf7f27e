"""Faults as a real client meets them, in each protocol, and the command that switches them."""

import threading
import time
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from click.testing import CliRunner
from werkzeug.serving import make_server

from localcloud.calls import CallLog
from localcloud.cli import main
from localcloud.faults.application import FaultyApplication
from localcloud.faults.rules import FILE, FaultBook

READ = {
    "lightsail": ("get_instances", {}),
    "s3": ("list_buckets", {}),
    "sns": ("list_topics", {}),
    "route53": ("list_hosted_zones", {}),
    "cloudfront": ("list_distributions", {}),
    "ssm": ("get_parameters", {"Names": ["a"]}),
    "sts": ("get_caller_identity", {}),
}
THROTTLED = {"s3": "SlowDown", "lightsail": "ThrottlingException", "ssm": "ThrottlingException"}


class Cloud:
    """An endpoint that counts what reaches it behind the faults, and answers nothing of use."""

    def __init__(self, state: Path) -> None:
        self.reached: list[str] = []
        self.calls = CallLog(state / "calls.jsonl")
        faulty = FaultyApplication(self._answer, FaultBook(state / FILE), self.calls)
        self.server = make_server("127.0.0.1", 0, faulty, threaded=True)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def _answer(self, environ, start_response):
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.reached.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", "2")])
        return [b"{}"]

    def ask(self, service, attempts=1, key="key"):
        operation, arguments = READ[service]
        client = boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.server.server_port}",
            region_name="eu-central-1",
            aws_access_key_id=key,
            aws_secret_access_key="secret",
            config=Config(retries={"mode": "standard", "total_max_attempts": attempts}),
        )
        return getattr(client, operation)(**arguments)


@pytest.fixture
def cloud(tmp_path, monkeypatch):
    running = Cloud(tmp_path)
    monkeypatch.setenv("LOCALCLOUD_NAME", "unit")
    monkeypatch.setenv("LOCALCLOUD_STATE", str(tmp_path))
    monkeypatch.setenv("LOCALCLOUD_PORT", str(running.server.server_port))
    yield running
    running.server.shutdown()
    running.server.server_close()


def localcloud(*arguments, status=0):
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == status, result.output
    return result.output


@pytest.mark.parametrize("service", READ)
def test_each_protocol_is_throttled_in_its_own_form(cloud, service):
    localcloud("fault", "throttle")
    with pytest.raises(ClientError) as raised:
        cloud.ask(service)
    assert raised.value.response["Error"]["Code"] == THROTTLED.get(service, "Throttling")
    assert raised.value.response["Error"]["Message"]
    assert cloud.reached == []


@pytest.mark.parametrize("service", READ)
def test_each_protocol_gets_the_error_asked_for(cloud, service):
    localcloud("fault", "error", "--code", "AccessDeniedException", "--count", "1")
    with pytest.raises(ClientError) as raised:
        cloud.ask(service)
    assert raised.value.response["Error"]["Code"] == "AccessDeniedException"


def test_clients_wait_out_what_is_over_after_a_count(cloud):
    localcloud("fault", "error", "--count", "1", "--service", "lightsail")
    localcloud("fault", "throttle", "--count", "1", "--service", "lightsail")
    assert cloud.ask("lightsail", attempts=3)["ResponseMetadata"]["RetryAttempts"] == 2


def test_a_lost_reply_was_carried_out(cloud):
    localcloud("fault", "lose-reply", "--count", "1")
    with pytest.raises(ConnectionClosedError):
        cloud.ask("lightsail")
    assert cloud.reached == ["/"]
    cloud.ask("lightsail")
    assert cloud.reached == ["/", "/"]


def test_slow_comes_late(cloud, monkeypatch):
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    localcloud("fault", "slow", "--seconds", "2.5", "--operation", "GetInstances")
    cloud.ask("lightsail")
    assert 2.5 in waits


def test_the_edge_is_spared(cloud):
    localcloud("fault", "throttle")
    cloud.ask("lightsail", key="localcloud-edge")
    assert cloud.reached == ["/"]


def test_faults_are_listed_with_what_they_did_and_cleared(cloud):
    assert localcloud("fault") == "no faults are on\n"
    localcloud("fault", "throttle", "--operation", "GetInstances", "--share", "1")
    with pytest.raises(ClientError):
        cloud.ask("lightsail")
    assert localcloud("fault") == "throttle: 100% of * GetInstances (seed 0; met by 1 of 1 calls)\n"
    localcloud("fault", "clear")
    assert localcloud("fault") == "no faults are on\n"
    cloud.ask("lightsail")


def test_a_share_that_is_none_and_a_cloud_that_is_not_up_are_told(cloud, monkeypatch):
    assert "--share" in localcloud("fault", "throttle", "--share", "1.5", status=2)
    monkeypatch.setenv("LOCALCLOUD_PORT", "9")
    assert "start it: localcloud up" in localcloud("fault", "throttle", status=18)
