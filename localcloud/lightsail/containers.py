"""What machines and database servers share: a container with its own address, public addresses and firewall."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Iterable, Mapping
from typing import Any

import docker
import docker.errors
from docker.models.containers import Container

from localcloud import docker_engine, images
from localcloud.lightsail import firewall
from localcloud.lightsail.records import PortRange, Resource
from localcloud.settings import REGION, Settings

KIND_LABEL = "localcloud.kind"
RESOURCE_LABEL = "localcloud.resource"


def find(engine: docker.DockerClient, container_name: str) -> Container | None:
    try:
        return engine.containers.get(container_name)
    except docker.errors.NotFound:
        return None


def name(settings: Settings, resource: Resource) -> str:
    """The container's name. Names are unique in a region, so another region's say so."""
    region = "" if resource.region == REGION else f"{resource.region}-"
    return f"{settings.network}-{region}{resource.name}"


def labels(settings: Settings, kind: str, resource: Resource) -> dict[str, str]:
    return docker_engine.labels(settings) | {KIND_LABEL: kind, RESOURCE_LABEL: resource.arn}


def create(
    engine: docker.DockerClient,
    settings: Settings,
    *,
    image: str,
    name: str,
    address: str,
    aliases: list[str],
    volume: str,
    mount_point: str,
    shared_volumes: Mapping[str, str] | None = None,
    files: Mapping[str, bytes],
    label: Mapping[str, str],
    **options: Any,
) -> Container:
    """A container that is not yet started: on the network, with a volume of its own and first files.

    `shared_volumes` are those of several containers, and where they are mounted.
    """
    engine.volumes.create(volume, labels=dict(label))
    mounts = {volume: mount_point}
    for shared, place in (shared_volumes or {}).items():
        engine.volumes.create(shared, labels=docker_engine.labels(settings))
        mounts[shared] = place
    endpoint = engine.api.create_endpoint_config(aliases=aliases, ipv4_address=address)
    container = engine.containers.create(
        image,
        name=name,
        labels=dict(label),
        network=settings.network,
        networking_config={settings.network: endpoint},
        volumes={mounted: {"bind": place, "mode": "rw"} for mounted, place in mounts.items()},
        **options,
    )
    try:
        put(container, files)
    except docker.errors.APIError:
        container.remove(force=True)
        raise
    return container


def put(container: Container, files: Mapping[str, bytes], mode: int = 0o600) -> None:
    """Write root's files into a container, whether it runs or not."""
    container.put_archive("/", _tar(files, mode))


def apply_network(
    engine: docker.DockerClient,
    settings: Settings,
    container: Container,
    *,
    private_address: str,
    public_addresses: Iterable[str],
    ports: Iterable[PortRange],
) -> None:
    """Give the running container its public addresses and its firewall; nothing happens when it has them already.

    Docker forgets both when the container stops, so this follows every start.
    """
    rules = firewall.rules(
        ports,
        private_addresses=settings.private_addresses,
        private_address=private_address,
        gateway=settings.gateway,
    )
    engine.containers.run(
        images.MACHINE.tag,
        ["/usr/local/lib/localcloud/network"],
        remove=True,
        network_mode=f"container:{container.id}",
        cap_add=["NET_ADMIN", "NET_RAW"],
        labels=docker_engine.labels(settings),
        environment={
            "RULES": rules,
            "PUBLIC_RANGE": str(settings.public_addresses),
            "PUBLIC_ADDRESSES": " ".join(public_addresses),
            "PREFIX_LENGTH": str(settings.subnet.prefixlen),
        },
    )


def remove(engine: docker.DockerClient, container_name: str, volume: str) -> None:
    """Remove the container and its volume, whether they exist or not."""
    container = find(engine, container_name)
    if container is not None:
        container.remove(force=True, v=True)
    try:
        engine.volumes.get(volume).remove(force=True)
    except docker.errors.NotFound:
        return


def _tar(files: Mapping[str, bytes], mode: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path.lstrip("/"))
            member.size, member.mode, member.mtime = len(content), mode, int(time.time())
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
