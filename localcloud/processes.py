"""The endpoint and the edge as background processes: starting, finding again, stopping."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.errors import PortInUseError, ProcessStartError
from localcloud.settings import REPOSITORY, Settings

ENDPOINT_HEALTH = "/_localcloud/health"
START_SECONDS = 60
STOP_SECONDS = 90


@dataclass(frozen=True, kw_only=True)
class Process:
    """One program of the local cloud."""

    name: str
    arguments: tuple[str, ...]
    port: int
    port_variable: str
    health_path: str
    state_directory: Path

    @property
    def pid_file(self) -> Path:
        return self.state_directory / f"{self.name}.pid"

    @property
    def log_file(self) -> Path:
        return self.state_directory / f"{self.name}.log"

    def pid(self) -> int | None:
        """The running process's id. One that is gone, or is another program's or cloud's by now, counts as none."""
        try:
            pid = int(self.pid_file.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        is_ours = self.arguments[0].encode() in command and self._mark.encode() in environment
        return pid if is_ours else None

    @property
    def _mark(self) -> str:
        """What tells this local cloud's process from another's of the same program."""
        return f"LOCALCLOUD_STATE={self.state_directory}"

    def is_healthy(self) -> bool:
        """Whether it runs and answers HTTP on its port: what it answers is for its clients to judge."""
        if self.pid() is None:
            return False
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.health_path}", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def check_port_free(self) -> None:
        """Raises PortInUseError where another program listens."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise PortInUseError(
                    f"port {self.port} of the {self.name} is in use ({error.strerror})",
                    f"stop what listens there (ss -ltnp sport = :{self.port}) or choose another: "
                    f"{self.port_variable}={self.port + 10000 if self.port < 50000 else self.port - 10000}",
                ) from None

    def start(self, environment: dict[str, str]) -> None:
        """Start it and wait until it answers.

        Raises:
            ProcessStartError: it ended, or did not answer in time; the log's last line is the cause.
        """
        self.state_directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.log_file.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                cwd=REPOSITORY,
                env={**os.environ, **environment, "LOCALCLOUD_STATE": str(self.state_directory)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own session: it outlives the terminal and the command that started it.
                start_new_session=True,
            )
        self.pid_file.write_text(str(process.pid))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                self.pid_file.unlink(missing_ok=True)
                raise ProcessStartError(f"the {self.name} ended at once: {self._last_line()}", f"see {self.log_file}")
            if self.is_healthy():
                return
            time.sleep(0.1)
        self.stop()
        raise ProcessStartError(f"the {self.name} did not answer within {START_SECONDS} s", f"see {self.log_file}")

    def stop(self) -> bool:
        """Stop it, by force where it does not end itself; whether there was anything to stop."""
        pid = self.pid()
        if pid is None:
            self.pid_file.unlink(missing_ok=True)
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while _alive(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        if _alive(pid):
            os.kill(pid, signal.SIGKILL)
        self.pid_file.unlink(missing_ok=True)
        return True

    def _last_line(self) -> str:
        lines = self.log_file.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def endpoint(settings: Settings) -> Process:
    return Process(
        name="endpoint",
        arguments=("localcloud.endpoint",),
        port=settings.port,
        port_variable="LOCALCLOUD_PORT",
        health_path=ENDPOINT_HEALTH,
        state_directory=settings.state_directory,
    )


def wait_idle(settings: Settings, seconds: float) -> bool:
    """Wait until machines and databases are what they should be; whether that came in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if _health(settings)["idle"]:
            return True
        time.sleep(0.2)
    return False


def runs_elsewhere(settings: Settings) -> bool:
    """Whether a local cloud of this name answers on this port that was started over another state directory."""
    if endpoint(settings).pid() is not None:
        return False
    try:
        return bool(_health(settings)["name"] == settings.name)
    except (OSError, ValueError, KeyError, TypeError):  # nothing listens there, or no local cloud
        return False


def edge(settings: Settings) -> Process:
    arguments = ("localcloud.edge", "--port", str(settings.edge_port), "--endpoint", settings.endpoint_url)
    return Process(
        name="edge",
        arguments=(*arguments, "--state", str(settings.state_directory)),
        port=settings.edge_port,
        port_variable="LOCALCLOUD_EDGE_PORT",
        health_path="/",
        state_directory=settings.state_directory,
    )


def literature(settings: Settings, corpus: tuple[Path, ...] = ()) -> Process:
    """PubMed's stand-in over these files; without any it can only be found and stopped."""
    hosts = ("--host", "127.0.0.1", "--host", str(settings.gateway))
    return Process(
        name="literature",
        arguments=("localcloud.literature", *map(str, corpus), "--port", str(settings.literature_port), *hosts),
        port=settings.literature_port,
        port_variable="LOCALCLOUD_LITERATURE_PORT",
        health_path="/_literature/health",
        state_directory=settings.state_directory,
    )


def _health(settings: Settings) -> Any:
    """What answers on the endpoint's port says of itself."""
    # The address is the local cloud's own.
    with urllib.request.urlopen(f"{settings.endpoint_url}{ENDPOINT_HEALTH}", timeout=5) as reply:  # noqa: S310
        return json.load(reply)


def _alive(pid: int) -> bool:
    # A child of this very process stays a zombie until it is waited for.
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return Path(f"/proc/{pid}").exists()
