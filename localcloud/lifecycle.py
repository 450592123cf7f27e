"""Up, down, reset and status of one local cloud."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import docker

from localcloud import docker_engine, images, processes
from localcloud.certificates import CERTIFICATE_FILE
from localcloud.errors import LeftoverError, SettingError
from localcloud.faults import rules
from localcloud.lightsail import networking, storage
from localcloud.lightsail.containers import RESOURCE_LABEL
from localcloud.lightsail.records import Account, Instance, LoadBalancer, RelationalDatabase
from localcloud.lightsail.store import ACCOUNT_FILE, Store
from localcloud.settings import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, Settings

Report = Callable[[str], None]
STOP_SECONDS = 30
SETTLE_SECONDS = 180
MARKER = "localcloud.name"


def up(settings: Settings, report: Report) -> None:
    """Check what is needed, build images, start the processes that do not run. Changes nothing when all run.

    Raises:
        LocalcloudError: whatever stops it, with its remedy.
    """
    engine = docker_engine.connect(images.BUILD_TIMEOUT_SECONDS)
    wanted = [processes.endpoint(settings), processes.edge(settings)]
    missing = [process for process in wanted if not process.is_healthy()]
    for process in missing:
        # One that runs but does not answer hangs, or listens on a port that the settings no longer name.
        process.stop()
        process.check_port_free()
    _check_nothing_left(engine, settings)
    _claim_state_directory(settings)
    images.ensure(engine, settings, report)
    docker_engine.ensure_network(engine, settings)
    # Where the cloud's machines reach AWS, and S3 with it.
    (settings.state_directory / "endpoint-url").write_text(f"http://{settings.gateway}:{settings.port}")
    # Where the cloud's machines reach the stand-in for PubMed, once somebody has started it over a corpus.
    (settings.state_directory / "literature-url").write_text(f"http://{settings.gateway}:{settings.literature_port}")
    for process in missing:
        report(f"starting the {process.name} on port {process.port}")
        process.start(settings.as_environment() | client_environment(settings))
    if not processes.wait_idle(settings, SETTLE_SECONDS):
        report("machines and databases are still starting: localcloud status")


def down(settings: Settings, report: Report) -> None:
    """Stop the processes, then the containers."""
    _stop_processes(settings, report)
    engine = docker_engine.connect()
    running = [found for found in docker_engine.containers(engine, settings) if found.status == "running"]
    for container in running:
        report(f"stopping {container.name}")
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda container: container.stop(timeout=STOP_SECONDS), running))


def reset(settings: Settings, report: Report) -> None:
    """Remove everything that carries this local cloud's label, and its state.

    Raises:
        LeftoverError: another checkout's local cloud of this name runs.
    """
    if processes.runs_elsewhere(settings):
        raise LeftoverError(
            f"another checkout's local cloud {settings.name} runs on port {settings.port}; nothing of it was touched",
            "run this there, or choose another name: LOCALCLOUD_NAME=…",
        )
    _stop_processes(settings, report)
    engine = docker_engine.connect()
    storage.release_all(engine, settings)
    docker_engine.remove_all(engine, settings)
    if settings.state_directory.exists():
        _claim_state_directory(settings)
        shutil.rmtree(settings.state_directory)
    report(f"removed everything of {settings.name}")


def status(settings: Settings) -> dict[str, Any]:
    """What runs, and the addresses of machines, databases and load balancers. `runs` is whether its container does."""
    wanted = [processes.endpoint(settings), processes.edge(settings)]
    containers = docker_engine.containers(docker_engine.connect(), settings)
    running = {found.labels.get(RESOURCE_LABEL) for found in containers if found.status == "running"}
    account = _account(settings)
    return {
        "name": settings.name,
        "running": all(process.is_healthy() for process in wanted),
        "endpoint": settings.endpoint_url,
        "edge": settings.edge_url,
        "state_directory": str(settings.state_directory),
        "processes": {process.name: process.pid() for process in wanted},
        "instances": [_instance(account, instance, running) for instance in account.instances],
        "databases": [_database(database, running) for database in account.relational_databases],
        "load_balancers": [_load_balancer(balancer, running) for balancer in account.load_balancers],
        "faults": rules.read(settings.state_directory / rules.FILE).model_dump(mode="json")["faults"],
    }


def as_lines(found: dict[str, Any]) -> list[str]:
    lines = [f"localcloud {found['name']}: {'up' if found['running'] else 'not up'}"]
    lines += [f"  {name}: {f'process {pid}' if pid else 'stopped'}" for name, pid in found["processes"].items()]
    for kind in ("instance", "database", "load balancer"):
        for resource in found[f"{kind.replace(' ', '_')}s"]:
            state = resource["state"] if resource["runs"] else f"{resource['state']}, its container is stopped"
            lines.append(f"  {kind} {resource['name']}: {state}, {resource['address'] or 'no address'}")
    lines += [f"  fault {fault['kind']}: {fault['share']:.0%} of {fault['operation']}" for fault in found["faults"]]
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


def _account(settings: Settings) -> Account:
    file = settings.state_directory / ACCOUNT_FILE
    return Store(file).snapshot() if file.exists() else Account()


def _check_nothing_left(engine: docker.DockerClient, settings: Settings) -> None:
    """A new machine would else be an old one of the same name, with that one's keys and data: it lets nobody in.

    Raises:
        LeftoverError: Docker holds machines with this local cloud's name of which its state knows nothing.
    """
    account = _account(settings)
    known = {resource.arn for resource in (*account.instances, *account.relational_databases, *account.load_balancers)}
    there = {str(found.name): found.labels.get(RESOURCE_LABEL) for found in docker_engine.containers(engine, settings)}
    strange = sorted(name for name, arn in there.items() if arn and arn not in known)
    if strange:
        raise LeftoverError(
            f"{', '.join(strange)} of another local cloud named {settings.name} are on this machine: another "
            "checkout's, or left by one that is gone",
            "choose another name (LOCALCLOUD_NAME=…), or remove them with all that they hold: localcloud reset",
        )


def _claim_state_directory(settings: Settings) -> None:
    """`reset` removes this directory whole, so it must be this local cloud's and nobody else's.

    Raises:
        SettingError: the directory holds something else.
    """
    directory = settings.state_directory
    marker = directory / MARKER
    if marker.exists():
        owner = marker.read_text().strip()
        if owner != settings.name:
            raise SettingError(f"{directory} belongs to the local cloud {owner}", "set LOCALCLOUD_STATE to another one")
        return
    if directory.exists() and any(directory.iterdir()):
        raise SettingError(f"{directory} holds other files", "set LOCALCLOUD_STATE to an empty or a new directory")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    marker.write_text(f"{settings.name}\n")


def _stop_processes(settings: Settings, report: Report) -> None:
    for process in (processes.literature(settings), processes.edge(settings), processes.endpoint(settings)):
        if process.stop():
            report(f"stopped the {process.name}")


def _instance(account: Account, instance: Instance, running: set[str | None]) -> dict[str, Any]:
    return {
        "name": instance.name,
        "state": instance.state.value,
        "address": networking.public_address(account, instance),
        "private_address": instance.private_address,
        "runs": instance.arn in running,
    }


def _database(database: RelationalDatabase, running: set[str | None]) -> dict[str, Any]:
    return {
        "name": database.name,
        "state": database.state.value,
        "address": database.private_address,
        "endpoint": database.endpoint,
        "runs": database.arn in running,
    }


def _load_balancer(balancer: LoadBalancer, running: set[str | None]) -> dict[str, Any]:
    return {
        "name": balancer.name,
        "state": balancer.state.value,
        "address": balancer.public_address,
        "dns_name": balancer.dns_name,
        "runs": balancer.arn in running,
    }
