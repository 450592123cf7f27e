"""Disks, and what snapshots hold: files and folders on Docker volumes, images of machines' system disks.

A disk is a file without content on a volume of its own. Attached to a running machine it is a loop device there:
what the machine writes to it stays when the machine goes. A snapshot of an instance is an image of its system disk, a
copy of its Docker engine's volume, and a copy of each attached disk.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import cast

import docker
import docker.errors

from localcloud import docker_engine, images
from localcloud.lightsail import containers
from localcloud.lightsail.records import Disk, DiskSnapshot, Instance, InstanceSnapshot
from localcloud.settings import Settings

DISK_KIND = "disk"
SNAPSHOT_KIND = "snapshot"
LOOP_MAJOR = 7
# Lets a container open loop devices, which is what disks are there.
LOOP_RULE = f"b {LOOP_MAJOR}:* rwm"
LOOP_CONTROL_RULE = "c 10:237 rwm"
FILE = "/disk/disk.img"

# The loop device that already has the file, or a free one.
CONNECT = f"""device=$(losetup --noheadings --output NAME --associated {FILE})
[ -n "$device" ] || device=$(losetup --find --show {FILE})
stat --format %t:%T "$device"
"""
DISCONNECT = f"""for device in $(losetup --noheadings --output NAME --associated {FILE}); do
    losetup --detach "$device"
done
"""
# Everything that was written must be in the files before they are copied; what is already there is left over.
COPY = """find /to -mindepth 1 -delete
sync
cp --archive --sparse=always /from/. /to/
"""
# As at a new machine's first boot on AWS: keys, launch script and identity of its own, all else as it was.
NEW_IDENTITY = """FROM {image}
RUN rm -f /etc/ssh/ssh_host_* /var/lib/cloud/instance/* && : > /etc/machine-id
"""


class StorageError(Exception):
    """A disk or snapshot could not be made, copied or connected."""


class Storage:
    """The volumes and images of one local cloud's disks and snapshots."""

    def __init__(self, engine: docker.DockerClient, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    def create_disk(self, disk: Disk) -> None:
        """An empty disk, or a copy of the disk snapshot that it is made from, grown to its size."""
        volume = self._volume(disk)
        self._make_volume(volume, DISK_KIND, disk.arn)
        if disk.source is not None:
            self._copy(self._snapshot_volume(disk.source), volume)
        self.run(f"truncate --size {disk.size_gb}G {FILE}", {volume: "/disk"})

    def remove_disk(self, disk: Disk) -> None:
        volume = self._volume(disk)
        if self._has_volume(volume):
            self.run(DISCONNECT, {volume: "/disk"}, loop_devices=True)
        self._remove_volume(volume)

    def connect(self, disk: Disk, instance: Instance) -> None:
        """Show the disk at its path in the instance's running machine.

        Raises:
            StorageError: this Docker engine has no loop device to give, or the machine may not open it.
        """
        major, minor = (int(part, 16) for part in self.run(CONNECT, {self._volume(disk): "/disk"}, True).split(":"))
        container = self._engine.containers.get(containers.name(self._settings, instance))
        script = f"rm -f {disk.path} && mknod -m 0660 {disk.path} b {major} {minor} && : < {disk.path}"
        code, output = container.exec_run(["sh", "-c", script])
        if code != 0:
            # Bytes, since nothing asked for a stream.
            told = cast("bytes", output).decode(errors="replace").strip()
            raise StorageError(f"{instance.name} cannot open {disk.path}: {told}; a machine made before disks cannot")

    def disconnect(self, disk: Disk) -> None:
        """Give the disk's loop device back. The machine that had it is stopped."""
        self.run(DISCONNECT, {self._volume(disk): "/disk"}, loop_devices=True)

    def take_disk_snapshot(self, snapshot: DiskSnapshot, disk: Disk, instance: Instance | None) -> None:
        """Copy a disk, while the machine that it is attached to stands still."""
        with self._frozen(instance):
            self._take_disk(snapshot.id, snapshot.arn, disk)

    def take_instance_snapshot(
        self, snapshot: InstanceSnapshot, instance: Instance, docker_volume: str, disks: list[tuple[str, Disk]]
    ) -> None:
        """Copy an instance while its machine stands still.

        Args:
            docker_volume: the volume of the machine's own Docker engine.
            disks: the attached disks, each with the id that its copy gets.
        """
        self.remove_instance_snapshot(snapshot)
        container = self._engine.containers.get(containers.name(self._settings, instance))
        volume = self._snapshot_volume(snapshot.id)
        self._make_volume(volume, SNAPSHOT_KIND, snapshot.arn)
        with self._frozen(instance):
            system_disk = container.commit(pause=False)
            self._copy(docker_volume, volume)
            for identifier, disk in disks:
                self._take_disk(identifier, snapshot.arn, disk)
        try:
            self._engine.images.build(
                fileobj=io.BytesIO(NEW_IDENTITY.format(image=system_disk.id).encode()),
                tag=self.image(snapshot.id),
                labels=docker_engine.labels(self._settings),
                network_mode="none",
                rm=True,
                forcerm=True,
            )
        except docker.errors.BuildError as error:
            raise StorageError(f"the image of {instance.name} could not be made: {error}") from error

    def restore_docker_volume(self, source: str, docker_volume: str) -> None:
        """Fill a new machine's volume from an instance's snapshot. What is in it is replaced."""
        self._make_volume(docker_volume, SNAPSHOT_KIND, source)
        self._copy(self._snapshot_volume(source), docker_volume)

    def remove_disk_snapshot(self, identifier: str) -> None:
        self._remove_volume(self._snapshot_volume(identifier))

    def remove_instance_snapshot(self, snapshot: InstanceSnapshot) -> None:
        """Remove all that it holds. Machines made from it keep their image without a name, until they go too."""
        with suppress(docker.errors.ImageNotFound):
            self._engine.images.remove(self.image(snapshot.id), force=True)
        self.remove_unused_images()
        for identifier in (snapshot.id, *(disk.snapshot_id for disk in snapshot.disks)):
            self._remove_volume(self._snapshot_volume(identifier))

    def remove_unused_images(self) -> None:
        """Remove images of this local cloud that have no name and no machine."""
        label = f"{docker_engine.LABEL}={self._settings.name}"
        for image in self._engine.images.list(filters={"label": label, "dangling": True}):
            # One that a machine was made from stays until the machine goes.
            with suppress(docker.errors.APIError):
                self._engine.images.remove(str(image.id))

    def image(self, source: str) -> str:
        """The tag of an instance snapshot's system disk."""
        return f"localcloud/snapshot:{source}"

    def _take_disk(self, identifier: str, arn: str, disk: Disk) -> None:
        volume = self._snapshot_volume(identifier)
        self._make_volume(volume, SNAPSHOT_KIND, arn)
        self._copy(self._volume(disk), volume)

    @contextmanager
    def _frozen(self, instance: Instance | None) -> Iterator[None]:
        name = containers.name(self._settings, instance) if instance else ""
        container = containers.find(self._engine, name) if name else None
        if container is None or container.status != "running":
            yield
            return
        container.pause()
        try:
            yield
        finally:
            container.unpause()

    def _copy(self, source: str, target: str) -> None:
        self.run(COPY, {source: "/from", target: "/to"})

    def run(self, script: str, volumes: dict[str, str], loop_devices: bool = False) -> str:
        """Run a script in a short-lived container that has the volumes, and see what it prints."""
        binds = {volume: {"bind": path, "mode": "rw"} for volume, path in volumes.items()}
        if loop_devices:
            # Docker's own machine makes new loop devices in its /dev, where the container must see them.
            binds["/dev"] = {"bind": "/dev", "mode": "rw"}
        try:
            output: bytes = self._engine.containers.run(
                images.MACHINE.tag,
                ["sh", "-euc", script],
                remove=True,
                network_mode="none",
                volumes=binds,
                # Layers of a Docker engine are marked by attributes that only an administrator may copy.
                cap_add=["SYS_ADMIN"],
                security_opt=["apparmor=unconfined", "seccomp=unconfined"],
                device_cgroup_rules=[LOOP_RULE, LOOP_CONTROL_RULE] if loop_devices else [],
                labels=docker_engine.labels(self._settings),
            )
        except docker.errors.ContainerError as error:
            told = cast("bytes", error.stderr or b"").decode(errors="replace").strip() or f"status {error.exit_status}"
            raise StorageError(told.splitlines()[-1]) from error
        return output.decode().strip()

    def _volume(self, disk: Disk) -> str:
        return f"{containers.name(self._settings, disk)}-disk"

    def _snapshot_volume(self, identifier: str) -> str:
        return f"{self._settings.network}-snapshot-{identifier}"

    def _make_volume(self, name: str, kind: str, arn: str) -> None:
        label = docker_engine.labels(self._settings) | {containers.KIND_LABEL: kind, containers.RESOURCE_LABEL: arn}
        self._engine.volumes.create(name, labels=label)

    def _has_volume(self, name: str) -> bool:
        try:
            self._engine.volumes.get(name)
        except docker.errors.NotFound:
            return False
        return True

    def _remove_volume(self, name: str) -> None:
        with suppress(docker.errors.NotFound):
            self._engine.volumes.get(name).remove(force=True)


def release_all(engine: docker.DockerClient, settings: Settings) -> None:
    """Give back every loop device of this local cloud's disks, so that their volumes can go."""
    filters = {"label": [f"{docker_engine.LABEL}={settings.name}", f"{containers.KIND_LABEL}={DISK_KIND}"]}
    storage = Storage(engine, settings)
    for volume in engine.volumes.list(filters=filters):
        storage.run(DISCONNECT, {str(volume.name): "/disk"}, loop_devices=True)
