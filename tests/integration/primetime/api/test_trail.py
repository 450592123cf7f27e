"""The audit trail of what people change and take away: each once, with ids and no words of theirs."""

import re
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from primetime.accounts.people import Role
from primetime.api.rules import rule_of
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.settings import Settings

PASSWORD = "correct horse battery"
# These compute, or look, or note what one has read; sessions and invitations tell of themselves.
UNRECORDED = {
    ("post", "/api/v1/embed"), ("post", "/api/keywords/generate"), ("post", "/api/v1/keywords"),
    ("post", "/api/v1/queries"), ("post", "/api/v1/queries/text"), ("post", "/api/v1/alerts/seen"),
    ("post", "/api/v1/session"), ("delete", "/api/v1/session"),
    ("post", "/api/v1/invitations/shown"), ("post", "/api/v1/invitations/accepted"),
}  # fmt: skip


@pytest.fixture
def app_settings(exports_settings: Settings) -> Settings:
    return exports_settings


@pytest.fixture
def researcher(client: TestClient, connection: psycopg.Connection) -> TestClient:
    store_articles(connection, [Article(pmid=pmid, title=f"Zinc {pmid}") for pmid in range(1, 4)])
    connection.commit()
    credentials = {"email": f"{Role.RESEARCHER}@example.org", "password": PASSWORD}
    assert client.post("/api/v1/session", json=credentials).status_code == 200
    return client


def trail(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    """After the sign-in: who, what, which; the oldest first."""
    connection.rollback()
    rows = connection.execute("SELECT actor, action, subject FROM audit_events ORDER BY id").fetchall()
    return [row for row in rows if row[1] != "signed in"]


def test_whatever_changes_something_leaves_one_record(researcher: TestClient, connection: psycopg.Connection) -> None:
    def ask(method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = researcher.request(method, f"/api/v1/{path}", json=body)
        assert answer.status_code < 300, answer.text
        return dict(answer.json()) if answer.content else {}

    collection = ask("POST", "collections", {"name": "my secret plan", "description": "of great worth"})["id"]
    ask("POST", f"collections/{collection}/articles", {"pmids": [1, 2]})
    ask("PUT", f"collections/{collection}/articles/2/mark", {"mark": "exclude", "reason": "silly authors"})
    ask("DELETE", f"collections/{collection}/articles/2/mark")
    note = ask("POST", "articles/3/notes", {"text": "between me and me"})["id"]
    ask("PATCH", f"notes/{note}", {"text": "still between us"})
    search = ask("POST", "searches", {"query": "embarrassing disease", "idea": "nobody must know"})["search_id"]
    saved = ask("POST", "saved-searches", {"search_id": search, "name": "what I have"})["id"]
    ask("PATCH", f"saved-searches/{saved}", {"every_days": 3})
    export = ask("POST", "exports", {"collection_id": collection})["id"]
    imported = researcher.post("/api/v1/imports", files={"file": ("list.txt", b"1\n2\n")})
    assert imported.status_code == 202, imported.text
    told = trail(connection)
    assert [event[1:] for event in told] == [
        ("POST /api/v1/collections", f"id={collection}"),
        ("POST /api/v1/collections/{collection_id}/articles", f"collection_id={collection}"),
        ("PUT /api/v1/collections/{collection_id}/articles/{pmid}/mark", f"collection_id={collection} pmid=2"),
        ("DELETE /api/v1/collections/{collection_id}/articles/{pmid}/mark", f"collection_id={collection} pmid=2"),
        ("POST /api/v1/articles/{pmid}/notes", f"pmid=3 id={note}"),
        ("PATCH /api/v1/notes/{note_id}", f"note_id={note} id={note}"),
        ("POST /api/v1/searches", f"search_id={search}"),
        ("POST /api/v1/saved-searches", f"id={saved}"),
        ("PATCH /api/v1/saved-searches/{saved_id}", f"saved_id={saved} id={saved}"),
        ("POST /api/v1/exports", f"id={export}"),
        ("import", "list.txt"),
    ]
    assert {event[0] for event in told} == {"researcher@example.org"}
    rows = str(connection.execute("SELECT * FROM audit_events").fetchall())
    words = ("secret", "worth", "silly", "between", "embarrassing", "nobody must", "what I have")
    assert not [word for word in words if word in rows]


def test_what_is_taken_away_as_a_file_is_recorded(researcher: TestClient, connection: psycopg.Connection) -> None:
    assert len(researcher.get("/api/v1/export/csv", params={"q": "zinc"}).text.splitlines()) == 4
    assert researcher.get("/api/export/csv").status_code == 200
    assert [event[1] for event in trail(connection)] == ["GET /api/v1/export/csv", "GET /api/export/csv"]


def test_what_is_refused_or_only_looked_at_leaves_none(researcher: TestClient, connection: psycopg.Connection) -> None:
    assert researcher.get("/api/v1/articles").status_code == 200
    assert researcher.post("/api/v1/collections", json={"name": ""}).status_code == 422
    assert researcher.delete("/api/v1/notes/77").status_code == 404
    assert researcher.get("/api/v1/export/csv", params={"search_id": 77}).status_code == 404
    assert researcher.post("/api/v1/alerts/seen", json={}).status_code == 204
    assert researcher.post("/api/v1/nothing").status_code == 404
    researcher.cookies.clear()
    assert researcher.post("/api/v1/collections", json={"name": "x"}).status_code == 401
    assert trail(connection) == []


def test_a_program_s_changes_are_told_from_its_person_s(researcher: TestClient, connection: psycopg.Connection) -> None:
    token = researcher.post("/api/v1/account/tokens", json={"name": "script", "scopes": ["write"]}).json()["token"]
    researcher.cookies.clear()
    bearer = {"Authorization": f"Bearer {token}"}
    assert researcher.post("/api/v1/collections", json={"name": "x"}, headers=bearer).status_code == 201
    rows = connection.execute("SELECT action, details, address FROM audit_events ORDER BY id DESC LIMIT 1").fetchall()
    assert rows == [("POST /api/v1/collections", {"by": "token"}, "testclient")]


def test_a_change_that_cannot_be_recorded_is_in_the_log(researcher: TestClient, connection: psycopg.Connection) -> None:
    connection.execute("ALTER TABLE audit_events RENAME TO audit_events_away")
    connection.commit()
    with capture_logs() as logs:
        made = researcher.post("/api/v1/collections", json={"name": "my secret plan"})
    assert made.status_code == 201
    (line,) = [one for one in logs if one["event"] == "not in the audit trail"]
    assert (line["action"], line["subject"]) == ("POST /api/v1/collections", f"id={made.json()['id']}")
    assert "secret" not in str(line)
    assert "example.org" not in str(line)


def test_every_change_of_the_interface_leaves_a_record_unless_it_is_named_here(client: TestClient) -> None:
    paths = client.app.openapi()["paths"]  # type: ignore[attr-defined]
    changes = {(method, path) for path, methods in paths.items() for method in methods if method not in ("get", "head")}
    rules = {(method, path): rule_of(method.upper(), re.sub(r"\{\w+\}", "1", path)) for method, path in changes}
    assert {one for one, rule in rules.items() if not rule.leaves_record(one[0].upper())} == UNRECORDED
