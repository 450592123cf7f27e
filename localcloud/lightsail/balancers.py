"""Load balancers as real ones: HAProxy in a container with a public address, ports 80 and 443."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import cast

import docker
import docker.errors
from docker.models.containers import Container

from localcloud import images
from localcloud.certificates import CertificateAuthority
from localcloud.lightsail import balancer_config, balancer_health, containers, tls_policies
from localcloud.lightsail.balancer_config import Target
from localcloud.lightsail.balancer_health import Health
from localcloud.lightsail.records import LoadBalancer, LoadBalancerTlsCertificate, PortRange
from localcloud.settings import Settings

KIND = "load-balancer"
CONFIGURATION = "/etc/haproxy/haproxy.cfg"
READY_SECONDS = 30
STOP_SECONDS = 10
PORTS = (80, 443)
# Metrics are counted from the log; two files of this size are some 400,000 requests.
LOG_OPTIONS = {"max-size": "16m", "max-file": "2"}


class BalancerNotReadyError(Exception):
    """HAProxy did not take its configuration."""


class Balancers:
    """The containers of one local cloud's load balancers."""

    def __init__(self, engine: docker.DockerClient, settings: Settings, authority: CertificateAuthority) -> None:
        self._engine = engine
        self._settings = settings
        self._authority = authority

    def container_name(self, balancer: LoadBalancer) -> str:
        return containers.name(self._settings, balancer)

    def issue(self, names: Sequence[str]) -> tuple[str, str]:
        """A certificate for those names and its private key, both PEM."""
        certificate, key = self._authority.issue(*names)
        return certificate.decode(), key.decode()

    def ensure_running(
        self, balancer: LoadBalancer, targets: Sequence[Target], certificate: LoadBalancerTlsCertificate | None
    ) -> None:
        """Create HAProxy if it is missing, start it, and have it run with what the records say.

        Raises:
            BalancerNotReadyError: it does not take the configuration.
        """
        name = self.container_name(balancer)
        container = containers.find(self._engine, name)
        if container is not None and container.labels.get(images.RECIPE_LABEL) != images.BALANCER.recipe:
            # It keeps nothing that isn't recorded, so one of another image gives way.
            container.remove(force=True)
            container = None
        policy = tls_policies.named(balancer.tls_policy) if certificate else None
        configured = balancer_config.configuration(balancer, targets, policy)
        if container is None:
            container = containers.create(
                self._engine,
                self._settings,
                image=images.BALANCER.tag,
                name=name,
                address=balancer.private_address,
                aliases=[balancer.dns_name],
                volume=f"{name}-haproxy",
                mount_point="/var/lib/haproxy",
                files={},
                label=containers.labels(self._settings, KIND, balancer),
                log_config=docker.types.LogConfig(type="json-file", config=LOG_OPTIONS),
            )
        running = container.status == "running"
        known = _ask(container, "show servers state") if running else ""
        pem = f"{certificate.certificate}{certificate.private_key}" if certificate else ""
        containers.put(
            container,
            {
                CONFIGURATION: configured.encode(),
                balancer_config.CERTIFICATE: pem.encode(),
                balancer_config.STATES: balancer_config.states(known, balancer, targets).encode(),
            },
        )
        if running:
            _check(container)
            container.kill(signal="SIGUSR2")
        else:
            container.start()
        self._apply_network(balancer, container)
        _wait_for(container, balancer_config.description(configured))

    def health(self, balancer: LoadBalancer) -> dict[str, Health]:
        """The instances' health by name.

        Raises:
            BalancerNotReadyError: HAProxy does not answer.
        """
        return balancer_health.of(_ask(self._container(balancer), "show stat"))

    def log_lines(self, balancer: LoadBalancer, start: datetime, end: datetime) -> list[str]:
        """The log of that time, each line with its time (RFC 3339) before it.

        Raises:
            BalancerNotReadyError: there is no container.
        """
        since, until = int(start.timestamp()), int(end.timestamp()) + 1
        output = self._container(balancer).logs(stderr=False, timestamps=True, since=since, until=until)
        return output.decode(errors="replace").splitlines()

    def remove(self, balancer: LoadBalancer) -> None:
        name = self.container_name(balancer)
        containers.remove(self._engine, name, f"{name}-haproxy")

    def _container(self, balancer: LoadBalancer) -> Container:
        container = containers.find(self._engine, self.container_name(balancer))
        if container is None:
            raise BalancerNotReadyError(f"{balancer.name} has no container")
        return container

    def _apply_network(self, balancer: LoadBalancer, container: Container) -> None:
        containers.apply_network(
            self._engine,
            self._settings,
            container,
            private_address=balancer.private_address,
            public_addresses=[balancer.public_address],
            ports=[PortRange(protocol="tcp", from_port=port, to_port=port) for port in PORTS],
        )


def _ask(container: Container, command: str) -> str:
    """What HAProxy answers on its socket."""
    shell = f"echo '{command}' | socat -t 5 stdio {balancer_config.SOCKET}"
    try:
        code, output = container.exec_run(["sh", "-c", shell], demux=True)
    except docker.errors.APIError as error:
        raise BalancerNotReadyError(f"{container.name} does not run: {error.explanation}") from error
    answer, complaint = cast("tuple[bytes | None, bytes | None]", output)
    if code != 0:
        raise BalancerNotReadyError(f"{container.name}: {(complaint or b'').decode(errors='replace').strip()}")
    return (answer or b"").decode()


def _check(container: Container) -> None:
    """Raises BalancerNotReadyError for a configuration that HAProxy would refuse; the former stays in force."""
    code, output = container.exec_run(["haproxy", "-c", "-q", "-f", CONFIGURATION])
    if code != 0:
        raise BalancerNotReadyError(f"{container.name}: {cast('bytes', output).decode(errors='replace').strip()}")


def _wait_for(container: Container, description: str) -> None:
    """Wait until the configuration with that description is the one in force."""
    deadline = time.monotonic() + READY_SECONDS
    answer = ""
    while time.monotonic() < deadline:
        try:
            answer = _ask(container, "show info")
        except BalancerNotReadyError as error:
            answer = str(error)
        if f"description: {description}" in answer.splitlines():
            return
        time.sleep(0.1)
    raise BalancerNotReadyError(f"{container.name} does not take its configuration: {answer.splitlines()[-1:]}")
