"""`python -m localcloud.edge` as `localcloud up` starts it."""

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from localcloud.edge.__main__ import PORT_IN_USE

REPOSITORY = Path(__file__).resolve().parents[4]


def command(port: int, endpoint: str, state: Path) -> list[str]:
    options = ["--port", str(port), "--endpoint", endpoint, "--state", str(state)]
    return [sys.executable, "-m", "localcloud.edge", *options]


def test_it_serves_until_it_is_told_to_stop(site: Any, endpoint_url: str, tmp_path: Path) -> None:
    site.put("index.html", b"served", ContentType="text/html")
    site.allow("s3:GetObject")
    with subprocess.Popen(
        command(0, endpoint_url, tmp_path), cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert endpoint_url in process.stderr.readline()
        site.browser.port = int((tmp_path / "edge.port").read_text())
        assert site.browser.get("/").body == b"served"
        process.terminate()
        assert process.wait(20) == 0


def test_a_port_in_use_is_one_line_and_its_own_status(endpoint_url: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = subprocess.run(
            command(port, endpoint_url, tmp_path), cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
    assert run.returncode == PORT_IN_USE
    assert run.stderr.splitlines() == [
        f"port {port} cannot be used (Address already in use): free it or choose another with --port"
    ]


def test_without_an_endpoint_it_says_so_and_waits_for_one(tmp_path: Path) -> None:
    with subprocess.Popen(
        command(0, "http://127.0.0.1:9", tmp_path), cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        port = int((tmp_path / "edge.port").read_text())
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            answered = b""
            while piece := connection.recv(65_536):
                answered += piece
        assert answered.startswith(b"HTTP/1.1 502")
        assert b"the endpoint http://127.0.0.1:9 does not answer" in answered
        process.terminate()
        assert process.wait(20) == 0
