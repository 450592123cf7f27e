"""Runs the collection's modules with ansible-playbook against endpoints over HTTP, and counts the calls."""

import ast
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import boto3
import docker
import pytest
import yaml
from werkzeug.serving import make_server

from localcloud import endpoint
from localcloud.aws import application
from localcloud.calls import CallLog
from localcloud.certificates import CertificateAuthority
from localcloud.faults.application import FaultyApplication
from localcloud.faults.rules import FILE, FaultBook
from localcloud.lightsail import database_servers
from localcloud.lightsail.balancers import Balancers
from localcloud.lightsail.cloud import Cloud
from localcloud.lightsail.database_servers import DatabaseServers
from localcloud.lightsail.machines import Machines
from localcloud.lightsail.service import LightsailApplication
from localcloud.lightsail.storage import Storage
from localcloud.lightsail.store import Store
from localcloud.lightsail.work import Work
from localcloud.settings import Settings
from tests.integration.localcloud.lightsail.conftest import recorded_cloud

Answer = Callable[[dict[str, Any], Any], Iterable[bytes]]
READING = ("Get", "List", "Describe")


@dataclass
class Front:
    """Stands before an endpoint: notes each call, and on demand throttles calls or loses replies."""

    application: Answer
    calls: list[str] = field(default_factory=list)
    throttle: int = 0  # so many calls are refused
    lose: list[str] = field(default_factory=list)  # of these calls the reply is lost, once each
    refuse: str = ""  # an error that every call meets

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        call = operation(environ)
        self.calls.append(call)
        if self.throttle or self.refuse:
            code, self.throttle = self.refuse or "ThrottlingException", max(0, self.throttle - 1)
            start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
            return [json.dumps({"__type": code, "message": "as the test says"}).encode()]
        if call in self.lose:
            self.lose.remove(call)
            list(self.application(environ, lambda *_: None))
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        return self.application(environ, start_response)

    def changing(self) -> list[str]:
        """The calls since the last look that may change something."""
        noted, self.calls[:] = [call for call in self.calls if not call.startswith(READING)], []
        return noted


def operation(environ: dict[str, Any]) -> str:
    """A call's name: Lightsail's operation, or for CloudFront, where GET alone only reads, Get or the path."""
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    method = environ["REQUEST_METHOD"]
    return "Get" if method == "GET" else f"{method} {environ['PATH_INFO']}"


@dataclass(frozen=True)
class Endpoint:
    """A served front, and how to run tasks against it."""

    front: Front
    url: str
    directory: Path
    repository: Path

    def play(self, *tasks: dict[str, Any], check: bool = False, fails: bool = False, **environment: str) -> Any:
        """Runs tasks on localhost; their results in order, up to the failed one if it is to fail."""
        playbook = [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "vars": {"ansible_python_interpreter": sys.executable},
                "tasks": list(tasks),
            }
        ]
        configuration = self.directory / "ansible.cfg"
        configuration.write_text("[defaults]\n")  # none of the checkout's or the user's
        file = self.directory / "playbook.yml"
        file.write_text(yaml.safe_dump(playbook))
        aws = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
        credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-central-1"}
        run = subprocess.run(
            [
                str(Path(sys.executable).parent / "ansible-playbook"),
                "--diff",
                # In the environment it would be two paths, the second this folder, and its programs would be run.
                "--inventory=localhost,",
                *(["--check"] if check else []),
                str(file),
            ],
            env=aws
            | credentials
            | {
                "AWS_ENDPOINT_URL": self.url,
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_EC2_METADATA_DISABLED": "true",
                "ANSIBLE_COLLECTIONS_PATH": str(self.repository / "collections"),
                "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
                "ANSIBLE_CONFIG": str(configuration),
                "ANSIBLE_TRANSPORT": "local",
                "ANSIBLE_LOCALHOST_WARNING": "false",
            }
            | environment,
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert (run.returncode != 0) == fails, run.stdout + run.stderr
        report = json.loads(run.stdout[run.stdout.index("{") :])
        results = [task["hosts"]["localhost"] for task in report["plays"][0]["tasks"]]
        for result in results:
            module = str(result["action"])
            if module.startswith("primetime.lightsail.") and not result.get("failed"):
                require_documented(result, returned_by(self.repository, module.rpartition(".")[2]), module)
        return results


@cache
def returned_by(repository: Path, module: str) -> dict[str, Any]:
    """A module's documentation of its return values."""
    file = repository / f"collections/ansible_collections/primetime/lightsail/plugins/modules/{module}.py"
    (text,) = (
        node.value.value
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "RETURN"
    )
    documented: dict[str, Any] = yaml.safe_load(str(text))
    return documented


# What every module of Ansible's may return.
COMMON = {"action", "changed", "diff", "exception", "invocation", "warnings", "deprecations"}


def require_documented(values: dict[str, Any], documented: dict[str, Any], where: str) -> None:
    """What is returned is documented, and a thing's documented fields are returned."""
    returned = {key for key in values if not key.startswith("_")} - COMMON
    assert returned <= set(documented), f"{where} returns {returned - set(documented)}, which it does not document"
    for key in returned:
        fields = documented[key].get("contains")
        things = values[key] if isinstance(values[key], list) else [values[key]]
        for thing in things:
            if fields and thing:
                assert set(thing) == set(fields), f"{where}: the fields of {key} are not those documented"


@pytest.fixture(scope="session")
def serve(repository: Path) -> Iterator[Callable[[Answer, Path], Endpoint]]:
    """Serves an application on a free port for as long as the session lasts."""
    servers = []

    def start(answer: Answer, directory: Path) -> Endpoint:
        front = Front(answer)
        server = make_server("127.0.0.1", 0, front, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return Endpoint(front, f"http://127.0.0.1:{server.server_port}", directory, repository)

    yield start
    for server in servers:
        server.shutdown()


@pytest.fixture(scope="session")
def cloudfront_application(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    # moto's state belongs to the process, so one application serves all tests; each uses names of its own.
    return application(tmp_path_factory.mktemp("aws"))


@pytest.fixture
def cloudfront(serve: Callable[[Answer, Path], Endpoint], cloudfront_application: Answer, tmp_path: Path) -> Endpoint:
    """CloudFront's control plane."""
    return serve(cloudfront_application, tmp_path)


@pytest.fixture
def lightsail(serve: Callable[[Answer, Path], Endpoint], tmp_path: Path) -> Endpoint:
    """Lightsail with nothing in it, for what needs no machine: its Docker address leads nowhere, which proves it."""
    engine = docker.DockerClient(base_url=f"unix://{tmp_path}/no-docker.sock", version="1.41")
    settings = Settings(
        name="collection-test",
        state_directory=tmp_path / "state",
        port=1,
        edge_port=1,
        subnet=ip_network("10.201.0.0/16"),
        debian_mirror="http://127.0.0.1:1",
    )
    settings.state_directory.mkdir()
    authority = CertificateAuthority(settings.state_directory)
    cloud = Cloud(
        settings=settings,
        engine=engine,
        store=Store(settings.state_directory / "lightsail.json"),
        machines=Machines(engine, settings),
        storage=Storage(engine, settings),
        servers=DatabaseServers(engine, settings, authority),
        balancers=Balancers(engine, settings, authority),
        work=Work(),
        canonical_names=lambda _name: [],
    )
    return serve(LightsailApplication(cloud, CallLog(tmp_path / "calls.jsonl")), tmp_path)


@dataclass(frozen=True, kw_only=True)
class LocalCloud:
    """The whole endpoint of AWS, and playbooks run against it; machines and servers are stood in for."""

    state: Path
    book: FaultBook
    cloud: Cloud
    environment: dict[str, str]
    repository: Path
    log: list[int]

    def play(self, playbook: str, *options: str, inventory: str = "local") -> list[dict[str, Any]]:
        """Run a playbook; its tasks, each with its name and the hosts' results."""
        run = subprocess.run(
            [
                str(Path(sys.executable).parent / "ansible-playbook"),
                f"playbooks/{playbook}.yml",
                "-i",
                f"inventory/{inventory}",
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
        return [task for play in report["plays"] for task in play["tasks"]]

    def provision(self, *options: str) -> tuple[list[str], list[str]]:
        """Run that playbook: the tasks that changed something, and the calls that did."""
        return changed(self.play("provision", *options)), self.changing_calls()

    def changing_calls(self) -> list[str]:
        """The calls since the last look that may change something."""
        lines = (self.state / "calls.jsonl").read_text().splitlines()
        fresh, self.log[0] = [json.loads(line) for line in lines[self.log[0] :]], len(lines)
        return [call["operation"] for call in fresh if call["mutating"]]


def changed(tasks: list[dict[str, Any]]) -> list[str]:
    """The names of the tasks that changed something."""
    return [task["task"]["name"] for task in tasks if any(host.get("changed") for host in task["hosts"].values())]


@pytest.fixture
def local_cloud(
    cloudfront_application: Answer, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalCloud]:
    monkeypatch.setattr(database_servers, "engine_version", lambda _engine: "17.6")
    cloud = recorded_cloud(
        Settings.from_environment({"LOCALCLOUD_NAME": "collection-test", "LOCALCLOUD_STATE": str(tmp_path)})
    )
    calls = CallLog(tmp_path / "calls.jsonl")
    book = FaultBook(tmp_path / FILE)
    faulty = FaultyApplication(endpoint.Front(cloud, calls, cloudfront_application), book, calls)
    server = make_server("127.0.0.1", 0, faulty, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    foreign = ("AWS_", "ANSIBLE_", "LOCALCLOUD_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environment |= {
        "LOCALCLOUD_NAME": "collection-test",
        "LOCALCLOUD_STATE": str(tmp_path),
        "LOCALCLOUD_PORT": str(server.server_port),
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "AWS_EC2_METADATA_DISABLED": "true",
        # What an operator's profile would say, for the inventories that leave it to that.
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "localcloud",
        "AWS_SECRET_ACCESS_KEY": "any-pair-opens-it",
        "HOME": str(tmp_path),
    }
    yield LocalCloud(state=tmp_path, book=book, cloud=cloud, environment=environment, repository=repository, log=[0])
    server.shutdown()
    server.server_close()
    cloud.work.close()


@dataclass(frozen=True)
class Region:
    """Lightsail with two instances in it, and what is behind; machines, servers and balancers are stood in for."""

    endpoint: Endpoint
    cloud: Cloud
    names: dict[str, list[str]]  # what the zones' CNAME records say

    def play(self, *tasks: tuple[str, dict[str, Any]], **options: Any) -> Any:
        named = [{f"primetime.lightsail.{name}": given} for name, given in tasks]
        return self.endpoint.play(*named, **options)

    def settle(self) -> None:
        """Wait for all work in the background."""
        for future in list(self.cloud.work._last.values()):
            future.exception(60)

    def changing(self) -> list[str]:
        return self.endpoint.front.changing()


@pytest.fixture
def region(
    serve: Callable[[Answer, Path], Endpoint], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Region]:
    monkeypatch.setattr(database_servers, "engine_version", lambda _engine: "17.6")
    names: dict[str, list[str]] = {}
    settings = Settings.from_environment({"LOCALCLOUD_NAME": "region", "LOCALCLOUD_STATE": str(tmp_path / "state")})
    cloud = recorded_cloud(settings, lambda name: names.get(name, []))
    served = serve(LightsailApplication(cloud, CallLog(tmp_path / "calls.jsonl")), tmp_path)
    client = boto3.client(
        "lightsail",
        endpoint_url=served.url,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_key_pair(keyPairName="key")
    client.create_instances(
        instanceNames=["one", "two"],
        availabilityZone="eu-central-1a",
        blueprintId="debian_12",
        bundleId="nano_3_0",
        keyPairName="key",
    )
    made = Region(served, cloud, names)
    made.settle()
    made.changing()
    yield made
    cloud.work.close()
