"""The provision playbook on a day when AWS throttles calls and loses replies; machines and servers are stood in for."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

from localcloud.calls import CallLog
from localcloud.certificates import CertificateAuthority
from localcloud.endpoint import Front
from localcloud.faults.application import FaultyApplication
from localcloud.faults.rules import FILE, Fault, FaultBook, Kind
from localcloud.lightsail import database_servers
from localcloud.lightsail.cloud import Cloud
from localcloud.lightsail.store import Store
from localcloud.lightsail.work import Work
from localcloud.settings import Settings
from tests.integration.localcloud.lightsail.conftest import (
    RecordedBalancers,
    RecordedMachines,
    RecordedServers,
    RecordedStorage,
)

if TYPE_CHECKING:
    from conftest import Answer


@dataclass(frozen=True, kw_only=True)
class LocalCloud:
    """The whole endpoint of AWS, and the playbook run against it."""

    state: Path
    book: FaultBook
    cloud: Cloud
    environment: dict[str, str]
    repository: Path
    log: list[int]

    def provision(self, *options: str) -> tuple[list[str], list[str]]:
        """Run the playbook: the tasks that changed something, and the calls that did."""
        run = subprocess.run(
            [
                str(Path(sys.executable).parent / "ansible-playbook"),
                "playbooks/provision.yml",
                "-i",
                "inventory/local",
                *options,
            ],
            env=self.environment,
            cwd=self.repository,
            capture_output=True,
            text=True,
            timeout=550,
            check=False,
        )
        assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-2000:]
        report = json.loads(run.stdout[run.stdout.index("{") :])
        changed = [
            task["task"]["name"]
            for task in report["plays"][0]["tasks"]
            if any(host.get("changed") for host in task["hosts"].values())
        ]
        lines = (self.state / "calls.jsonl").read_text().splitlines()
        fresh, self.log[0] = [json.loads(line) for line in lines[self.log[0] :]], len(lines)
        return changed, [call["operation"] for call in fresh if call["mutating"]]


@pytest.fixture
def local_cloud(
    cloudfront_application: "Answer", repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalCloud]:
    monkeypatch.setattr(database_servers, "engine_version", lambda _engine: "17.6")
    settings = Settings.from_environment({"LOCALCLOUD_NAME": "bad-day", "LOCALCLOUD_STATE": str(tmp_path)})
    cloud = Cloud(
        settings=settings,
        engine=None,
        store=Store(tmp_path / "lightsail.json"),
        machines=RecordedMachines(),
        storage=RecordedStorage(),
        servers=RecordedServers(),
        balancers=RecordedBalancers(CertificateAuthority(tmp_path)),
        work=Work(),
        canonical_names=lambda _name: [],
    )
    calls = CallLog(tmp_path / "calls.jsonl")
    book = FaultBook(tmp_path / FILE)
    faulty = FaultyApplication(Front(cloud, calls, cloudfront_application), book, calls)
    server = make_server("127.0.0.1", 0, faulty, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    foreign = ("AWS_", "ANSIBLE_", "LOCALCLOUD_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environment |= {
        "LOCALCLOUD_NAME": "bad-day",
        "LOCALCLOUD_STATE": str(tmp_path),
        "LOCALCLOUD_PORT": str(server.server_port),
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    yield LocalCloud(state=tmp_path, book=book, cloud=cloud, environment=environment, repository=repository, log=[0])
    server.shutdown()
    server.server_close()
    cloud.work.close()


# Each call that buys something also loses its reply once: the caller can't know whether it was carried out.
BUYING = (
    "ImportKeyPair",
    "CreateInstances",
    "AllocateStaticIp",
    "CreateRelationalDatabase",
    "PutParameter",
    "PUT /prime-time-frontend-local",
    "POST /2013-04-01/hostedzone",
    "POST /2020-05-31/distribution",
    "POST /2020-05-31/function",
    "POST /2020-05-31/origin-access-control",
    "POST /2020-05-31/response-headers-policy",
)
# amazon.aws's modules for buckets have no check mode, and a record needs the zone's id, which is known once it is made.
# The zone is told as unchanged by the attempt that finds it, after the attempt whose reply got lost.
NOT_PREDICTED = {
    "storage : Have the buckets",
    "storage : Let old versions go",
    "domain : Have the zone",
    "domain : Point the origin's name at the server",
    "edge : Let this distribution, and nobody else, read the bucket",
}


def test_provision_converges_and_buys_nothing_twice(local_cloud: LocalCloud) -> None:
    predicted, calls = local_cloud.provision("--check")
    assert calls == []

    for operation in BUYING:
        local_cloud.book.add(Fault(kind=Kind.LOSE_REPLY, operation=operation, count=1))
    local_cloud.book.add(Fault(kind=Kind.THROTTLE, share=0.3, seed=1))
    local_cloud.book.add(Fault(kind=Kind.LOSE_REPLY, share=0.1, seed=1))
    made, calls = local_cloud.provision()
    assert [task for task in predicted if task not in NOT_PREDICTED] == [t for t in made if t not in NOT_PREDICTED]
    *directed, throttled, lost = local_cloud.book.listed().faults
    assert [fault.met for fault in directed] == [1] * len(BUYING)
    assert throttled.met >= 10
    assert lost.met >= 3
    assert standing(local_cloud) == {"instances": 1, "databases": 1, "static_ips": 1, "key_pairs": 1} | AT_MOTO

    local_cloud.book.clear()
    assert local_cloud.provision() == ([], [])
    assert local_cloud.provision("--check") == ([], [])


AT_MOTO = {
    "zones": 1,
    "records": 1,
    "buckets": 2,
    "distributions": 1,
    "access_controls": 1,
    "functions": 1,
    "headers": 1,
}


def standing(local_cloud: LocalCloud) -> dict[str, int]:
    """How many there are of each kind of resource."""
    import boto3

    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{local_cloud.environment['LOCALCLOUD_PORT']}",
            region_name="eu-central-1",
            aws_access_key_id="localcloud-edge",  # which meets no faults
            aws_secret_access_key="secret",
        )

    with local_cloud.cloud.store.reading() as account:
        found = {
            "instances": len(account.instances),
            "databases": len(account.relational_databases),
            "static_ips": len(account.static_ips),
            "key_pairs": len(account.key_pairs),
        }
    route53, s3, cloudfront = client("route53"), client("s3"), client("cloudfront")
    zones = [zone for zone in route53.list_hosted_zones()["HostedZones"] if zone["Name"] == "prime-time.test."]
    records = [
        record
        for zone in zones
        for record in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        if record["Type"] == "A"
    ]
    listed = {
        "distributions": cloudfront.list_distributions()["DistributionList"].get("Items", []),
        "access_controls": cloudfront.list_origin_access_controls()["OriginAccessControlList"].get("Items", []),
        "headers": cloudfront.list_response_headers_policies()["ResponseHeadersPolicyList"].get("Items", []),
        "functions": cloudfront.list_functions(Stage="LIVE")["FunctionList"].get("Items", []),
    }
    found |= {"zones": len(zones), "records": len(records)}
    found["buckets"] = sum(bucket["Name"].startswith("prime-time-") for bucket in s3.list_buckets()["Buckets"])
    for kind, items in listed.items():
        found[kind] = sum("prime-time-local" in json.dumps(item, default=str) for item in items)
    return found
