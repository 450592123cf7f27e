"""Collections, marks and notes: one's own, and what is shared."""

from dataclasses import dataclass

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import Role
from primetime.accounts.sessions import Sessions
from primetime.api.visitors import COOKIE
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.settings import Settings


@dataclass(frozen=True)
class People:
    """The same application, used by three."""

    researcher: TestClient
    other: TestClient
    reader: TestClient


@pytest.fixture
def team(client: TestClient, connection: psycopg.Connection, app_settings: Settings) -> People:
    sessions = Sessions(app_settings.session_secret.encode(), hours=1)
    store_articles(connection, [Article(pmid=pmid, title=f"Article {pmid}") for pmid in range(1, 8)])
    clients = []
    for role in (Role.RESEARCHER, Role.ADMINISTRATOR, Role.READER):
        one = TestClient(client.app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)
        row = connection.execute("SELECT id FROM accounts WHERE role = %s", (role.value,)).fetchone()
        assert row is not None
        one.cookies.set(COOKIE, sessions.open(connection, row[0]))
        clients.append(one)
    connection.commit()
    return People(*clients)


def collection(client: TestClient, *, shared: bool, name: str = "Review") -> str:
    made = client.post("/api/v1/collections", json={"name": name, "shared": shared})
    assert made.status_code == 201, made.text
    return f"/api/v1/collections/{made.json()['id']}"


def test_a_collection_is_its_owners_until_it_is_shared(team: People) -> None:
    path = collection(team.researcher, shared=False)
    assert team.other.get(path).status_code == 404
    assert team.other.get("/api/v1/collections").json()["items"] == []
    assert team.researcher.patch(path, json={"shared": True, "description": "ours"}).json()["description"] == "ours"
    assert team.other.get(path).json()["owner"] == "researcher"
    assert team.other.patch(path, json={"name": "mine"}).status_code == 403
    assert team.other.delete(path).status_code == 403
    assert team.reader.get(path).status_code == 200
    assert team.reader.post("/api/v1/collections", json={"name": "x"}).status_code == 403
    assert team.researcher.delete(path).status_code == 204
    assert team.researcher.get(path).status_code == 404


def test_a_name_is_ones_own_once(team: People) -> None:
    collection(team.researcher, shared=False)
    second = collection(team.researcher, shared=False, name="Second")
    collection(team.other, shared=False)
    again = team.researcher.post("/api/v1/collections", json={"name": "Review"})
    renamed = team.researcher.patch(second, json={"name": "Review"})
    for refused in (again, renamed):
        assert (refused.status_code, "already" in refused.json()["detail"]) == (400, True)


def test_articles_are_added_once_and_paged(team: People) -> None:
    path = collection(team.researcher, shared=True) + "/articles"
    assert team.researcher.post(path, json={"pmids": [1, 2, 3, 99]}).json() == {"added": 3}
    assert team.other.post(path, json={"pmids": [3, 4]}).json() == {"added": 1}
    first = team.reader.get(path, params={"limit": 3}).json()
    second = team.reader.get(path, params={"limit": 3, "after": first["next"]}).json()
    assert [one["article"]["title"] for one in first["items"] + second["items"]] == [
        f"Article {pmid}" for pmid in range(1, 5)
    ]
    assert second["next"] is None
    assert team.researcher.delete(f"{path}/1").status_code == 204
    assert team.researcher.delete(f"{path}/1").status_code == 404


def test_two_reviewers_may_differ_and_each_filters_by_their_own(team: People) -> None:
    path = collection(team.researcher, shared=True) + "/articles"
    team.researcher.post(path, json={"pmids": [1, 2, 3]})
    assert team.researcher.put(f"{path}/1/mark", json={"mark": "maybe"}).status_code == 204
    assert team.researcher.put(f"{path}/1/mark", json={"mark": "include"}).status_code == 204
    assert team.other.put(f"{path}/1/mark", json={"mark": "exclude", "reason": "animals"}).status_code == 204
    assert team.reader.put(f"{path}/1/mark", json={"mark": "maybe"}).status_code == 403
    assert team.researcher.put(f"{path}/9/mark", json={"mark": "maybe"}).status_code == 404
    assert team.researcher.put(f"{path}/1/mark", json={"mark": "perhaps"}).status_code == 422
    (item,) = team.other.get(path, params={"mark": "exclude"}).json()["items"]
    assert [(mark["own"], mark["mark"], mark["reason"]) for mark in item["marks"]] == [
        (False, "include", ""),
        (True, "exclude", "animals"),
    ]
    assert team.researcher.get(path, params={"mark": "exclude"}).json()["items"] == []
    unmarked = team.researcher.get(path, params={"unmarked": True}).json()["items"]
    assert [one["pmid"] for one in unmarked] == [2, 3]
    assert team.other.delete(f"{path}/1/mark").status_code == 204
    assert team.other.delete(f"{path}/1/mark").status_code == 404


def test_what_was_decided_outlives_an_article_that_is_withdrawn(team: People, connection: psycopg.Connection) -> None:
    path = collection(team.researcher, shared=False) + "/articles"
    team.researcher.post(path, json={"pmids": [1]})
    team.researcher.put(f"{path}/1/mark", json={"mark": "include"})
    team.researcher.post("/api/v1/articles/1/notes", json={"text": "important"})
    connection.execute("DELETE FROM articles WHERE pmid = 1")
    connection.commit()
    (item,) = team.researcher.get(path).json()["items"]
    assert (item["article"], item["marks"][0]["mark"]) == (None, "include")
    assert len(team.researcher.get("/api/v1/articles/1/notes").json()["items"]) == 1


def test_notes_are_their_authors_to_share_and_to_change(team: People) -> None:
    note = team.researcher.post("/api/v1/articles/1/notes", json={"text": "small sample"}).json()
    path = f"/api/v1/notes/{note['id']}"
    assert team.other.get("/api/v1/articles/1/notes").json()["items"] == []
    assert team.other.patch(path, json={"text": "x"}).status_code == 404
    assert team.researcher.patch(path, json={"shared": True}).json()["text"] == "small sample"
    (seen,) = team.reader.get("/api/v1/articles/1/notes").json()["items"]
    assert (seen["author"], seen["own"]) == ("researcher", False)
    assert team.other.patch(path, json={"text": "x"}).status_code == 403
    assert team.other.delete(path).status_code == 403
    assert team.researcher.post("/api/v1/articles/99/notes", json={"text": "x"}).status_code == 404
    assert [one["id"] for one in team.researcher.get("/api/v1/notes").json()["items"]] == [note["id"]]
    assert team.researcher.delete(path).status_code == 204
    assert team.researcher.delete(path).status_code == 404
