"""The AWS endpoint as a process of its own, which can be killed and started again over the same state."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

REPOSITORY = Path(__file__).resolve().parents[4]


class Endpoint:
    """`python -m localcloud.aws` over a state directory."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> None:
        command = [sys.executable, "-m", "localcloud.aws", "--port", "0", "--state", str(self._state)]
        self._process = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        found = re.match(r"http://127\.0\.0\.1:\d+", self._process.stdout.readline())
        assert found, "the endpoint did not start"
        self.url = found[0]

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Endpoint]:
    endpoint = Endpoint(tmp_path / "state")
    endpoint.start()
    yield endpoint
    endpoint.kill()


@pytest.fixture(scope="module")
def shared_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """One for all the tests of a module: they name what they create apart."""
    endpoint = Endpoint(tmp_path_factory.mktemp("state"))
    endpoint.start()
    yield endpoint
    endpoint.kill()


@pytest.fixture
def cloudfront(shared_endpoint: Endpoint) -> Any:
    return shared_endpoint.client("cloudfront")
