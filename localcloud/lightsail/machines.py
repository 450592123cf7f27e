"""Instances as real Debian machines: systemd in a container that is kept as long as the instance."""

from __future__ import annotations

import os
from typing import Any

import docker

from localcloud import images
from localcloud.lightsail import catalogue, containers
from localcloud.lightsail.records import Instance
from localcloud.lightsail.storage import LOOP_RULE, Storage
from localcloud.settings import Settings

STOP_SECONDS = 30
KIND = "instance"


class Machines:
    """The containers of one local cloud's instances."""

    def __init__(self, engine: docker.DockerClient, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._storage = Storage(engine, settings)

    def container_name(self, instance: Instance) -> str:
        return containers.name(self._settings, instance)

    def ensure_running(self, instance: Instance, public_address: str | None) -> None:
        """Create the machine if it is missing, start it if it is stopped, and put its network in order."""
        name = self.container_name(instance)
        container = containers.find(self._engine, name)
        if container is None:
            if instance.source is not None:
                self._storage.restore_docker_volume(instance.source, self.docker_volume(instance))
            container = containers.create(
                self._engine,
                self._settings,
                image=self._storage.image(instance.source) if instance.source else images.MACHINE.tag,
                name=name,
                address=instance.private_address,
                aliases=[],
                volume=self.docker_volume(instance),
                mount_point="/var/lib/docker",
                files=_first_boot_files(instance),
                label=containers.labels(self._settings, KIND, instance),
                hostname="ip-" + instance.private_address.replace(".", "-"),
                **_machine_options(instance),
            )
        if container.status == "paused":
            # A snapshot was being taken when the endpoint stopped.
            container.unpause()
        elif container.status != "running":
            container.start()
        self.apply_network(instance, public_address)

    def apply_network(self, instance: Instance, public_address: str | None) -> None:
        """Addresses and open ports of a running machine."""
        container = self._engine.containers.get(self.container_name(instance))
        containers.apply_network(
            self._engine,
            self._settings,
            container,
            private_address=instance.private_address,
            public_addresses=[public_address] if public_address else [],
            ports=instance.ports,
        )

    def stop(self, instance: Instance) -> None:
        container = containers.find(self._engine, self.container_name(instance))
        if container is not None:
            container.stop(timeout=STOP_SECONDS)

    def is_running(self, instance: Instance) -> bool:
        container = containers.find(self._engine, self.container_name(instance))
        return container is not None and container.status == "running"

    def remove(self, instance: Instance) -> None:
        containers.remove(self._engine, self.container_name(instance), self.docker_volume(instance))
        if instance.source is not None:
            self._storage.remove_unused_images()

    def docker_volume(self, instance: Instance) -> str:
        """The volume of the machine's own Docker engine."""
        return f"{self.container_name(instance)}-docker"


def _machine_options(instance: Instance) -> dict[str, Any]:
    bundle = catalogue.bundle(instance.bundle_id, instance.region)
    memory = catalogue.memory_bytes(bundle)
    # Docker refuses more CPUs than the host has.
    cpus = min(bundle["cpuCount"], os.cpu_count() or 1)
    return {
        "environment": {"container": "docker"},
        "cap_add": ["ALL"],
        # systemd would raise limits that the host does not grant, and every service would fail.
        "cap_drop": ["SYS_RESOURCE"],
        "security_opt": ["seccomp=unconfined", "apparmor=unconfined"],
        "device_cgroup_rules": [LOOP_RULE],
        "cgroupns": "private",
        "tmpfs": {"/run": "", "/run/lock": ""},
        "mem_limit": memory,
        "memswap_limit": memory,
        "nano_cpus": cpus * 1_000_000_000,
    }


def _first_boot_files(instance: Instance) -> dict[str, bytes]:
    files = {"/var/lib/cloud/instance/authorized_keys": (instance.public_key + "\n").encode()}
    if instance.user_data:
        files["/var/lib/cloud/instance/user-data.txt"] = instance.user_data.encode()
    return files
