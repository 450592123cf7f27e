"""AWS's own command line against the local cloud, pointed at it by what `localcloud env` prints and nothing else."""

import json
import os
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from werkzeug.serving import make_server

from localcloud.aws import application
from localcloud.calls import CallLog
from localcloud.endpoint import Front
from localcloud.faults.application import FaultyApplication
from localcloud.faults.rules import FILE, Fault, FaultBook, Kind
from localcloud.settings import Settings
from tests.integration.localcloud.lightsail.conftest import recorded_cloud

BIN = Path(sys.executable).parent
# The status after the service's refusal: of the client's version 1, as it is in our environment; version 2 has 254.
REFUSED = 255


@dataclass(frozen=True)
class Shell:
    """Runs commands with what a shell has that has read `localcloud env`."""

    environment: dict[str, str]
    directory: Path
    book: FaultBook

    def client(self, service: str) -> Any:
        """For what only prepares a test, and needs no process of its own."""
        return boto3.client(
            service,
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            region_name=self.environment["AWS_DEFAULT_REGION"],
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
        )

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-uc", command],
            env=self.environment,
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def aws(self, command: str) -> Any:
        """What `aws …` answers, which must succeed: from JSON, or the text of commands that print no JSON."""
        done = self.run(f"aws {command}")
        assert done.returncode == 0, done.stderr
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    directory = tmp_path_factory.mktemp("cli")
    state = directory / "state"
    cloud = recorded_cloud(Settings.from_environment({"LOCALCLOUD_NAME": "cli", "LOCALCLOUD_STATE": str(state)}))
    calls, book = CallLog(state / "calls.jsonl"), FaultBook(state / FILE)
    faulty = FaultyApplication(Front(cloud, calls, application(state)), book, calls)
    server = make_server("127.0.0.1", 0, faulty, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LOCALCLOUD_"))}
    environment = kept | {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(directory),  # none of the user's own configuration
        "LOCALCLOUD_NAME": "cli",
        "LOCALCLOUD_STATE": str(state),
        "LOCALCLOUD_PORT": str(server.server_port),
        "AWS_PAGER": "",
    }
    # As a person does it: the exports are evaluated by a shell.
    reads = ["bash", "-euc", f'eval "$({shlex.quote(str(BIN / "localcloud"))} env)"; env -0']
    exported = subprocess.run(reads, env=environment, capture_output=True, text=True, check=True).stdout
    environment = dict(line.split("=", 1) for line in exported.split("\0") if line)
    yield Shell(environment, directory, book)
    server.shutdown()
    server.server_close()
    cloud.work.close()


def test_lightsail_from_a_key_pair_to_a_load_balancer(shell: Shell) -> None:
    made = shell.aws("lightsail create-key-pair --key-pair-name key --tags key=environment,value=test")
    assert "PRIVATE KEY" in made["privateKeyBase64"]
    (bundle,) = shell.aws("lightsail get-bundles --query \"bundles[?bundleId=='medium_3_0'].[bundleId,price]\"")
    assert bundle == ["medium_3_0", 24.0]
    shell.aws(
        "lightsail create-instances --instance-names one two --availability-zone eu-central-1a"
        " --blueprint-id debian_12 --bundle-id nano_3_0 --key-pair-name key"
    )
    ports = "fromPort=443,toPort=443,protocol=tcp,cidrs=203.0.113.0/24"
    shell.aws(f"lightsail put-instance-public-ports --instance-name one --port-infos {ports}")
    states = shell.aws("lightsail get-instance-port-states --instance-name one --query portStates[].cidrs[]")
    assert states == ["203.0.113.0/24"]
    shell.aws("lightsail create-load-balancer --load-balancer-name web --instance-port 80 --health-check-path /health")
    shell.aws("lightsail attach-instances-to-load-balancer --load-balancer-name web --instance-names one two")
    query = "loadBalancer.instanceHealthSummary[].instanceName"
    assert shell.aws(f"lightsail get-load-balancer --load-balancer-name web --query {query}") == ["one", "two"]
    text = shell.aws("lightsail get-load-balancers --output text --query loadBalancers[].name")
    assert text.strip() == "web"


def test_lightsails_listings_come_in_pages(shell: Shell) -> None:
    client = shell.client("lightsail")
    for number in range(26):  # each makes two operations
        client.allocate_static_ip(staticIpName=f"ip-{number}")
        client.release_static_ip(staticIpName=f"ip-{number}")
    page = shell.aws("lightsail get-operations --no-paginate")
    assert len(page["operations"]) == 50
    whole = shell.aws("lightsail get-operations")["operations"]
    assert len(whole) >= 52
    # The client's own cutting, which goes on with a token of its own.
    first = shell.aws("lightsail get-operations --max-items 51")
    rest = shell.aws(f"lightsail get-operations --starting-token {first['NextToken']}")
    assert [item["id"] for item in (*first["operations"], *rest["operations"])] == [item["id"] for item in whole]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("lightsail get-instance --instance-name none", "NotFoundException"),
        ("lightsail create-load-balancer --load-balancer-name lb --instance-port 0", "InvalidInputException"),
        ("cloudfront get-distribution --id E000", "NoSuchDistribution"),
        ("s3api head-bucket --bucket prime-time-cli-none", "404"),
    ],
)
def test_a_refusal_is_told_by_its_code_and_status(shell: Shell, command: str, code: str) -> None:
    refused = shell.run(f"aws {command}")
    assert refused.returncode == REFUSED
    assert code in refused.stderr
    assert refused.stdout == ""


def test_throttling_is_waited_out(shell: Shell) -> None:
    shell.book.add(Fault(kind=Kind.THROTTLE, operation="GetRegions", count=2))
    try:
        assert shell.aws("lightsail get-regions --query regions[0].name")
        assert [fault.met for fault in shell.book.listed().faults] == [2]
    finally:
        shell.book.clear()


def test_s3_a_folder_goes_there_and_comes_back(shell: Shell) -> None:
    source = shell.directory / "site"
    (source / "pages").mkdir(parents=True)
    for number in range(30):
        (source / "pages" / f"{number:02}.html").write_text(f"page {number}\n")
    (source / "large").write_bytes(os.urandom(9 * 2**20))  # sent in parts
    a_minute_ago = time.time() - 60  # S3 keeps whole seconds: a file of this one looks newer than its copy
    for file in source.rglob("*"):
        os.utime(file, (a_minute_ago, a_minute_ago))
    shell.aws("s3 mb s3://prime-time-cli")
    sent = shell.aws("s3 sync site s3://prime-time-cli --no-progress --cache-control no-cache")
    assert sent.count("upload:") == 31
    assert shell.aws("s3 sync site s3://prime-time-cli --no-progress") == ""
    listed = shell.aws("s3 ls s3://prime-time-cli/pages/ --page-size 7")
    assert len(listed.splitlines()) == 30
    head = shell.client("s3").head_object(Bucket="prime-time-cli", Key="pages/00.html")
    assert head["CacheControl"] == "no-cache"
    assert shell.aws("s3 cp s3://prime-time-cli/pages/07.html -") == "page 7\n"
    shell.aws("s3 sync s3://prime-time-cli back --no-progress")
    assert (shell.directory / "back" / "large").read_bytes() == (source / "large").read_bytes()
    shell.aws("s3 rb s3://prime-time-cli --force")
    assert "prime-time-cli" not in shell.aws("s3 ls")


def test_cloudfront_a_distribution_is_made_changed_and_deleted(shell: Shell) -> None:
    config = {
        "CallerReference": "cli",
        "Comment": "from the command line",
        "Enabled": True,
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "site",
                    "DomainName": "site.s3.eu-central-1.amazonaws.com",
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "site",
            "ViewerProtocolPolicy": "redirect-to-https",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
    }
    (shell.directory / "distribution.json").write_text(json.dumps(config))
    made = shell.aws("cloudfront create-distribution --distribution-config file://distribution.json")
    identity = made["Distribution"]["Id"]
    paths = shell.aws(f"cloudfront create-invalidation --distribution-id {identity} --paths '/a' '/b*'")
    assert paths["Invalidation"]["InvalidationBatch"]["Paths"]["Items"] == ["/a", "/b*"]
    shell.aws(f"cloudfront wait invalidation-completed --distribution-id {identity} --id {paths['Invalidation']['Id']}")
    found = shell.aws(f"cloudfront get-distribution-config --id {identity}")
    changed = found["DistributionConfig"] | {"Enabled": False}
    (shell.directory / "distribution.json").write_text(json.dumps(changed))
    stale = shell.run(
        f"aws cloudfront update-distribution --id {identity} --if-match E1 --distribution-config file://distribution.json"
    )
    assert (stale.returncode, "PreconditionFailed" in stale.stderr) == (REFUSED, True)
    updated = shell.aws(
        f"cloudfront update-distribution --id {identity} --if-match {found['ETag']}"
        " --distribution-config file://distribution.json"
    )
    shell.aws(f"cloudfront delete-distribution --id {identity} --if-match {updated['ETag']}")
    assert shell.run(f"aws cloudfront get-distribution --id {identity}").returncode == REFUSED


def test_cloudfronts_policies_come_in_pages(shell: Shell) -> None:
    query = "--query CachePolicyList.Items[].CachePolicy.Id"
    for name in ("first", "second", "third"):
        shell.client("cloudfront").create_cache_policy(CachePolicyConfig={"Name": f"cli-{name}", "MinTTL": 1})
    first = shell.aws("cloudfront list-cache-policies --type custom --max-items 2")["CachePolicyList"]
    assert len(first["Items"]) == 2
    assert first["NextMarker"]
    rest = shell.aws(f"cloudfront list-cache-policies --type custom --marker {first['NextMarker']} {query}")
    whole = shell.aws(f"cloudfront list-cache-policies --type custom {query}")
    assert [item["CachePolicy"]["Id"] for item in first["Items"]] + rest == whole
