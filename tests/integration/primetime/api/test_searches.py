"""Searches over HTTP: stand-in, real database, real encoder, real worker."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from primetime.accounts.passwords import hash_password
from primetime.accounts.people import QUERIES, Role
from primetime.api import search_events
from primetime.api.application import create_app
from primetime.errors import NotFound
from primetime.jobs.queue import create_queue, work
from primetime.searches.storing import QUERIES as SEARCH_QUERIES
from primetime.settings import Settings

PASSWORD = "correct horse battery"
IDEA = "side effects of blood pressure drugs in elderly patients"
ASTHMA = {"name": "asthma", "terms": [{"text": "Asthma", "field": "mesh"}]}


@pytest.fixture(scope="module")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def searching(literature_settings: Settings, model_directory: Path) -> Settings:
    return literature_settings.model_copy(update={"model_dir": model_directory})


@pytest.fixture
def client(searching: Settings, connection: psycopg.Connection, password_hash: str) -> Iterator[TestClient]:
    for role in Role:
        connection.execute(
            QUERIES["create_account"],
            {"email": f"{role}@example.org", "name": role.value, "role": role.value, "password_hash": password_hash},
        )
    connection.commit()
    with TestClient(create_app(searching), base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


def sign_in(client: TestClient, role: Role) -> TestClient:
    credentials = {"email": f"{role}@example.org", "password": PASSWORD}
    assert client.post("/api/v1/session", json=credentials).status_code == 200
    return client


@pytest.fixture
def researcher(client: TestClient) -> TestClient:
    return sign_in(client, Role.RESEARCHER)


def run_jobs(settings: Settings) -> None:
    asyncio.run(work(create_queue(settings), settings, wait=False, install_signal_handlers=False))


def start(client: TestClient, **more: Any) -> int:
    body = {"concepts": [ASTHMA], "max_results": 12, "idea": "asthma of children", **more}
    response = client.post("/api/v1/searches", json=body)
    assert response.status_code == 202, response.text
    return int(response.json()["search_id"])


def heard(client: TestClient, search_id: int, last: str | None = None) -> list[dict[str, str]]:
    """The events' fields; `last` is the id of the one that the client had before."""
    headers = {"Last-Event-ID": last} if last else {}
    response = client.get(f"/api/v1/searches/{search_id}/events", headers=headers)
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = [
        dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        for block in response.text.split("\n\n")
    ]
    return [block for block in blocks if "data" in block]


def events_of(client: TestClient, search_id: int) -> list[tuple[str, dict[str, Any]]]:
    return [(event["event"], json.loads(event["data"])) for event in heard(client, search_id)]


def test_a_search_from_start_to_results(researcher: TestClient, searching: Settings) -> None:
    search_id = start(researcher)
    planned = researcher.get(f"/api/v1/searches/{search_id}").json()
    assert (planned["state"], planned["articles_found"], planned["requested_by"]) == ("planned", None, "researcher")
    run_jobs(searching)
    ((event, done),) = events_of(researcher, search_id)
    assert (event, done["state"], done["fetched"], done["scored"]) == ("ended", "done", 12, 12)
    page = researcher.get(f"/api/v1/searches/{search_id}/articles", params={"page_size": 5, "page": 2}).json()
    assert [one["rank"] for one in page["items"]] == [6, 7, 8, 9, 10]
    assert (page["total"], page["items"][0]["is_new"]) == (12, True)
    assert {one["source"] for one in page["items"][0]["citations"]} == {"icite", "openalex", "crossref"}
    assert researcher.get(f"/api/v1/searches/{search_id}/unavailable").json() == {"items": [], "next": None}
    listed = researcher.get("/api/v1/searches").json()
    assert [one["id"] for one in listed["items"]] == [search_id]


def test_progress_is_told_until_the_end(
    researcher: TestClient, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    search_id = start(researcher)
    look = search_events._look
    looks = 0

    def look_and_move(shared: Any, looked: int) -> Any:
        nonlocal looks
        looks += 1
        if looks == 2:
            connection.execute(SEARCH_QUERIES["begin_search"], {"id": looked})
        if looks == 4:
            connection.execute(SEARCH_QUERIES["cancel_search"], {"id": looked})
        connection.commit()
        return look(shared, looked)

    monkeypatch.setattr(search_events, "_look", look_and_move)
    monkeypatch.setattr(search_events, "EVERY", 0.01)
    told = [(event, search["state"]) for event, search in events_of(researcher, search_id)]
    assert told == [("progress", "planned"), ("progress", "running"), ("ended", "cancelled")]


def test_who_asks_again_hears_what_is_new_and_no_more_after_the_end(
    researcher: TestClient, searching: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_events, "EVERY", 0.01)
    monkeypatch.setattr(search_events, "LONGEST", 0.1)
    search_id = start(researcher)
    (planned,) = heard(researcher, search_id)
    assert planned["event"] == "progress"
    assert heard(researcher, search_id, planned["id"]) == []
    assert [event["id"] for event in heard(researcher, search_id, "of another server")] == [planned["id"]]
    run_jobs(searching)
    (ended,) = heard(researcher, search_id, planned["id"])
    assert ended["event"] == "ended"
    # The answer after which a browser asks no more (HTML standard, 9.2.2).
    again = researcher.get(f"/api/v1/searches/{search_id}/events", headers={"Last-Event-ID": ended["id"]})
    assert (again.status_code, again.content) == (204, b"")
    assert heard(researcher, search_id) == [ended]


@pytest.mark.parametrize("error", [NotFound("it is deleted"), PoolTimeout("no connection"), OperationalError("away")])
def test_events_end_early_when_there_is_nothing_more_to_look_at(
    researcher: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    search_id = start(researcher)
    look = search_events._look
    looks = iter([look])

    def look_once(shared: Any, looked: int) -> Any:
        if (found := next(looks, None)) is None:
            raise error
        return found(shared, looked)

    monkeypatch.setattr(search_events, "_look", look_once)
    monkeypatch.setattr(search_events, "EVERY", 0.01)
    assert [event["event"] for event in heard(researcher, search_id)] == ["progress"]


def test_who_listens_holds_no_connection_while_nothing_happens(
    researcher: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    search_id = start(researcher)
    services = researcher.app.state.services  # type: ignore[attr-defined]

    def lent() -> int:
        stats = services.pool.get_stats()
        return int(stats["pool_size"] - stats["pool_available"])

    meanwhile: list[int] = []
    pause = anyio.sleep

    async def look_and_pause(seconds: float) -> None:
        meanwhile.append(lent())
        await pause(0.01)

    with monkeypatch.context() as patch:
        patch.setattr(search_events.anyio, "sleep", look_and_pause)
        patch.setattr(search_events, "LONGEST", 0.2)
        heard(researcher, search_id)
    assert set(meanwhile) == {0}

    # Who goes away in the middle of a look gives back what it had.
    looking = threading.Event()
    find = search_events.find_search

    def find_slowly(*arguments: Any, **options: Any) -> Any:
        looking.set()
        time.sleep(0.2)
        return find(*arguments, **options)

    monkeypatch.setattr(search_events, "find_search", find_slowly)

    async def go_away() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(search_events._looked, services, search_id)
            await anyio.to_thread.run_sync(looking.wait)
            group.cancel_scope.cancel()

    anyio.run(go_away)
    assert lent() == 0
    assert services.turns._value == services.pool.max_size


def test_a_search_is_cancelled_once_and_then_deleted(researcher: TestClient, searching: Settings) -> None:
    search_id = start(researcher)
    assert researcher.delete(f"/api/v1/searches/{search_id}").status_code == 409
    assert researcher.post(f"/api/v1/searches/{search_id}/cancel").status_code == 204
    assert researcher.post(f"/api/v1/searches/{search_id}/cancel").status_code == 409
    run_jobs(searching)
    assert researcher.get(f"/api/v1/searches/{search_id}").json()["state"] == "cancelled"
    assert researcher.delete(f"/api/v1/searches/{search_id}").status_code == 204
    assert researcher.get(f"/api/v1/searches/{search_id}").status_code == 404


def test_two_searches_are_compared(researcher: TestClient, searching: Settings) -> None:
    one = start(researcher)
    other = start(researcher, query='"Asthma"[mh] AND 2012:2026[dp]', max_results=30)
    run_jobs(searching)
    body = researcher.get(f"/api/v1/searches/{one}/compare/{other}").json()
    assert body["only_one"] + body["both"] == 12
    assert len(body["items"]) == body["only_one"] + body["only_other"] + body["both"]
    assert all(item["title"] for item in body["items"])
    counts = {}
    for name, params in {"only_one": {"not_in": other}, "both": {"also_in": other}}.items():
        page = researcher.get(f"/api/v1/searches/{one}/articles", params=params).json()
        file = researcher.get("/api/v1/export", params={"search_id": one, "format": "ris", **params}).text
        assert page["total"] == len(page["items"]) == file.count("TY  - ")
        counts[name] = page["total"]
    assert counts == {name: body[name] for name in counts}
    assert researcher.get(f"/api/v1/searches/{one}/articles?not_in=999").status_code == 404
    assert researcher.get(f"/api/v1/export?search_id={one}&also_in=999").status_code == 404


def test_a_saved_search_shows_what_is_new_since(
    researcher: TestClient, searching: Settings, connection: psycopg.Connection
) -> None:
    first = start(researcher, max_results=30)
    saved = researcher.post("/api/v1/saved-searches", json={"search_id": first, "name": "Asthma", "every_days": 7})
    assert saved.status_code == 201
    saved_id = saved.json()["id"]
    again = researcher.post("/api/v1/saved-searches", json={"search_id": first, "name": "Asthma"})
    assert again.status_code == 409
    run_jobs(searching)
    (told,) = researcher.get("/api/v1/saved-searches").json()["items"]
    assert (told["runs"], told["newest_state"], told["new_since"]) == (1, "done", None)
    path = f"/api/v1/saved-searches/{saved_id}"
    changed = researcher.patch(path, json={"every_days": 30}).json()
    ahead = datetime.fromisoformat(changed["due_at"]) - datetime.fromisoformat(changed["last_run_at"])
    assert (changed["name"], changed["every_days"], ahead.days) == ("Asthma", 30, 30)
    assert researcher.patch(path, json={"name": " Asthma  of elders "}).json()["name"] == "Asthma of elders"
    assert researcher.patch(path, json={"name": " \0"}).status_code == 422
    assert researcher.patch(path, json={"every_days": 0}).status_code == 422
    assert researcher.patch("/api/v1/saved-searches/999", json={}).status_code == 404
    # Three articles appear after the first run.
    appeared = connection.execute(
        "DELETE FROM search_articles WHERE search_id = %s AND rank <= 3 RETURNING pmid", (first,)
    ).fetchall()
    # A run that failed planned them, fetched one, and told nobody.
    connection.execute(
        "WITH failed AS ("
        "INSERT INTO searches (idea, keywords, query, max_results, limits, concepts, saved_search_id, state)"
        " SELECT idea, keywords, query, max_results, limits, concepts, saved_search_id, 'failed' FROM searches"
        " WHERE id = %s RETURNING id) INSERT INTO search_articles (search_id, pmid, rank, fetched_at)"
        " SELECT failed.id, pmid, rank, CASE WHEN rank = 1 THEN now() END"
        " FROM failed, unnest(%s::bigint[]) WITH ORDINALITY AS new (pmid, rank)",
        (first, [pmid for (pmid,) in appeared]),
    )
    connection.commit()
    second = researcher.post(f"/api/v1/saved-searches/{saved_id}/run").json()["search_id"]
    assert researcher.post(f"/api/v1/saved-searches/{saved_id}/run").status_code == 409
    run_jobs(searching)
    runs = researcher.get("/api/v1/searches", params={"saved": saved_id}).json()
    assert ([run["id"] for run in runs["items"] if run["state"] == "done"], runs["total"]) == ([second, first], 3)
    body = researcher.get(f"/api/v1/saved-searches/{saved_id}/new").json()
    assert (body["saved"]["new_since"], body["saved"]["newest_search_id"]) == (3, second)
    assert {one["pmid"] for one in body["items"]} == {pmid for (pmid,) in appeared}
    mail = {"set_up": False, "wanted": False, "address": "researcher@example.org", "sent_at": None, "problem": ""}
    assert researcher.get(f"{path}/mail").json() == mail
    assert researcher.put(f"{path}/mail").status_code == 400, "no mail server is set"
    assert researcher.delete(f"/api/v1/saved-searches/{saved_id}").status_code == 204
    assert researcher.get(f"/api/v1/searches/{second}").json()["saved_search_id"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"concepts": [{"name": "x", "terms": [{"text": "()"}]}]},
        {"query": " ", "concepts": []},
        {"query": "asthma", "max_results": 0},
        {"query": "asthma", "max_results": 10_001},
        {"query": "x" * 20_001},
        {"concepts": [ASTHMA], "limits": {"first": "2020-01-02", "last": "2020-01-01"}},
        {"concepts": [ASTHMA], "limits": {"first": 7}},
        {"concepts": [{"name": "x", "terms": [{"text": "a", "field": "nonsense"}]}]},
    ],
)
def test_an_order_that_cannot_be_carried_out_is_refused(researcher: TestClient, body: dict[str, Any]) -> None:
    response = researcher.post("/api/v1/searches", json=body)
    assert response.status_code in (400, 422), response.text
    assert researcher.get("/api/v1/searches").json()["total"] == 0


def test_a_reader_reads_and_a_stranger_does_not(client: TestClient, searching: Settings) -> None:
    asked = [
        ("POST", "/api/v1/keywords"), ("POST", "/api/keywords/generate"), ("POST", "/api/v1/queries"),
        ("POST", "/api/v1/queries/text"), ("POST", "/api/v1/searches"), ("GET", "/api/v1/searches"),
        ("GET", "/api/v1/searches/1"), ("GET", "/api/v1/searches/1/events"), ("GET", "/api/v1/searches/1/articles"),
        ("POST", "/api/v1/searches/1/cancel"), ("DELETE", "/api/v1/searches/1"), ("GET", "/api/v1/saved-searches"),
        ("POST", "/api/v1/saved-searches"), ("POST", "/api/search/pubmed"), ("GET", "/api/searches"),
        ("GET", "/api/search/1/scores"), ("GET", "/api/v1/searches/1/compare/2"),
    ]  # fmt: skip
    assert {client.request(method, path, json={}).status_code for method, path in asked} == {401}
    reader = sign_in(client, Role.READER)
    assert reader.get("/api/v1/searches").status_code == 200
    assert reader.post("/api/v1/queries", json={"concepts": [ASTHMA]}).status_code == 200
    for path, body in (
        ("/api/v1/searches", {"query": "asthma"}),
        ("/api/search/pubmed", {"keywords": "asthma", "idea_text": IDEA}),
        ("/api/v1/saved-searches", {"search_id": 1, "name": "x"}),
        ("/api/v1/saved-searches/1/run", None),
        ("/api/v1/searches/1/cancel", None),
    ):
        assert reader.post(path, json=body).status_code == 403, path


def test_what_is_not_there_is_not_found(researcher: TestClient) -> None:
    for path in ("", "/events", "/articles", "/unavailable", "/compare/2"):
        assert researcher.get(f"/api/v1/searches/77{path}").status_code == 404, path
    assert researcher.get("/api/v1/saved-searches/77/new").status_code == 404
    assert researcher.post("/api/v1/saved-searches/77/run").status_code == 404
    assert researcher.get("/api/search/77/scores").status_code == 404
