"""An import that is killed at any moment loses nothing and doubles nothing: neither articles nor what is told of it."""

import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from primetime.articles.formats.recognising import recognise
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.jobs.importing import FileImport, enqueue_import, imports, run_import
from primetime.jobs.queue import create_queue
from primetime.settings import Settings

SCRIPT = Path(__file__).parent / "import_until_killed.py"
ARTICLES = 800  # read in runs of 500

_spec = importlib.util.spec_from_file_location("import_until_killed", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)


@pytest.fixture(autouse=True)
def temporary_files_of_the_dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed process leaves behind stays in the test's own folder."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def give(connection: psycopg.Connection, settings: Settings, tmp_path: Path) -> int:
    """A library of 800 records without PMIDs; the first is of an article that PubMed has, which is stored."""
    records = [
        f"TY  - JOUR\nTI  - Zinc in the serum of patient {number}\nAU  - Doe, J\nPY  - 2018\nJO  - Zinc\n"
        f"VL  - 1\nSP  - {number}\nDO  - 10.1/{number}\nER  - \n"
        for number in range(ARTICLES)
    ]
    file = tmp_path / "library.ris"
    file.write_text("".join(records))
    store_articles(connection, [Article(pmid=7, title="Zinc in the serum of patient 0", doi="10.1/0")])
    import_id = enqueue_import(
        create_queue(settings),
        connection,
        io.BytesIO(file.read_bytes()),
        file_name=file.name,
        format=recognise(file),
        account_id=None,
    )
    connection.commit()
    return import_id


def the_import(connection: psycopg.Connection) -> FileImport:
    (found,) = imports(connection)
    connection.rollback()
    return found


def assert_whole(connection: psycopg.Connection) -> None:
    done = the_import(connection)
    assert (done.state, done.failure, done.records_read) == ("done", None, ARTICLES)
    assert done.report == {
        "new": ARTICLES,
        "updated": 0,
        "unchanged": 0,
        "wanted": 0,
        "skipped": 0,
        "deleted": 0,
        "duplicates": 1,
        "problems": [],
    }
    assert connection.execute("SELECT count(*) FROM articles").fetchone() == (ARTICLES + 1,)
    assert connection.execute("SELECT count(*) FROM article_revisions").fetchone() == (0,)
    assert connection.execute("SELECT kept FROM duplicate_links").fetchall() == [(7,)]
    assert connection.execute("SELECT count(*) FROM import_pieces").fetchone() == (0,)


def wait_until_free(connection: psycopg.Connection) -> None:
    """PostgreSQL notices within moments that a process has died, and lets its locks go."""
    deadline = time.monotonic() + 10
    while connection.execute("SELECT FROM pg_locks WHERE locktype = 'advisory'").fetchone() is not None:
        assert time.monotonic() < deadline, "the dead process's lock is still held"
        connection.rollback()
        time.sleep(0.05)
    connection.rollback()


@pytest.mark.parametrize("moment", list(_module.MOMENTS))
def test_killed_at_a_moment(
    connection: psycopg.Connection, settings: Settings, tmp_path: Path, repository: Path, moment: str
) -> None:
    import_id = give(connection, settings, tmp_path)
    killed = subprocess.run(
        [sys.executable, str(SCRIPT), moment, json.dumps(settings.model_dump(mode="json")), str(import_id)],
        env=os.environ | {"PYTHONPATH": str(repository / "app")},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    wait_until_free(connection)
    run_import(settings, import_id)
    assert_whole(connection)


def test_a_worker_that_is_killed_leaves_its_import_to_the_next(
    connection: psycopg.Connection, settings: Settings, tmp_path: Path, repository: Path, database_url: str
) -> None:
    give(connection, settings, tmp_path)
    with psycopg.connect(database_url) as holding:
        # The worker gets as far as its first articles and waits there.
        holding.execute("LOCK TABLE articles IN SHARE MODE")
        worker = start_worker(settings, repository)
        try:
            wait_until_it_waits(connection, worker)
        finally:
            worker.kill()
            worker.wait()
    wait_until_free(connection)
    assert the_import(connection).state == "running"
    # A minute passes: the dead worker has given no sign of life.
    connection.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '2 minutes'")
    connection.commit()
    next_worker = start_worker(settings, repository, "--drain")
    try:
        assert next_worker.wait(120) == 0
    finally:
        next_worker.kill()
    assert_whole(connection)


def start_worker(settings: Settings, repository: Path, *options: str) -> subprocess.Popen[bytes]:
    environment = {
        f"PRIMETIME_{name.upper()}": str(value)
        for name, value in settings.model_dump(mode="json").items()
        if value is not None
    }
    return subprocess.Popen(
        [str(Path(sys.executable).parent / "primetime"), "worker", *options],
        env=os.environ | environment | {"PYTHONPATH": str(repository / "app")},
        stdout=subprocess.DEVNULL,
    )


def wait_until_it_waits(connection: psycopg.Connection, worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    waits = "SELECT FROM pg_locks WHERE relation = 'articles'::regclass AND NOT granted"
    while connection.execute(waits).fetchone() is None:
        connection.rollback()
        assert time.monotonic() < deadline, "the worker does not begin"
        assert worker.poll() is None
        time.sleep(0.05)
    connection.rollback()
