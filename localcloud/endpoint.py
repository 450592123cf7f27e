"""The one endpoint of all of AWS: Lightsail is ours, everything else moto's. Run by `localcloud up`."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import structlog
from werkzeug.serving import WSGIRequestHandler, make_server

from localcloud import docker_engine
from localcloud.calls import CallLog, identify
from localcloud.certificates import CertificateAuthority
from localcloud.faults.application import OWN_PATHS, FaultyApplication
from localcloud.faults.rules import FILE as FAULTS_FILE
from localcloud.faults.rules import FaultBook
from localcloud.lightsail import auto_snapshots, database_backups, host_counts, model, watch
from localcloud.lightsail.balancers import Balancers
from localcloud.lightsail.cloud import Cloud
from localcloud.lightsail.database_servers import DatabaseServers
from localcloud.lightsail.machines import Machines
from localcloud.lightsail.reconcile import reconcile
from localcloud.lightsail.service import LightsailApplication
from localcloud.lightsail.storage import Storage
from localcloud.lightsail.store import ACCOUNT_FILE, Store
from localcloud.lightsail.work import Work
from localcloud.processes import ENDPOINT_HEALTH
from localcloud.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)


class Front:
    """Sends each request to the application that speaks for its service."""

    def __init__(self, cloud: Cloud, calls: CallLog, others: WSGIApplication) -> None:
        self._cloud = cloud
        self._calls = calls
        self._lightsail = LightsailApplication(cloud, calls)
        self._others = others

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == ENDPOINT_HEALTH:
            start_response("200 OK", [("Content-Type", "application/json")])
            health = {"name": self._cloud.settings.name, "idle": self._cloud.work.is_idle()}
            return [json.dumps(health).encode()]
        if environ.get("HTTP_X_AMZ_TARGET", "").startswith(f"{model.TARGET_PREFIX}."):
            return self._lightsail(environ, start_response)
        if environ.get("PATH_INFO", "").startswith(OWN_PATHS):  # its own questions to itself are no calls of AWS
            return self._others(environ, start_response)
        service, operation, mutating = identify(environ)

        def record(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            outcome = "ok" if status < "4" else status.split()[0]
            self._calls.record(service, operation, mutating=mutating, outcome=outcome)
            return start_response(status, headers, *rest)

        return self._others(environ, record)


class _QuietHandler(WSGIRequestHandler):
    # Calls have a log of their own.
    protocol_version = "HTTP/1.1"

    def log_request(self, _code: int | str = "-", _size: int | str = "-") -> None:
        return


def open_cloud(settings: Settings) -> Cloud:
    """This local cloud's Lightsail, with its network and certificate authority in place."""
    engine = docker_engine.connect()
    docker_engine.ensure_network(engine, settings)
    settings.state_directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = CertificateAuthority(settings.state_directory)
    return Cloud(
        settings=settings,
        engine=engine,
        store=Store(settings.state_directory / ACCOUNT_FILE),
        machines=Machines(engine, settings),
        storage=Storage(engine, settings),
        servers=DatabaseServers(engine, settings, authority),
        balancers=Balancers(engine, settings, authority),
        work=Work(),
        canonical_names=_canonical_names,
    )


def _canonical_names(name: str) -> list[str]:
    from localcloud.aws import hosted_zones  # moto's import again, see main

    return hosted_zones.canonical_names(name)


def main() -> None:
    """Serve until SIGTERM, then finish the steps that run."""
    from localcloud.aws import application  # moto takes seconds to import, which only this process should pay

    settings = Settings.from_environment()
    cloud = open_cloud(settings)
    calls = CallLog(settings.state_directory / "calls.jsonl")
    front = Front(cloud, calls, application(settings.state_directory))
    faulty = FaultyApplication(front, FaultBook(settings.state_directory / FAULTS_FILE), calls)
    # On the gateway the cloud's machines reach it, as a server at Lightsail reaches S3.
    server, for_machines = (
        make_server(address, settings.port, faulty, threaded=True, request_handler=_QuietHandler)
        for address in ("127.0.0.1", str(settings.gateway))
    )
    threading.Thread(target=for_machines.serve_forever, daemon=True).start()
    # shutdown() waits for the serving loop, which is in this thread.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    watch.start(cloud)
    reconcile(cloud)
    auto_snapshots.start(cloud)
    database_backups.start(cloud)
    host_counts.start(cloud)
    log.info("endpoint ready", url=settings.endpoint_url)
    server.serve_forever()
    cloud.work.close()


if __name__ == "__main__":
    main()
