"""What is somebody else's: everybody adds to what is shared, its owner or an administrator takes away."""

from dataclasses import dataclass

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import QUERIES
from primetime.accounts.sessions import Sessions
from primetime.api.visitors import COOKIE
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.searches.record import Order
from primetime.searches.storing import create_search
from primetime.settings import Settings


@dataclass(frozen=True)
class People:
    ann: TestClient
    ben: TestClient
    administrator: TestClient


@pytest.fixture
def people_apart(
    client: TestClient, connection: psycopg.Connection, app_settings: Settings, password_hash: str
) -> People:
    """Two researchers and an administrator, with articles 1 to 5."""
    sessions = Sessions(app_settings.session_secret.encode(), hours=1)
    account = {"email": "ben@example.org", "name": "Ben", "role": "researcher", "password_hash": password_hash}
    connection.execute(QUERIES["create_account"], account)
    store_articles(connection, [Article(pmid=pmid, title=f"Article {pmid}") for pmid in range(1, 6)])
    clients = []
    for email in ("researcher@example.org", "ben@example.org", "administrator@example.org"):
        one = TestClient(client.app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)
        row = connection.execute("SELECT id FROM accounts WHERE email = %s", (email,)).fetchone()
        assert row is not None
        one.cookies.set(COOKIE, sessions.open(connection, row[0]))
        clients.append(one)
    connection.commit()
    return People(*clients)


def test_an_article_is_removed_by_the_owner_or_by_who_added_it(people_apart: People) -> None:
    ann, ben, administrator = people_apart.ann, people_apart.ben, people_apart.administrator
    made = ann.post("/api/v1/collections", json={"name": "Review", "shared": True}).json()
    path = f"/api/v1/collections/{made['id']}/articles"
    assert ann.post(path, json={"pmids": [1, 2, 3]}).json() == {"added": 3}
    assert ben.post(path, json={"pmids": [4, 5]}).json() == {"added": 2}
    refused = ben.delete(f"{path}/1")
    assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
    assert ben.delete(f"{path}/77").status_code == 404
    assert ben.delete(f"{path}/4").status_code == 204
    assert ann.put(f"{path}/5/mark", json={"mark": "include"}).status_code == 204
    assert ben.delete(f"{path}/5").status_code == 403, "it would take Ann's mark away"
    assert ann.delete(f"{path}/5").status_code == 204
    assert administrator.delete(f"{path}/3").status_code == 204
    assert [one["pmid"] for one in ann.get(path).json()["items"]] == [1, 2]


def test_notes_and_collections_are_their_makers(people_apart: People) -> None:
    ann, ben = people_apart.ann, people_apart.ben
    note = ann.post("/api/v1/articles/1/notes", json={"text": "zinc", "shared": True}).json()["id"]
    made = ann.post("/api/v1/collections", json={"name": "Review", "shared": True}).json()["id"]
    for path in (f"/api/v1/notes/{note}", f"/api/v1/collections/{made}"):
        assert ben.delete(path).status_code == 403
        assert ben.patch(path, json={"shared": False}).status_code == 403
        assert ann.delete(path).status_code == 204


def test_searches_and_saved_ones_are_their_makers_and_administrators(
    people_apart: People, connection: psycopg.Connection
) -> None:
    ann, ben, administrator = people_apart.ann, people_apart.ben, people_apart.administrator
    searches = [ann.post("/api/v1/searches", json={"query": "zinc"}).json()["search_id"] for _ in range(2)]
    command_line = create_search(connection, Order(query="zinc", max_results=5))
    connection.execute("UPDATE searches SET state = 'done'")
    connection.commit()
    me = ann.get("/api/v1/session").json()["id"]
    assert [one["requested_by_id"] for one in ben.get("/api/v1/searches").json()["items"]] == [None, me, me]
    saved = [
        ann.post("/api/v1/saved-searches", json={"search_id": one, "name": "Zinc"}).json()["id"] for one in searches
    ]
    assert [one["saved_by_id"] for one in ben.get("/api/v1/saved-searches").json()["items"]] == [me, me]
    assert ben.patch(f"/api/v1/saved-searches/{saved[0]}", json={"name": "Mine"}).status_code == 403
    assert ann.patch(f"/api/v1/saved-searches/{saved[0]}", json={"name": "Zinc again"}).status_code == 200
    for own, other in ((f"/api/v1/{kind}/{ids[0]}", f"/api/v1/{kind}/{ids[1]}")
                       for kind, ids in (("saved-searches", saved), ("searches", searches))):  # fmt: skip
        assert ben.delete(own).status_code == ben.delete(other).status_code == 403
        assert ann.delete(own).status_code == administrator.delete(other).status_code == 204
        assert ben.delete(own).status_code == 404
    assert ben.delete(f"/api/v1/searches/{command_line}").status_code == 204, "nobody's"
