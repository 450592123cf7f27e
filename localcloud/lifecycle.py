"""Up, down, reset and status of one local cloud."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

from localcloud import docker_engine, images, processes
from localcloud.certificates import CERTIFICATE_FILE
from localcloud.lightsail.containers import KIND_LABEL
from localcloud.lightsail.records import InstanceState
from localcloud.lightsail.store import Store
from localcloud.settings import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, Settings

Report = Callable[[str], None]
STOP_SECONDS = 30


def up(settings: Settings, report: Report) -> None:
    """Check what is needed, build images, start the processes that do not run. Changes nothing when all run.

    Raises:
        LocalcloudError: whatever stops it, with its remedy.
    """
    engine = docker_engine.connect(images.BUILD_TIMEOUT_SECONDS)
    wanted = [processes.endpoint(settings), processes.edge(settings)]
    missing = [process for process in wanted if process.pid() is None]
    for process in missing:
        process.check_port_free()
    images.ensure(engine, settings, report)
    docker_engine.ensure_network(engine, settings)
    for process in missing:
        report(f"starting the {process.name} on port {process.port}")
        process.start(settings.as_environment() | client_environment(settings))


def down(settings: Settings, report: Report) -> None:
    """Stop the processes, then the containers."""
    _stop_processes(settings, report)
    engine = docker_engine.connect()
    running = [found for found in docker_engine.containers(engine, settings) if found.status == "running"]
    for container in running:
        report(f"stopping {container.name}")
        container.stop(timeout=STOP_SECONDS)


def reset(settings: Settings, report: Report) -> None:
    """Remove everything that carries this local cloud's label, and its state."""
    _stop_processes(settings, report)
    docker_engine.remove_all(docker_engine.connect(), settings)
    shutil.rmtree(settings.state_directory, ignore_errors=False) if settings.state_directory.exists() else None
    report(f"removed everything of {settings.name}")


def status(settings: Settings) -> dict[str, Any]:
    """What runs, and the addresses of machines and databases."""
    wanted = [processes.endpoint(settings), processes.edge(settings)]
    shown: dict[str, Any] = {
        "name": settings.name,
        "endpoint": settings.endpoint_url,
        "edge": settings.edge_url,
        "state_directory": str(settings.state_directory),
        "processes": {process.name: process.pid() for process in wanted},
    }
    shown["running"] = all(process.pid() is not None and process.is_healthy() for process in wanted)
    engine = docker_engine.connect()
    shown["containers"] = [
        {"name": found.name, "kind": found.labels.get(KIND_LABEL, "helper"), "status": found.status}
        for found in docker_engine.containers(engine, settings)
    ]
    account_file = settings.state_directory / "lightsail.json"
    shown["instances"], shown["databases"] = [], []
    if account_file.exists():
        _add_resources(shown, Store(account_file))
    return shown


def as_lines(found: dict[str, Any]) -> list[str]:
    lines = [f"localcloud {found['name']}: {'up' if found['running'] else 'not up'}"]
    lines += [
        f"  {name}: {f'running, process {pid}' if pid else 'stopped'}" for name, pid in found["processes"].items()
    ]
    for instance in found["instances"]:
        lines.append(
            f"  instance {instance['name']}: {instance['state']}, {instance['public_address'] or 'no address'}"
        )
    for database in found["databases"]:
        lines.append(
            f"  database {database['name']}: {database['state']}, {database['address']} ({database['endpoint']})"
        )
    return lines


def client_environment(settings: Settings) -> dict[str, str]:
    """What points any AWS client at the local cloud."""
    return {
        "AWS_ENDPOINT_URL": settings.endpoint_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "LOCALCLOUD_CA": str(settings.state_directory / CERTIFICATE_FILE),
    }


def _stop_processes(settings: Settings, report: Report) -> None:
    for process in (processes.edge(settings), processes.endpoint(settings)):
        if process.stop():
            report(f"stopped the {process.name}")


def _add_resources(shown: dict[str, Any], store: Store) -> None:
    with store.reading() as account:
        for instance in account.instances:
            static = [ip.address for ip in account.static_ips if ip.attached_to == instance.name]
            shown["instances"].append(
                {
                    "name": instance.name,
                    "state": instance.state.value,
                    "public_address": static[0] if static else instance.public_address,
                    "private_address": instance.private_address,
                    "can_start": instance.state is InstanceState.STOPPED,
                }
            )
        for database in account.relational_databases:
            shown["databases"].append(
                {
                    "name": database.name,
                    "state": database.state.value,
                    "endpoint": database.endpoint,
                    "address": database.private_address,
                }
            )
