"""Lightsail's endpoint on a loopback port, asked by boto3; machines and servers are stood in for, not started."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from werkzeug.serving import make_server

from localcloud.calls import CallLog
from localcloud.certificates import CertificateAuthority
from localcloud.endpoint import Front
from localcloud.lightsail import database_servers, server_parameters
from localcloud.lightsail.balancers import BalancerNotReadyError, Balancers
from localcloud.lightsail.cloud import Cloud
from localcloud.lightsail.machines import Machines
from localcloud.lightsail.reconcile import reconcile
from localcloud.lightsail.records import now
from localcloud.lightsail.store import ACCOUNT_FILE, Store
from localcloud.lightsail.work import Work
from localcloud.settings import Settings


class RecordedMachines(Machines):
    """Does what it is told in memory; a test may hold it up or let it fail."""

    def __init__(self):
        self.go_on = threading.Event()
        self.go_on.set()
        self.failure = None
        self.running = {}  # name: (public address, ports)

    def _step(self):
        assert self.go_on.wait(60)
        if self.failure:
            raise RuntimeError(self.failure)

    def ensure_running(self, instance, public_address):
        self._step()
        self.running[instance.name] = (public_address, instance.ports)

    def apply_network(self, instance, public_address):
        self._step()
        assert instance.name in self.running
        self.running[instance.name] = (public_address, instance.ports)

    def stop(self, instance):
        self._step()
        self.running.pop(instance.name, None)

    def is_running(self, instance):
        return instance.name in self.running

    def remove(self, instance):
        self.stop(instance)

    def docker_volume(self, instance):
        return f"{instance.name}-docker"


class RecordedServers:
    """As above, for databases."""

    def __init__(self):
        self.go_on = threading.Event()
        self.go_on.set()
        self.failure = None
        self.passwords = {}
        self.running = {}  # name: the parameters it was started with, or was given since
        self.restored = {}  # name: where its data came from
        self.backups = []  # verbs
        self.removed = []  # folders of backups
        self.listed = server_parameters.parse(json.dumps(PARAMETERS))

    def _step(self):
        assert self.go_on.wait(60)
        if self.failure:
            raise RuntimeError(self.failure)

    def ensure_running(self, database):
        self._step()
        self.passwords.setdefault(database.name, database.password)
        self.running.setdefault(database.name, dict(database.parameters))
        if database.restored_from:
            self.restored[database.name] = database.restored_from

    def set_password(self, database):
        self._step()
        self.passwords[database.name] = database.password

    def parameters(self, database):
        assert database.name in self.running
        return self.listed

    def reload(self, database):
        self._step()
        self.running[database.name] = dict(database.parameters)

    def backup(self, database, *verb):
        self._step()
        assert database.name in self.running
        self.backups.append((database.name, verb[0]))
        return now().isoformat()

    def remove_backups(self, folder):
        self._step()
        self.removed.append(folder)

    def log_lines(self, database, count):
        return ["2026-11-24T20:00:00.123456789Z LOG:  ready"][:count]

    def stop(self, database):
        self._step()
        self.running.pop(database.name, None)

    def remove(self, database):
        self._step()
        self.passwords.pop(database.name, None)
        self.running.pop(database.name, None)


def parameter(name, value, kind, **members):
    row = {"name": name, "value": value, "description": name, "type": kind, "minimum": None, "maximum": None}
    return row | {"choices": None, "static": False, "modifiable": True} | members


# Rows as the query on pg_settings gives them.
PARAMETERS = [
    parameter("autovacuum", "on", "bool"),
    parameter("max_connections", "100", "integer", minimum="1", maximum="262143", static=True),
    parameter("server_version", "17.6", "string", static=True, modifiable=False),
    parameter("shared_preload_libraries", "", "string", static=True),
    parameter("wal_compression", "off", "enum", choices=["pglz", "lz4", "zstd", "on", "off"]),
    parameter("work_mem", "4096", "integer", minimum="64", maximum="2147483647"),
]


class RecordedStorage:
    """As above, for disks and snapshots: what each holds, by id or by the disk's name."""

    def __init__(self):
        self.go_on = threading.Event()
        self.go_on.set()
        self.failure = None
        self.disks = {}  # name: what it holds
        self.connected = {}  # name: (instance, path)
        self.snapshots = {}  # id: what it holds

    def _step(self):
        assert self.go_on.wait(60)
        if self.failure:
            raise RuntimeError(self.failure)

    def create_disk(self, disk):
        self._step()
        self.disks[disk.name] = self.snapshots[disk.source] if disk.source else ""

    def remove_disk(self, disk):
        self._step()
        self.disks.pop(disk.name, None)

    def connect(self, disk, instance):
        self._step()
        self.connected[disk.name] = (instance.name, disk.path)

    def disconnect(self, disk):
        self.connected.pop(disk.name, None)

    def take_disk_snapshot(self, snapshot, disk, instance):
        self._step()
        self.snapshots[snapshot.id] = self.disks[disk.name]

    def take_instance_snapshot(self, snapshot, instance, docker_volume, disks):
        self._step()
        self.snapshots[snapshot.id] = instance.name
        self.snapshots |= {identifier: self.disks[disk.name] for identifier, disk in disks}

    def remove_disk_snapshot(self, identifier):
        self._step()
        self.snapshots.pop(identifier, None)

    def remove_instance_snapshot(self, snapshot):
        self._step()
        for identifier in (snapshot.id, *(disk.snapshot_id for disk in snapshot.disks)):
            self.snapshots.pop(identifier, None)


class RecordedBalancers(Balancers):
    """As above, for load balancers; its certificates are real."""

    def __init__(self, authority):
        super().__init__(None, None, authority)
        self.go_on = threading.Event()
        self.go_on.set()
        self.failure = None
        self.running = {}  # name: (the record, names of the targets, name of the certificate)
        self.found = {}  # what checks found, by instance
        self.log = []

    def _step(self):
        assert self.go_on.wait(60)
        if self.failure:
            raise RuntimeError(self.failure)

    def ensure_running(self, balancer, targets, certificate):
        self._step()
        self.running[balancer.name] = (
            balancer,
            [target.name for target in targets],
            certificate.name if certificate else None,
        )

    def health(self, balancer):
        if self.failure:
            raise BalancerNotReadyError(self.failure)
        return self.found

    def log_lines(self, balancer, start, end):
        if self.failure:
            raise BalancerNotReadyError(self.failure)
        return self.log

    def remove(self, balancer):
        self._step()
        self.running.pop(balancer.name, None)


def recorded_cloud(settings, canonical_names=lambda _name: []):
    """A cloud in whose state directory all is as it would be, and behind which nothing is."""
    state = settings.state_directory
    state.mkdir(exist_ok=True)
    return Cloud(
        settings=settings,
        engine=None,
        store=Store(state / ACCOUNT_FILE),
        machines=RecordedMachines(),
        storage=RecordedStorage(),
        servers=RecordedServers(),
        balancers=RecordedBalancers(CertificateAuthority(state)),
        work=Work(),
        canonical_names=canonical_names,
    )


class Endpoint:
    """A running endpoint, which can be stopped and started again on the same state."""

    def __init__(self, directory, pool):
        self.directory = directory
        self.machines, self.servers, self.storage = RecordedMachines(), RecordedServers(), RecordedStorage()
        self.balancers = RecordedBalancers(CertificateAuthority(directory))
        self.names = {}  # name: what it stands for
        self.others = []  # paths that were not Lightsail's
        self._pool = pool
        self.start()

    def start(self):
        settings = Settings.from_environment({"LOCALCLOUD_NAME": "unit", "LOCALCLOUD_STATE": str(self.directory)})
        self.cloud = Cloud(
            settings=settings,
            engine=None,
            store=Store(self.directory / ACCOUNT_FILE),
            machines=self.machines,
            storage=self.storage,
            servers=self.servers,
            balancers=self.balancers,
            work=Work(),
            canonical_names=lambda name: self.names.get(name, []),
        )
        self._server = make_server(
            "127.0.0.1", 0, Front(self.cloud, CallLog(self.directory / "calls.jsonl"), self._other), threaded=True
        )
        self._serving = self._pool.submit(self._server.serve_forever, 0.02)
        self.url = f"http://127.0.0.1:{self._server.port}"
        reconcile(self.cloud)

    def stop(self):
        self._server.shutdown()
        self._serving.result(10)
        self._server.server_close()
        self.cloud.work.close()

    def client(self, region="eu-central-1"):
        return boto3.client(
            "lightsail",
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            config=Config(retries={"max_attempts": 1}),
        )

    def settle(self):
        """Wait for all work in the background."""
        for future in list(self.cloud.work._last.values()):
            future.exception(60)

    def _other(self, environ, start_response):
        self.others.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]


@pytest.fixture
def endpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(database_servers, "engine_version", lambda _engine: "17.6")
    with ThreadPoolExecutor() as pool:
        running = Endpoint(tmp_path, pool)
        yield running
        running.machines.go_on.set()
        running.storage.go_on.set()
        running.servers.go_on.set()
        running.balancers.go_on.set()
        running.stop()


@pytest.fixture
def lightsail(endpoint):
    client = endpoint.client()
    client.create_key_pair(keyPairName="key")
    return client


@pytest.fixture
def create(endpoint, lightsail):
    """Create an instance and wait until it runs."""

    def run(name="web", **members):
        wanted = {
            "instanceNames": [name],
            "availabilityZone": "eu-central-1a",
            "blueprintId": "debian_12",
            "bundleId": "nano_3_0",
            "keyPairName": "key",
        }
        reply = lightsail.create_instances(**(wanted | members))
        endpoint.settle()
        return reply["operations"]

    return run


@pytest.fixture
def create_database(endpoint, lightsail):
    def run(name="db", **members):
        wanted = {
            "relationalDatabaseName": name,
            "relationalDatabaseBlueprintId": "postgres_17",
            "relationalDatabaseBundleId": "micro_2_0",
            "masterDatabaseName": "prime_time_db",
            "masterUsername": "primetime",
        }
        reply = lightsail.create_relational_database(**(wanted | members))
        endpoint.settle()
        return reply["operations"]

    return run


@pytest.fixture
def balancer(endpoint, lightsail):
    """Create a load balancer and wait until it is active."""

    def run(name="web-lb", **members):
        reply = lightsail.create_load_balancer(**({"loadBalancerName": name, "instancePort": 80} | members))
        endpoint.settle()
        return reply["operations"]

    return run
