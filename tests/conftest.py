"""What every kind of test may ask for."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from primetime.encoder.processor import processor_name

# Timing is never asserted: a machine at work on other things is no failure.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")

_intern = sys.intern


def intern(string: str, /) -> str:
    """sys.intern for kinds of text too.

    Where that takes none, Ansible's modules put an object in its place, and then torch can't be imported any more.
    """
    return _intern(str(string) if isinstance(string, str) else string)


sys.intern = intern

REPOSITORY = Path(__file__).resolve().parent.parent

# With `-n`, several processes take the tests file by file. Files whose tests stand on one deployment, with its name and
# ports fixed, go to one process. The platform's are the longest way.
SHARED = {
    "platform": (
        "tests/browser/test_analysis.py",
        "tests/browser/test_exports.py",
        "tests/browser/test_researcher.py",
        "tests/browser/test_screening.py",
        "tests/deployment/test_plan.py",
        "tests/deployment/test_restore.py",
        "tests/deployment/test_rotate.py",
        "tests/deployment/test_site.py",
        "tests/faults/test_broken_release.py",
    ),
    "empty_cloud": ("tests/deployment/test_destroy.py", "tests/faults/test_interrupted_provision.py"),
}
# The long ones begin first, so that no process is left alone with one at the end.
TURNS = (
    "platform",
    "empty_cloud",
    "tests/deployment/",
    "tests/faults/",
    "tests/integration/collection/",
    "tests/integration/",
)


def group_of(nodeid: str) -> str:
    """What goes to one process: the deployment that the test's file shares with others, else the file."""
    file = nodeid.partition("::")[0]
    return next((name for name, files in SHARED.items() if file in files), file)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for name in SHARED:
            if name in getattr(item, "fixturenames", ()) and group_of(item.nodeid) != name:
                raise pytest.UsageError(f"{item.nodeid} uses {name}: say so in SHARED of tests/conftest.py")
    if hasattr(config, "workerinput"):  # in one process tests run in the order in which they stand
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    group = group_of(item.nodeid)
    return next((number for number, start in enumerate(TURNS) if group.startswith(start)), len(TURNS))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Groups in the order in which they stand. xdist's own go by a node's id, which pytest 9.2 lets nobody change."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    if config.getvalue("dist") != "loadgroup":
        return None  # somebody asked for another way
    config.option.loadscopereorder = False
    return Groups(config, log)


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A test that sets logs up, as every command does, sets them up for itself alone."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's root."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real, published records beside the checkout; they are not part of the project."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: this test reads real records kept beside the checkout")
    return folder


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A whole deployment, made by the script behind `make demo` in a local cloud of its own."""

    environment: dict[str, str]  # what any command needs in order to meet this cloud and no other
    state: Path  # the local cloud's state directory
    summary: dict[str, Any]  # what the demo wrote down: addresses, sign-in, seconds
    real: bool  # whether the corpus is the real one

    @property
    def url(self) -> str:
        return str(self.summary["public_url"])

    def run(self, *command: str, timeout: float = 1200) -> subprocess.CompletedProcess[str]:
        """Run a command of the project's virtual environment against this deployment."""
        executable = Path(sys.executable).parent / command[0]
        return subprocess.run(
            [str(executable), *command[1:]],
            env=self.environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


def localcloud(verb: str, environment: dict[str, str]) -> None:
    executable = str(Path(sys.executable).parent / "localcloud")
    subprocess.run([executable, verb], env=environment, cwd=REPOSITORY, check=True)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Deploy once for all the tests that need a platform, over real records where they are there and soon encoded.

    KEEP_PLATFORM=1 leaves it running, so that the next run starts from it.
    """
    environment = os.environ | {
        "LOCALCLOUD_NAME": "test",
        "LOCALCLOUD_PORT": "4567",
        "LOCALCLOUD_EDGE_PORT": "8081",
        "LOCALCLOUD_SUBNET": "10.140.0.0/16",  # none that the name of another local cloud may lead to
        "LOCALCLOUD_ARCHIVE_SECONDS": "5",  # so that a restore needs no minute's wait
    }
    state = REPOSITORY / ".localcloud" / "test"
    corpus = REPOSITORY.parent / "shared" / "data" / "pubmed"
    files = [corpus / "drug-reviews.xml.gz", corpus / "pubmedsample18n0001.xml.gz"]
    # Without VNNI the encoder takes twenty minutes for the real abstracts, and two for the made-up ones.
    real = all(file.is_file() for file in files) and "vnni" in processor_name()
    summary = tmp_path_factory.mktemp("platform") / "summary.json"
    command = [sys.executable, "scripts/demo.py", "--summary", str(summary)]
    if real:
        command += ["--corpus", ",".join(str(file) for file in files)]
    keep = os.environ.get("KEEP_PLATFORM") == "1"
    if not keep:
        localcloud("reset", environment)  # of a run that was cut short, in this checkout or in one that is gone
    try:
        run = subprocess.run(command, env=environment, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=False)
        assert run.returncode == 0, f"the demo stopped with status {run.returncode}; what it said stands above"
        yield Platform(environment=environment, state=state, summary=json.loads(summary.read_text()), real=real)
    finally:
        if not keep:
            localcloud("reset", environment)


@pytest.fixture
def empty_cloud(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An empty local cloud of this test's own: what a command needs to meet it and no other."""
    environment = os.environ | {
        "LOCALCLOUD_NAME": "empty",
        "LOCALCLOUD_PORT": "4572",
        "LOCALCLOUD_EDGE_PORT": "8085",
        "LOCALCLOUD_SUBNET": "10.141.0.0/16",
        "LOCALCLOUD_STATE": str(tmp_path / "state"),
    }
    localcloud("reset", environment)  # of a run that was cut short
    localcloud("up", environment)
    yield environment
    localcloud("reset", environment)
