"""The queue on a real PostgreSQL."""

import asyncio
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import psycopg
import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from primetime.database.migrations import read_migrations
from primetime.errors import BadInput, Busy
from primetime.jobs import told
from primetime.jobs.queue import analysis_jobs, create_queue, enqueue_analysis, work
from primetime.jobs.recording import recorded_run
from primetime.jobs.searching import enqueue_search
from primetime.searches.record import Order
from primetime.searches.storing import create_search, find_search
from primetime.settings import Settings


def test_the_pinned_schema_is_the_installed_packages() -> None:
    installed = resources.files("procrastinate").joinpath("sql/schema.sql").read_text(encoding="utf-8")
    (ours,) = [migration for migration in read_migrations() if migration.name == "0005_jobs"]
    assert ours.text.endswith(installed)


def test_an_analysis_waits_once(settings: Settings, connection: psycopg.Connection) -> None:
    job_id = enqueue_analysis(connection)
    with pytest.raises(Busy, match="waiting to run already"):
        enqueue_analysis(connection)
    assert [(job.job_id, job.status) for job in analysis_jobs(connection)] == [(job_id, "todo")]


def test_a_dead_workers_job_gives_way_to_the_same_asked_for_since(
    settings: Settings, connection: psycopg.Connection, look_after: Callable[[Settings], None]
) -> None:
    """Only one may wait; a worker that could not put the other back would end at each start."""
    enqueue_analysis(connection)
    connection.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '20 minutes')")
    connection.execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT min(id) FROM procrastinate_workers)"
    )
    enqueue_analysis(connection)
    connection.commit()
    look_after(settings)
    assert [job.status for job in analysis_jobs(connection)] == ["todo", "aborted"]


def test_a_job_that_fails_is_tried_again_later(settings: Settings, connection: psycopg.Connection) -> None:
    """There is no encoder artifact in this test's folder."""
    queue = create_queue(settings)
    enqueue_analysis(connection)
    connection.commit()
    asyncio.run(work(queue, settings, wait=False, install_signal_handlers=False))
    (job,) = analysis_jobs(connection)
    assert (job.status, job.attempts) == ("todo", 1)
    row = connection.execute(
        "SELECT scheduled_at > now() FROM procrastinate_jobs WHERE task_name = 'analyse'"
    ).fetchone()
    assert row == (True,)


def test_what_a_job_logs_and_traces_names_it(
    settings: Settings, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(told, "_tracer", provider.get_tracer("test"))
    bound: list[dict[str, object]] = []

    def analyse(*_: object, **__: object) -> None:
        bound.append(structlog.contextvars.get_contextvars())
        raise BadInput("no articles", remedy="import some")

    monkeypatch.setattr("primetime.jobs.queue.run_analysis", analyse)
    queue = create_queue(settings)
    job_id = enqueue_analysis(connection)
    connection.commit()
    asyncio.run(work(queue, settings, wait=False, install_signal_handlers=False))
    assert [(one["job_id"], one["task"]) for one in bound] == [(job_id, "analyse")]
    (span,) = [one for one in exporter.get_finished_spans() if one.name == "job analyse"]
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["job.id"] == job_id


@pytest.mark.parametrize(("attempts", "status"), [(1, "todo"), (2, "failed")])
def test_the_third_attempt_is_the_last(
    settings: Settings, connection: psycopg.Connection, attempts: int, status: str
) -> None:
    queue = create_queue(settings)
    enqueue_analysis(connection)
    connection.execute("UPDATE procrastinate_jobs SET attempts = %s", (attempts,))
    connection.commit()
    asyncio.run(work(queue, settings, wait=False, install_signal_handlers=False))
    (job,) = analysis_jobs(connection)
    assert (job.status, job.attempts) == (status, attempts + 1)


@pytest.mark.parametrize(("attempts", "status", "state"), [(1, "todo", "planned"), (2, "failed", "failed")])
def test_a_search_too_is_tried_three_times(
    settings: Settings, connection: psycopg.Connection, attempts: int, status: str, state: str
) -> None:
    """There is no encoder artifact in this test's folder."""
    search_id = create_search(connection, Order(query="asthma", max_results=10))
    enqueue_search(connection, search_id)
    connection.execute("UPDATE procrastinate_jobs SET attempts = %s", (attempts,))
    connection.commit()
    asyncio.run(work(create_queue(settings), settings, wait=False, install_signal_handlers=False))
    row = connection.execute("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'search'").fetchone()
    assert row == (status,)
    assert find_search(connection, search_id).state == state


def test_a_search_that_completes_has_the_analysis_made_anew(
    literature_settings: Settings,
    connection: psycopg.Connection,
    model_directory: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The worker as it is, with the stand-in for PubMed; what the analysis itself does is another test's."""
    asked: list[str] = []
    monkeypatch.setattr("primetime.jobs.queue.run_analysis", lambda *_, asked_by: asked.append(asked_by))
    searching = literature_settings.model_copy(update={"model_dir": model_directory})
    search_id = create_search(connection, Order(query="asthma[mh]", max_results=60))
    enqueue_search(connection, search_id)
    connection.commit()
    asyncio.run(work(create_queue(searching), searching, wait=False, install_signal_handlers=False))
    assert find_search(connection, search_id).state == "done"
    # The worker that drains the queue does what its jobs ask for.
    assert [job.status for job in analysis_jobs(connection)] == ["succeeded"]
    assert asked == ["queue"]


def test_a_failed_analysis_gives_way_to_the_same_asked_for_meanwhile(
    settings: Settings, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put back beside it, it could not be, and nothing would be analysed until the worker ends."""
    queue = create_queue(settings)
    enqueue_analysis(connection)
    connection.commit()
    asked = []

    def fail_while_another_is_asked_for(*_arguments: object, **_options: object) -> None:
        asked.append(enqueue_analysis(connection) if not asked else 0)
        connection.commit()
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("primetime.jobs.queue.run_analysis", fail_while_another_is_asked_for)
    asyncio.run(work(queue, settings, wait=False, install_signal_handlers=False))
    newest, first = analysis_jobs(connection)
    assert (first.status, newest.job_id, newest.status, newest.attempts) == ("aborted", asked[0], "todo", 1)


def test_a_failed_search_gives_way_to_the_same_asked_for_meanwhile(
    settings: Settings, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its last attempt, which would have failed the search that the other is to carry out."""
    search_id = create_search(connection, Order(query="asthma", max_results=10))
    enqueue_search(connection, search_id)
    connection.execute("UPDATE procrastinate_jobs SET attempts = 2")
    connection.commit()

    def fail_while_it_is_asked_for(*_arguments: object, **_options: object) -> None:
        enqueue_search(connection, search_id, delay=60)
        connection.commit()
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("primetime.jobs.searching.open_sources", fail_while_it_is_asked_for)
    asyncio.run(work(create_queue(settings), settings, wait=False, install_signal_handlers=False))
    jobs = connection.execute(
        "SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = 'search' ORDER BY id"
    ).fetchall()
    assert jobs == [("aborted", 3), ("todo", 0)]
    assert find_search(connection, search_id).state == "planned"


def test_while_another_run_goes_on_a_job_waits_as_long_as_that_takes(
    settings: Settings, connection: psycopg.Connection
) -> None:
    queue = create_queue(settings)
    enqueue_analysis(connection)
    connection.execute("UPDATE procrastinate_jobs SET attempts = 1")
    connection.commit()
    with recorded_run(settings, kind="night", asked_by="cron"):
        asyncio.run(work(queue, settings, wait=False, install_signal_handlers=False))
    (job,) = analysis_jobs(connection)
    assert (job.status, job.attempts) == ("todo", 1)
    # The wait was no attempt: it still has two.
    connection.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    connection.commit()
    asyncio.run(work(queue, settings, wait=False, install_signal_handlers=False))
    (job,) = analysis_jobs(connection)
    assert (job.status, job.attempts) == ("todo", 2)
