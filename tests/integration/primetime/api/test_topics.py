"""Topics over HTTP: levels, stability, history, and analyses of single searches."""

from collections.abc import Callable

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.analysis.running import analyse
from primetime.settings import Settings

Add = Callable[[int, int, int], None]


@pytest.fixture
def reader(client: TestClient) -> TestClient:
    credentials = {"email": "reader@example.org", "password": "correct horse battery"}
    assert client.post("/api/v1/session", json=credentials).status_code == 200
    return client


def test_topics_tell_their_stability_their_history_and_what_is_coarser_and_finer(
    reader: TestClient, connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    for subject in range(9):
        add(1000 * (subject + 1), 40, subject)
    analyse(connection, model_hash="planted", settings=settings)
    first = reader.get("/api/v1/topics").json()
    assert first["changes"] == []  # nothing was before
    add(20_000, 40, 10)
    analyse(connection, model_hash="planted", settings=settings)
    found = reader.get("/api/v1/topics").json()
    (born,) = found["changes"]
    assert (born["kind"], born["other_key"]) == ("born", None)
    new = next(topic for topic in found["items"] if topic["key"] == born["topic_key"])
    assert new["agreement"] is None
    assert all(0 < topic["stability"] <= 1 for topic in found["items"])
    assert [change["kind"] for change in reader.get(f"/api/v1/topics/{new['id']}").json()["history"]] == ["born"]

    shown = reader.get("/api/v1/topics/map").json()
    levels = {group["level"] for group in shown["groups"]}
    assert levels == {-1, 1}
    assert len(shown["points"]["subtopic"]) == len(shown["points"]["pmid"]) == 400
    assert (shown["articles"], shown["drawn"]) == (400, 400)
    themes = {group["id"] for group in shown["groups"] if group["level"] == 1}
    assert {topic["theme"] for topic in shown["topics"]} == themes


def test_topics_of_one_search_are_read_by_its_name(
    reader: TestClient, connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    for subject in range(4):
        add(1000 * (subject + 1), 40, subject)
    pmids = [*range(1000, 1040), *range(2000, 2040)]
    analyse(connection, model_hash="planted", settings=settings, scope="search 7", pmids=pmids)
    for path in ("/api/v1/topics", "/api/v1/topics/map", "/api/v1/topics/0"):
        assert reader.get(path).status_code == 404  # nothing was analysed but the search
        assert reader.get(path, params={"scope": "search 7"}).status_code == 200
    assert len(reader.get("/api/v1/topics", params={"scope": "search 7"}).json()["items"]) == 2
    absent = reader.get("/api/v1/topics", params={"scope": "search 8"})
    assert absent.status_code == 404
    assert "search 8" in absent.text
    assert reader.get("/api/v1/topics", params={"scope": "x" * 101}).status_code == 422


def test_a_topic_is_followed_through_all_analyses(
    reader: TestClient, connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    assert reader.get("/api/v1/topics/changes").status_code == 404  # nothing was analysed
    for subject in range(6):
        add(1000 * (subject + 1), 40, subject)
    first = analyse(connection, model_hash="planted", settings=settings)
    assert reader.get("/api/v1/topics/changes").json() == {"items": []}  # the first bears all, which is no change
    add(1500, 30, 0)
    add(20_000, 40, 10)
    second = analyse(connection, model_hash="planted", settings=settings)
    connection.execute("DELETE FROM articles WHERE pmid BETWEEN 6000 AND 6999")
    connection.commit()
    third = analyse(connection, model_hash="planted", settings=settings)

    changes = reader.get("/api/v1/topics/changes").json()["items"]
    assert [(one["run_id"], one["kind"]) for one in changes] == [(third.run_id, "died"), (second.run_id, "born")]
    assert reader.get("/api/v1/topics/changes", params={"limit": 1}).json()["items"] == changes[:1]

    grown = max(reader.get("/api/v1/topics").json()["items"], key=lambda topic: topic["articles"])
    life = reader.get(f"/api/v1/topics/{grown['id']}/life").json()
    assert [one["run_id"] for one in life["items"]] == [third.run_id, second.run_id, first.run_id]
    assert [one["articles"] for one in life["items"]] == [70, 70, 40]
    assert life["items"][0]["topic_id"] == grown["id"]
    assert life["items"][-1]["agreement"] is None
    assert reader.get("/api/v1/topics/99/life").status_code == 404
    assert reader.get("/api/v1/topics/0/life", params={"scope": "search 8"}).status_code == 404


def test_a_topic_of_an_older_release_has_no_life_to_tell(
    reader: TestClient, connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    for subject in range(3):
        add(1000 * (subject + 1), 40, subject)
    analyse(connection, model_hash="planted", settings=settings)
    connection.execute("UPDATE analysis_topics SET key = NULL")
    connection.commit()
    assert reader.get("/api/v1/topics/0/life").json() == {"items": []}
