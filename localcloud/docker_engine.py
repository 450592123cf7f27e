"""Reaching Docker, and finding what belongs to one local cloud by its label."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import docker
import docker.errors
from docker.models.containers import Container
from docker.models.networks import Network
from docker.types import IPAMConfig, IPAMPool

from localcloud.errors import DockerUnreachableError, SubnetInUseError
from localcloud.settings import Settings

LABEL = "localcloud"


def connect(timeout_seconds: int = 120) -> docker.DockerClient:
    """A client of the Docker engine that DOCKER_HOST names, by default this machine's.

    Raises:
        DockerUnreachableError: no engine answers.
    """
    try:
        engine = docker.from_env(timeout=timeout_seconds)
        engine.ping()
    except (docker.errors.DockerException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise DockerUnreachableError(
            f"Docker cannot be reached: {reason}",
            "start it (systemctl start docker, or dockerd by hand) and run this as root or in the group docker",
        ) from error
    return engine


def labels(settings: Settings) -> dict[str, str]:
    return {LABEL: settings.name}


def _mine(settings: Settings) -> dict[str, Any]:
    return {"label": f"{LABEL}={settings.name}"}


def containers(engine: docker.DockerClient, settings: Settings) -> list[Container]:
    """All containers of this local cloud, stopped ones too."""
    # A container that another thread removes while Docker lists is simply not listed.
    return engine.containers.list(all=True, filters=_mine(settings), ignore_removed=True)


def ensure_network(engine: docker.DockerClient, settings: Settings) -> Network:
    """The network of machines and databases, made if it is missing.

    Raises:
        SubnetInUseError: another network holds the subnet.
    """
    for network in engine.networks.list(names=[settings.network]):
        if network.name == settings.network:
            return network
    _check_routes(settings)
    pool = IPAMPool(
        subnet=str(settings.subnet),
        gateway=str(settings.gateway),
        # Docker picks addresses only where nothing is allocated by us.
        iprange=str(list(settings.private_addresses.subnets(prefixlen_diff=1))[1]),
    )
    try:
        return engine.networks.create(
            settings.network,
            driver="bridge",
            ipam=IPAMConfig(pool_configs=[pool]),
            labels=labels(settings),
            check_duplicate=True,
        )
    except docker.errors.APIError as error:
        if "overlap" in str(error.explanation):
            raise SubnetInUseError(
                f"subnet {settings.subnet} overlaps another Docker network",
                "choose another one: LOCALCLOUD_SUBNET=10.240.0.0/16",
            ) from error
        raise


def _check_routes(settings: Settings, table: Path = Path("/proc/net/route")) -> None:
    """Docker compares with its own networks alone; taking an address range of this machine's would cut it off."""
    for line in table.read_text().splitlines()[1:]:
        interface, destination, *_, mask = line.split()[:8]
        route = IPv4Network((_little_endian(destination), str(_little_endian(mask))))
        if route.prefixlen > 0 and route.overlaps(settings.subnet):
            raise SubnetInUseError(
                f"subnet {settings.subnet} overlaps the route to {route} by {interface}",
                "choose another one: LOCALCLOUD_SUBNET=10.240.0.0/16",
            )


def _little_endian(digits: str) -> IPv4Address:
    return IPv4Address(int.from_bytes(bytes.fromhex(digits), "little"))


def remove_all(engine: docker.DockerClient, settings: Settings) -> None:
    """Remove every container, volume, image and network that carries this local cloud's label."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda container: container.remove(force=True, v=True), containers(engine, settings)))
    for volume in engine.volumes.list(filters=_mine(settings)):
        volume.remove(force=True)
    for image in engine.images.list(all=True, filters=_mine(settings)):
        # An image goes with the last one made from it.
        with suppress(docker.errors.ImageNotFound):
            engine.images.remove(str(image.id), force=True)
    for network in engine.networks.list(filters=_mine(settings)):
        network.remove()
