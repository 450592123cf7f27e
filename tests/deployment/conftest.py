"""A small local cloud in the tests' own process, with real machines and without a platform."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import boto3
import pytest
from werkzeug.serving import make_server

from localcloud import docker_engine, images
from localcloud.calls import CallLog
from localcloud.endpoint import Front, open_cloud
from localcloud.errors import SubnetInUseError
from localcloud.lightsail import storage
from localcloud.settings import Settings


class SmallCloud:
    """The endpoint over HTTP, machines and volumes in Docker."""

    def __init__(self, cloud, pool, others):
        self.cloud = cloud
        self.calls = cloud.settings.state_directory / "calls.jsonl"
        self._server = make_server("127.0.0.1", 0, Front(self.cloud, CallLog(self.calls), others), threaded=True)
        self._serving = pool.submit(self._server.serve_forever, 0.05)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self.client = self.client_of("eu-central-1")

    def client_of(self, region, service="lightsail"):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )

    def settle(self):
        """Wait for all work in the background; a step that failed fails the test."""
        for future in list(self.cloud.work._last.values()):
            future.result(300)

    def run(self, name, command):
        """Run a command in a machine as root; what it prints."""
        container = self.cloud.engine.containers.get(f"localcloud-{self.cloud.settings.name}-{name}")
        code, output = container.exec_run(["bash", "-euc", command])
        assert code == 0, output.decode()
        return output.decode().strip()

    def stop(self):
        self._server.shutdown()
        self._serving.result(10)
        self._server.server_close()
        self.cloud.work.close()


def open_somewhere(settings):
    """The cloud on the first subnet that nothing on this machine has."""
    for number in range(150, 200):
        try:
            return open_cloud(replace(settings, subnet=ip_network(f"10.{number}.0.0/16")))
        except SubnetInUseError:
            continue
    raise AssertionError("every subnet from 10.150.0.0/16 to 10.199.0.0/16 is in use")


@pytest.fixture(scope="session")
def start_cloud(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., AbstractContextManager[SmallCloud]]:
    """Start a local cloud by name. At the end nothing of it may be left, or the test fails.

    `others` makes what answers for services other than Lightsail, from a folder for its state.
    """

    @contextmanager
    def start(purpose: str, others: Callable[[Path], Any] | None = None) -> Iterator[SmallCloud]:
        # Another checkout may run the same tests on this machine at the same time.
        name = f"{purpose}-{os.getpid()}"
        settings = replace(
            Settings.from_environment({"LOCALCLOUD_NAME": name}), state_directory=tmp_path_factory.mktemp(name)
        )
        engine = docker_engine.connect(images.BUILD_TIMEOUT_SECONDS)
        images.ensure(engine, settings, print)
        cloud = open_somewhere(settings)
        settings = cloud.settings
        with ThreadPoolExecutor() as pool:
            running = SmallCloud(cloud, pool, others(settings.state_directory) if others else None)
            try:
                yield running
            finally:
                running.stop()
                storage.release_all(engine, settings)
                docker_engine.remove_all(engine, settings)
        left = {"label": f"{docker_engine.LABEL}={name}"}
        assert engine.containers.list(all=True, filters=left) == []
        assert engine.volumes.list(filters=left) == []
        assert engine.images.list(filters=left) == []

    return start
