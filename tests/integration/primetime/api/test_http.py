"""The HTTP interface over a real PostgreSQL, without an encoder."""

import csv
import io
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.passwords import hash_password
from primetime.accounts.people import QUERIES, Role
from primetime.api.application import create_app
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.database.migrations import read_migrations
from primetime.errors import BadInput
from primetime.jobs.recording import recorded_run
from primetime.settings import Settings

PASSWORD = "correct horse battery"
ARTICLES = [Article(pmid=pmid, title=f"Article {pmid} about asthma", abstract="Inhaled " * 60) for pmid in range(1, 31)]


@pytest.fixture(scope="module")
def password_hash() -> str:
    """Made once: a hash is slow on purpose."""
    return hash_password(PASSWORD)


@pytest.fixture
def client(settings: Settings, connection: psycopg.Connection, password_hash: str) -> Iterator[TestClient]:
    """Signed out, over a corpus of thirty articles."""
    store_articles(connection, ARTICLES)
    for role in Role:
        connection.execute(
            QUERIES["create_account"],
            {"email": f"{role}@example.org", "name": role.value, "role": role.value, "password_hash": password_hash},
        )
    connection.commit()
    with TestClient(create_app(settings), base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


def sign_in(client: TestClient, role: Role = Role.READER, password: str = PASSWORD) -> int:
    credentials = {"email": f"{role}@example.org", "password": password}
    return int(client.post("/api/v1/session", json=credentials).status_code)


@pytest.fixture
def reader(client: TestClient) -> TestClient:
    assert sign_in(client) == 200
    return client


def assert_problem(response: httpx.Response, status: int, detail: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    assert detail in body["detail"]


def test_health_needs_neither_account_nor_database(client: TestClient, connection: psycopg.Connection) -> None:
    connection.execute("DROP SCHEMA public CASCADE")
    connection.commit()
    for path in ("/health", "/api/health"):
        assert client.get(path).json()["status"] == "ok"


def test_ready_tells_what_is_missing(client: TestClient) -> None:
    response = client.get("/api/ready")
    body = response.json()
    assert response.status_code == 503
    assert body["database"]["status"] == "ok"
    assert body["migrations"] == {"applied": read_migrations()[-1].name, "pending": []}
    assert body["encoder"]["status"] == "missing"
    assert "model build" in body["encoder"]["remedy"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/dashboard",
        "/api/v1/articles",
        "/api/v1/articles/1",
        "/api/v1/articles/1/similar",
        "/api/v1/search?q=asthma",
        "/api/v1/topics",
        "/api/v1/topics/map",
        "/api/v1/opportunities",
        "/api/v1/export/csv",
        "/api/v1/analysis",
        "/api/v1/runs",
        "/api/v1/backtest",
        "/api/v1/gaps?idea=asthma",
        "/api/v1/session",
        "/api/v1/openapi.json",
    ],
)
def test_nothing_is_told_to_those_who_are_not_signed_in(client: TestClient, path: str) -> None:
    assert_problem(client.get(path), 401, "nobody is signed in")
    client.cookies.set("primetime_session", "made up")
    assert_problem(client.get(path), 401, "nobody is signed in")


def test_signing_in_and_out(client: TestClient) -> None:
    response = client.post("/api/v1/session", json={"email": "Reader@example.org", "password": PASSWORD})
    told = response.json()
    assert isinstance(told.pop("id"), int)
    assert told == {"email": "reader@example.org", "name": "reader", "role": "reader"}
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert client.get("/api/v1/session").json()["role"] == "reader"
    token = client.cookies["primetime_session"]
    assert client.delete("/api/v1/session").status_code == 204
    client.cookies.set("primetime_session", token)
    assert client.get("/api/v1/session").status_code == 401


def test_over_https_the_cookie_is_secure(settings: Settings, client: TestClient) -> None:
    app = create_app(settings.model_copy(update={"public_url": "https://prime.example"}))
    with TestClient(app, base_url="https://prime.example") as secure:
        response = secure.post("/api/v1/session", json={"email": "reader@example.org", "password": PASSWORD})
    assert "Secure" in response.headers["set-cookie"]


def test_a_wrong_password_is_refused_and_then_held(client: TestClient) -> None:
    answers = [sign_in(client, password="wrong password") for _ in range(6)]
    assert answers == [401] * 5 + [429]
    response = client.post("/api/v1/session", json={"email": "reader@example.org", "password": PASSWORD})
    assert_problem(response, 429, "too many attempts")
    assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 204),
        ({"Origin": "http://127.0.0.1:8000"}, 204),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 204),
    ],
)
def test_another_site_can_change_nothing(reader: TestClient, headers: dict[str, str], status: int) -> None:
    assert reader.delete("/api/v1/session", headers=headers).status_code == status


def test_articles_come_in_pages(reader: TestClient) -> None:
    first = reader.get("/api/v1/articles", params={"sort": "title", "page_size": 20}).json()
    second = reader.get("/api/v1/articles", params={"sort": "title", "page_size": 20, "page": 2}).json()
    assert (first["total"], len(first["items"]), len(second["items"])) == (30, 20, 10)
    assert len({item["pmid"] for item in first["items"] + second["items"]}) == 30
    assert first["items"][0]["excerpt"].endswith("…")
    assert first["items"][0]["topic"] is None


def test_a_cursor_leads_from_page_to_page(reader: TestClient) -> None:
    found, cursor = [], ""
    while cursor is not None:
        page = reader.get("/api/v1/articles", params={"page_size": 8} | ({"cursor": cursor} if cursor else {})).json()
        found += [item["pmid"] for item in page["items"]]
        cursor = page["next"]
    assert found == [article.pmid for article in reversed(ARTICLES)]
    made_up = reader.get("/api/v1/articles", params={"cursor": "made up"})
    assert_problem(made_up, 400, "cursor")
    first = reader.get("/api/v1/articles", params={"page_size": 8}).json()["next"]
    assert_problem(reader.get("/api/v1/articles", params={"cursor": first, "sort": "title"}), 400, "by newest")


def test_many_at_once_wait_for_their_turn_and_none_for_ever(
    settings: Settings, client: TestClient, connection: psycopg.Connection
) -> None:
    """More requests than threads, and few connections: who has one must still get a thread to give it back."""
    few = settings.model_copy(
        update={
            "database_pool_min": 1,
            "database_pool_max": 2,
            "database_connect_seconds": 60,
            "keep_answers": True,  # who asks is remembered, so that all 24 come to the connections at once
        }
    )
    app = create_app(few)
    with TestClient(app, base_url="http://127.0.0.1:8000") as crowded:
        assert sign_in(crowded) == 200
        until = time.monotonic() + 20
        while app.state.services.changes.data in (None, "0+1") and time.monotonic() < until:
            time.sleep(0.05)
        assert crowded.get("/api/v1/session").status_code == 200
        # Held here, so that the requests pile up before the first of them goes on.
        connection.execute("LOCK TABLE articles IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(24) as threads:
            answers = [threads.submit(crowded.get, f"/api/v1/articles/{pmid}") for pmid in range(1, 25)]
            time.sleep(0.5)
            connection.rollback()
            assert [answer.result(timeout=50).status_code for answer in answers] == [200] * 24


def test_one_article(reader: TestClient) -> None:
    found = reader.get("/api/v1/articles/7").json()
    assert found["title"] == "Article 7 about asthma"
    assert found["abstract"] == ARTICLES[6].abstract
    assert_problem(reader.get("/api/v1/articles/99"), 404, "no article 99")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/articles/seven", 422),
        ("/api/v1/articles/0", 422),
        ("/api/v1/articles/99999999999999999999", 422),
        ("/api/v1/articles?page=0", 422),
        ("/api/v1/articles?page_size=1000", 422),
        ("/api/v1/articles?sort=random", 422),
        ("/api/v1/articles?year_from=MCM", 422),
        ("/api/v1/articles?q=" + "x" * 1001, 422),
        ("/api/v1/articles?q=a%00b", 400),
        ("/api/v1/search", 422),
        ("/api/v1/search?q=x&limit=0", 422),
        ("/api/v1/topics/-1", 422),
        ("/api/v1/gaps", 422),
        ("/api/v1/gaps?idea=", 422),
        ("/api/v1/gaps?idea=%20", 400),
        ("/api/v1/gaps?idea=asthma&limit=9", 422),
        ("/api/v1/gaps?idea=" + "x" * 1001, 422),
        ("/api/v1/runs?limit=0", 422),
        ("/api/v1/runs?limit=101", 422),
        ("/api/v1/nothing", 404),
        ("/nothing", 404),
    ],
)
def test_a_bad_request_gets_a_problem(reader: TestClient, path: str, status: int) -> None:
    assert_problem(reader.get(path), status, "")


def test_a_method_that_is_not_there_and_a_body_that_is_no_json(reader: TestClient) -> None:
    assert_problem(reader.put("/api/v1/articles"), 403, "a reader may not do this")
    sign_in(reader, Role.RESEARCHER)
    assert_problem(reader.put("/api/v1/articles"), 405, "")
    assert_problem(reader.post("/api/v1/session", content=b"{"), 422, "")


def test_a_body_too_large_is_refused_with_and_without_its_length(reader: TestClient) -> None:
    large = b"x" * (2 << 20)
    assert_problem(reader.post("/api/v1/session", content=large), 413, "bytes")
    pieces = (large[start : start + 65536] for start in range(0, len(large), 65536))
    assert_problem(reader.post("/api/v1/session", content=pieces), 413, "bytes")


def test_without_an_encoder_only_meaning_is_missing(reader: TestClient) -> None:
    for path in (
        "/api/v1/search?q=asthma",
        "/api/v1/articles/1/similar",
        "/api/v1/export/csv?search=asthma",
        "/api/v1/gaps?idea=asthma",
    ):
        assert_problem(reader.get(path), 503, "no encoder artifact")
    assert reader.get("/api/v1/dashboard").json()["model"] is None


@pytest.mark.parametrize("path", ["/api/v1/topics", "/api/v1/topics/map", "/api/v1/topics/0", "/api/v1/opportunities"])
def test_before_the_first_analysis(reader: TestClient, path: str) -> None:
    response = reader.get(path)
    assert_problem(response, 404, "no analysis has run yet")
    assert response.json()["remedy"]


def test_the_dashboard_counts(reader: TestClient) -> None:
    found = reader.get("/api/v1/dashboard").json()
    assert (found["articles"], found["embedded"], found["topics"], found["last_analysis"]) == (30, 0, 0, None)


def test_the_export_is_an_attachment_of_all_pages(reader: TestClient) -> None:
    response = reader.get("/api/v1/export/csv", params={"q": "asthma"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].startswith('attachment; filename="prime-time-')
    assert len(list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))) == 30


def test_a_reader_may_not_start_an_analysis_and_a_researcher_only_one(client: TestClient) -> None:
    sign_in(client, Role.READER)
    assert_problem(client.post("/api/v1/analysis"), 403, "a reader may not do this")
    sign_in(client, Role.RESEARCHER)
    accepted = client.post("/api/v1/analysis")
    assert accepted.status_code == 202
    assert_problem(client.post("/api/v1/analysis"), 409, "waiting to run already")
    (job,) = client.get("/api/v1/analysis").json()["jobs"]
    assert (job["job_id"], job["status"]) == (accepted.json()["job_id"], "todo")


def test_the_backtest_is_shown_once_there_is_one(reader: TestClient, connection: psycopg.Connection) -> None:
    response = reader.get("/api/v1/backtest")
    assert_problem(response, 404, "not been judged")
    assert "primetime backtest" in response.json()["remedy"]
    connection.execute("INSERT INTO encoder_models (hash, source, dimension) VALUES ('m', 'planted', 8)")
    for first, gain in (("null", 0.25), ("2001", 0.5)):
        connection.execute(
            "INSERT INTO backtests (model_hash, release_id, snapshot, articles, parameters, result)"
            f""" VALUES ('m', 'r', 's', 30, '{{"first": {first}}}', '{{"gain": {gain}}}')"""
        )
    connection.commit()
    found = reader.get("/api/v1/backtest").json()
    assert (found["articles"], found["result"]["gain"]) == (30, 0.25)


def test_runs_are_shown_step_by_step(reader: TestClient, settings: Settings) -> None:
    assert reader.get("/api/v1/runs").json() == {"items": []}
    with recorded_run(settings, kind="night", asked_by="cron") as run, run.step("embed", 7) as told:
        told.counts["encoded"] = 7
        (going,) = reader.get("/api/v1/runs").json()["items"]
        assert (going["outcome"], going["finished_at"], going["steps"][0]["outcome"]) == ("running", None, "running")
    (done,) = reader.get("/api/v1/runs").json()["items"]
    assert (done["kind"], done["asked_by"], done["outcome"]) == ("night", "cron", "done")
    (step,) = done["steps"]
    assert (step["name"], step["amount"], step["counts"], step["outcome"]) == ("embed", 7, {"encoded": 7}, "done")


def test_every_answer_carries_the_security_headers_and_an_id(client: TestClient) -> None:
    for path in ("/health", "/api/v1/articles", "/nothing"):
        headers = client.get(path, headers={"X-Request-ID": "abcdefgh-1"}).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-request-id"] == "abcdefgh-1"
    assert client.get("/health", headers={"X-Request-ID": "a b\tc"}).headers["x-request-id"] != "a b\tc"
    assert client.get("/api/v1/articles").headers["cache-control"] == "no-store"


def test_a_database_that_is_away_is_said_so(settings: Settings) -> None:
    away = settings.model_copy(update={"database_url": "postgresql://x@127.0.0.1:1/x", "database_connect_seconds": 1})
    with TestClient(create_app(away), raise_server_exceptions=False) as client:
        client.cookies.set("primetime_session", "token")
        assert client.get("/health").status_code == 200
        assert client.get("/ready").json()["database"]["status"] == "unavailable"
        assert_problem(client.get("/api/v1/articles"), 503, "database cannot be reached")


def test_the_number_of_queries_does_not_grow_with_the_page(
    reader: TestClient, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed: list[Any] = []
    original = psycopg.Cursor.execute

    def counting(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        executed.append(query)
        return original(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.Cursor, "execute", counting)
    numbers = []
    for size in (1, 29):
        executed.clear()
        assert len(reader.get("/api/v1/articles", params={"page_size": size}).json()["items"]) == size
        numbers.append(len(executed))
    assert numbers[0] == numbers[1] <= 8


def test_openapi_describes_every_path(reader: TestClient) -> None:
    paths = reader.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/articles/{pmid}", "/api/v1/search", "/api/v1/export/csv", "/health"} <= set(paths)


def test_the_built_site_is_served_by_hand(settings: Settings, client: TestClient, tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "_app").mkdir(parents=True)
    (site / "index.html").write_text("<title>Prime Time</title>")
    (site / "_app" / "app.js").write_text("1")
    with TestClient(
        create_app(settings.model_copy(update={"site_dir": site})), base_url="http://127.0.0.1:8000"
    ) as by_hand:
        for page in ("/", "/articles", "/articles/7"):
            assert "Prime Time" in by_hand.get(page).text
        assert by_hand.get("/_app/app.js").text == "1"
        assert_problem(by_hand.get("/_app/gone.js"), 404, "")
        assert_problem(by_hand.get("/api/v1/nothing"), 401, "")
        assert sign_in(by_hand) == 200
        assert_problem(by_hand.get("/api/v1/nothing"), 404, "")
    with pytest.raises(BadInput, match=r"no index\.html"):
        create_app(settings.model_copy(update={"site_dir": tmp_path / "none"}))


def test_an_article_is_updated_under_the_reader(reader: TestClient, connection: psycopg.Connection) -> None:
    store_articles(connection, [replace(ARTICLES[0], title="Corrected")])
    connection.commit()
    assert reader.get("/api/v1/articles/1").json()["title"] == "Corrected"
