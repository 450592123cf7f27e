"""What the platform tells of itself: metrics on the loopback, traces of errors, slow queries; no personal data."""

import io
import json
import logging
import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import structlog
from fastapi.testclient import TestClient

from primetime.accounts.people import Role
from primetime.analysis.running import analyse
from primetime.api.application import create_app
from primetime.database.connection import connect, database_url, open_pool
from primetime.errors import BadInput
from primetime.jobs.recording import recorded_run
from primetime.settings import Settings
from primetime.telemetry.logs import configure_logs
from primetime.telemetry.metrics import serve_metrics

PASSWORD = "correct horse battery"
# The seven metrics that the first document names, as Prometheus writes them.
NAMED = {
    "prime_time_search_duration_seconds_count",
    "prime_time_articles_ingested",
    'prime_time_ml_processing_time_seconds_count{work="search"}',
    "prime_time_opportunity_score_calculated_total",
    "prime_time_users_active",
    "prime_time_searches_completed_total",
    "prime_time_exports_generated_total",
}


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def app_settings(settings: Settings, port: int) -> Settings:
    return settings.model_copy(update={"metrics_port": port})


def scrape(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def sign_in(client: TestClient) -> None:
    credentials = {"email": f"{Role.READER}@example.org", "password": PASSWORD}
    assert client.post("/api/v1/session", json=credentials).status_code == 200


def test_the_seven_named_metrics_count_what_is_done(
    app_settings: Settings,
    people: None,
    model_directory: Path,
    connection: psycopg.Connection,
    add: Callable[[int, int, int], None],
    port: int,
) -> None:
    app = create_app(app_settings.model_copy(update={"model_dir": model_directory}))
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        before = scrape(port)
        for subject in range(9):
            add(1000 * subject + 1, 40, subject)
        report = analyse(connection, model_hash="planted", settings=app_settings)
        sign_in(client)
        assert client.get("/api/v1/search?q=zinc").status_code == 200
        assert client.get("/api/v1/export/csv").status_code == 200
        after = scrape(port)
    assert report.opportunities > 0
    assert {name: after[name] - before.get(name, 0) for name in NAMED} == dict.fromkeys(NAMED, 1) | {
        "prime_time_articles_ingested": 360,
        "prime_time_opportunity_score_calculated_total": report.opportunities,
    }
    route = 'prime_time_request_duration_seconds_count{method="GET",route="/api/v1/export/csv",status="200"}'
    assert after[route] - before.get(route, 0) == 1


def test_the_last_run_of_each_work_is_told_by_how_it_ended(
    client: TestClient, app_settings: Settings, connection: psycopg.Connection, port: int
) -> None:
    assert not [name for name in scrape(port) if name.startswith("prime_time_run_")]
    began = time.time()
    with recorded_run(app_settings, kind="night", asked_by="cron") as run, run.step("embed"):
        pass
    with pytest.raises(OSError, match="full"), recorded_run(app_settings, kind="night", asked_by="cron"):
        raise OSError("disk full")
    assert scrape(port)['prime_time_ml_processing_time_seconds_count{work="embed"}'] >= 1
    # One search's own analysis is no measure of the analyses.
    with recorded_run(app_settings, kind="analysis", asked_by="queue", scope="search 3"):
        pass
    found = {name: value for name, value in scrape(port).items() if name.startswith("prime_time_run_")}
    done, failed = (
        next(name.partition("{")[2] for name in found if f'outcome="{outcome}"' in name)
        for outcome in ("done", "failed")
    )
    assert began - 1 < found["prime_time_run_last_timestamp_seconds{" + done] < time.time() + 1
    assert found["prime_time_run_last_timestamp_seconds{" + failed] >= began - 1
    assert 0 <= found["prime_time_run_duration_seconds{" + done] < 60
    assert found["prime_time_run_peak_memory_bytes{" + done] > 10_000_000
    assert "prime_time_run_peak_memory_bytes{" + failed not in found, "it had no step"
    assert all('work="night"' in name for name in found)


def test_without_a_database_the_rest_is_still_told(
    client: TestClient, connection: psycopg.Connection, port: int
) -> None:
    connection.execute("DROP TABLE analysis_topics CASCADE")
    connection.commit()
    found = scrape(port)
    assert "prime_time_articles_ingested" not in found
    assert "prime_time_exports_generated_total" in found


def test_metrics_are_for_this_machine_alone(client: TestClient, port: int) -> None:
    assert client.get("/metrics").status_code == 404
    addresses = {line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines() if line.split()[3] == "0A"}
    assert f"0100007F:{port:04X}" in addresses
    assert f"00000000:{port:04X}" not in addresses
    with pytest.raises(BadInput, match="cannot serve metrics"):
        serve_metrics(port)


@pytest.fixture
def logged(settings: Settings) -> io.StringIO:
    """Where logs go, as JSON, as on a server."""
    configure_logs(settings.model_copy(update={"release_id": "r1"}))
    stream = io.StringIO()
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    return stream


def lines(logged: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in logged.getvalue().splitlines()]


def test_a_log_line_has_the_ids_and_nothing_personal(client: TestClient, logged: io.StringIO) -> None:
    sign_in(client)
    client.get("/api/v1/articles?q=secretivitis", headers={"X-Request-ID": "abcdefgh-1"})
    found = lines(logged)
    line = next(one for one in found if one.get("request_id") == "abcdefgh-1")
    assert (line["release_id"], line["route"], line["status"]) == ("r1", "/api/v1/articles", 200)
    text = json.dumps(found)
    assert not any(personal in text for personal in ("secretivitis", "example.org", PASSWORD))


def test_a_slow_query_leaves_its_plan_without_what_was_asked_for(settings: Settings, logged: io.StringIO) -> None:
    pool = open_pool(settings.model_copy(update={"slow_query_milliseconds": 1}))
    with pool.connection() as connection:
        connection.execute("SELECT pg_sleep(0.01), * FROM articles WHERE title = %s", ("it's secret",)).fetchall()
        connection.execute("SELECT 1")
    pool.close()
    (line,) = [one for one in lines(logged) if one["event"] == "slow query" and "articles" in str(one["query"])]
    assert "Seq Scan on articles" in str(line["plan"]) or "Index Scan" in str(line["plan"])
    assert "secret" not in json.dumps(line)


def test_a_job_s_slow_query_leaves_its_plan_too(settings: Settings, logged: io.StringIO) -> None:
    with connect(settings.model_copy(update={"slow_query_milliseconds": 1})) as connection:
        connection.execute("SELECT pg_sleep(0.01), 'job'").fetchall()
    (line,) = [one for one in lines(logged) if one["event"] == "slow query" and "pg_sleep" in str(one["query"])]
    assert "Result" in str(line["plan"])


def test_a_slow_query_that_fails_is_told_and_what_is_many_is_not_done_twice(
    settings: Settings, logged: io.StringIO
) -> None:
    with connect(settings.model_copy(update={"slow_query_milliseconds": 1})) as connection:
        connection.execute("CREATE TEMP TABLE counted (n integer)")
        connection.execute("SELECT pg_sleep(0.01); INSERT INTO counted VALUES (1)")
        assert connection.execute("SELECT count(*) FROM counted").fetchone() == (1,)
        with pytest.raises(psycopg.errors.QueryCanceled), connection.transaction():
            connection.execute("SET LOCAL statement_timeout = 20")
            connection.execute("SELECT pg_sleep(5)")
    slow = [one for one in lines(logged) if one["event"] == "slow query" and "pg_sleep" in str(one["query"])]
    assert [(one["plan"], "INSERT" in str(one["query"])) for one in slow] == [(None, True), (None, False)]


def test_a_row_that_a_database_error_quotes_is_in_no_log_and_no_trace(
    settings: Settings, people: None, logged: io.StringIO
) -> None:
    statement = "INSERT INTO accounts (email, name, role, password_hash) VALUES (%s, '', 'reader', '')"
    with pytest.raises(psycopg.errors.UniqueViolation) as caught, connect(settings) as connection:
        try:
            connection.execute(statement, (f"{Role.READER}@example.org",))
        except psycopg.Error as error:
            assert "example.org" in (error.diag.message_detail or ""), "the server quotes it"
            assert "example.org" not in str(error), "a trace tells it"
            structlog.get_logger().exception("it failed")
            raise
    # As of a cursor that is not timed, which the queue has.
    with psycopg.connect(database_url(settings)) as bare:
        try:
            bare.execute(statement, (f"{Role.READER}@example.org",))
        except psycopg.Error:
            logging.getLogger("procrastinate.worker").exception("it failed")
    text = logged.getvalue()
    assert text.count("duplicate key value violates unique constraint") == 2
    assert "example.org" not in text
    assert "example.org" not in str(caught.value)


def test_an_unexpected_error_tells_a_trace_id_and_no_insides(
    app_settings: Settings, people: None, logged: io.StringIO
) -> None:
    app = create_app(app_settings.model_copy(update={"metrics_port": 0}))

    @app.get("/api/v1/broken")
    def broken() -> None:
        raise RuntimeError("the inside")

    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        sign_in(client)
        answer = client.get("/api/v1/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["trace_id"] == answer.headers["x-request-id"]
    assert "inside" not in answer.text
    assert any(one.get("request_id") == answer.json()["trace_id"] and one["level"] == "error" for one in lines(logged))
