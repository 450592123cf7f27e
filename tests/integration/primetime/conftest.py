"""The real encoder for every test that needs one: built once for a state of the builder's source, then reused."""

import fcntl
import hashlib
from pathlib import Path

import pytest

from primetime.encoder.building import build
from primetime.encoder.serving import Encoder


@pytest.fixture(scope="session")
def model_directory(repository: Path) -> Path:
    """An artifact of the packaged MiniLM under the git-ignored build folder."""
    source = sorted((repository / "app" / "primetime" / "encoder").glob("*.py"))
    state = hashlib.sha256(b"".join(path.read_bytes() for path in source)).hexdigest()[:12]
    directory = repository / "build" / "model-test" / state
    directory.parent.mkdir(parents=True, exist_ok=True)
    with (directory.parent / ".lock").open("w") as lock:
        # A second test process waits here instead of building the same again.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / "manifest.json").is_file():
            build(None, directory)
    return directory


@pytest.fixture(scope="session")
def encoder(model_directory: Path) -> Encoder:
    return Encoder.open(model_directory)
