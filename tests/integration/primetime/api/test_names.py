"""Names and e-mail addresses that people give: what is refused, and that what is taken can be undone."""

from urllib.parse import quote

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.searches.record import Order
from primetime.searches.storing import create_search


def test_an_invitation_to_any_address_can_be_withdrawn(administrator: TestClient) -> None:
    for email in ("a/b@c.org", "../x?y=1#z@c.org"):
        assert administrator.post("/api/v1/invitations", json={"email": email, "role": "reader"}).status_code == 201
        assert administrator.delete(f"/api/v1/invitations/{quote(email, safe='')}").status_code == 204
    assert administrator.get("/api/v1/invitations").json()["items"] == []


@pytest.mark.parametrize(
    "email", ["ad\u200ba@c.org", "ada\u00ad@c.org", "ada@\u2060c.org", "\u202eada@c.org", "a@b/c.org"]
)
def test_an_address_that_hides_something_is_refused(administrator: TestClient, email: str) -> None:
    answer = administrator.post("/api/v1/invitations", json={"email": email, "role": "reader"})
    assert answer.status_code == 400
    assert "e-mail" in answer.json()["detail"] or "cannot be seen" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["  ", "\u200b", "\u3164 \t"])
def test_a_name_shows_something(administrator: TestClient, connection: psycopg.Connection, name: str) -> None:
    store_articles(connection, [Article(pmid=1, title="One")])
    search_id = create_search(connection, Order(query="zinc", max_results=1))
    connection.commit()
    collection = administrator.post("/api/v1/collections", json={"name": " Zinc "}).json()
    assert collection["name"] == "Zinc"
    note = administrator.post("/api/v1/articles/1/notes", json={"text": "seen"}).json()
    saved = administrator.post("/api/v1/saved-searches", json={"search_id": search_id, "name": "zinc"}).json()
    own = administrator.get("/api/v1/account").json()
    asked = [
        ("POST", "/api/v1/collections", {"name": name}),
        ("PATCH", f"/api/v1/collections/{collection['id']}", {"name": name}),
        ("POST", "/api/v1/articles/1/notes", {"text": name}),
        ("PATCH", f"/api/v1/notes/{note['id']}", {"text": name}),
        ("POST", "/api/v1/saved-searches", {"search_id": search_id, "name": name}),
        ("PATCH", f"/api/v1/saved-searches/{saved['id']}", {"name": name}),
        ("PATCH", "/api/v1/account", {"name": name}),
        ("PATCH", f"/api/v1/accounts/{own['id']}", {"name": name}),
        ("POST", "/api/v1/account/tokens", {"name": name, "scopes": ["read"]}),
    ]
    for method, path, body in asked:
        assert administrator.request(method, path, json=body).status_code == 422, (method, path)
