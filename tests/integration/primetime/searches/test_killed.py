"""A worker that is killed at any moment loses nothing and doubles nothing."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from primetime.jobs.searching import enqueue_search
from primetime.searches.record import Search
from primetime.searches.storing import find_search, results_of
from primetime.settings import Settings

SCRIPT = Path(__file__).parent / "search_until_killed.py"
QUERY = "hasabstract"
ARTICLES = 150

_spec = importlib.util.spec_from_file_location("search_until_killed", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)


def settings_json(settings: Settings) -> str:
    values = settings.model_dump(mode="json")
    return json.dumps(values)


def wait_until_free(connection: psycopg.Connection) -> None:
    """PostgreSQL notices within moments that a process has died, and lets its locks go."""
    deadline = time.monotonic() + 60
    while connection.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'").fetchone():
        assert time.monotonic() < deadline, "the dead process's lock is still held"
        connection.rollback()
        time.sleep(0.05)
    connection.rollback()


def assert_whole(connection: psycopg.Connection, search: Search) -> None:
    assert (search.state, search.planned, search.fetched) == ("done", ARTICLES, ARTICLES)
    assert (search.embedded, search.scored, search.unavailable) == (ARTICLES, ARTICLES, 0)
    assert search.new == ARTICLES  # whichever process stored it, this search brought it
    results, total = results_of(connection, search.id, limit=ARTICLES)
    assert total == len({result.pmid for result in results}) == ARTICLES
    assert [result.rank for result in results] == list(range(1, ARTICLES + 1))
    # No article was stored twice, which would have left what it was before.
    assert connection.execute("SELECT count(*) FROM article_revisions").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM articles").fetchone() == (ARTICLES,)
    assert connection.execute("SELECT count(*) FROM article_vectors").fetchone() == (ARTICLES,)
    assert connection.execute("SELECT count(*) FROM article_citations").fetchone() == (3 * ARTICLES,)


@pytest.mark.parametrize("moment", list(_module.MOMENTS))
def test_killed_at_a_moment(
    connection: psycopg.Connection,
    searching: Settings,
    plan: Callable[..., int],
    run: Callable[[int], Search],
    repository: Path,
    moment: str,
) -> None:
    search_id = plan(QUERY, ARTICLES, idea="asthma and high blood pressure")
    killed = subprocess.run(
        [sys.executable, str(SCRIPT), moment, settings_json(searching), str(search_id)],
        env=os.environ | {"PYTHONPATH": str(repository / "app")},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    wait_until_free(connection)
    assert find_search(connection, search_id).state == "running"
    assert_whole(connection, run(search_id))


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


def test_a_worker_that_is_killed_leaves_its_search_to_the_next(
    connection: psycopg.Connection, searching: Settings, plan: Callable[..., int], repository: Path
) -> None:
    search_id = plan(QUERY, ARTICLES, idea="asthma and high blood pressure")
    enqueue_search(connection, search_id)
    connection.commit()
    worker = start_worker(searching, repository)
    deadline = time.monotonic() + 60
    try:
        while find_search(connection, search_id).fetched == 0:
            connection.rollback()
            assert time.monotonic() < deadline, "the worker does not begin"
            assert worker.poll() is None
            time.sleep(0.02)
    finally:
        worker.kill()
        worker.wait()
    connection.rollback()
    wait_until_free(connection)
    assert find_search(connection, search_id).state == "running"
    # A minute passes: the dead worker has given no sign of life.
    connection.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '2 minutes'")
    connection.commit()
    next_worker = start_worker(searching, repository, "--drain")
    try:
        assert next_worker.wait(120) == 0
    finally:
        next_worker.kill()
    assert_whole(connection, find_search(connection, search_id))


def test_a_search_without_a_job_gets_one(
    connection: psycopg.Connection, searching: Settings, plan: Callable[..., int], repository: Path
) -> None:
    search_id = plan(QUERY, 5)
    connection.execute("UPDATE searches SET requested_at = now() - interval '2 minutes'")
    connection.commit()
    worker = start_worker(searching, repository, "--drain")
    try:
        assert worker.wait(120) == 0
    finally:
        worker.kill()
    assert find_search(connection, search_id).state == "done"
