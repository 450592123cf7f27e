"""Alerts over HTTP: who is shown what, and what is seen."""

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import Role


def signed_in(client: TestClient, role: Role) -> TestClient:
    credentials = {"email": f"{role}@example.org", "password": "correct horse battery"}
    assert client.post("/api/v1/session", json=credentials).status_code == 200
    return client


@pytest.fixture
def told(connection: psycopg.Connection) -> list[int]:
    """One alert for everybody and one for operators, their ids."""
    rows = connection.execute(
        "INSERT INTO alerts (kind, subject, title, detail, for_operators) VALUES"
        " ('topic rising', 'a', 'Rising: gout', 'fast', false), ('run failed', 'b', 'The night failed', 'why', true)"
        " RETURNING id"
    ).fetchall()
    connection.commit()
    return [row[0] for row in rows]


def test_readers_are_told_of_topics_and_administrators_of_failed_runs_too(client: TestClient, told: list[int]) -> None:
    assert client.get("/api/v1/alerts").status_code == 401
    found = signed_in(client, Role.READER).get("/api/v1/alerts").json()
    assert found["unseen"] == 1
    (rising,) = found["items"]
    assert rising.pop("at")
    assert rising == {
        "id": told[0],
        "kind": "topic rising",
        "title": "Rising: gout",
        "detail": "fast",
        "seen": False,
        "topic_id": None,
        "search_id": None,
        "work_run_id": None,
    }
    found = signed_in(client, Role.ADMINISTRATOR).get("/api/v1/alerts").json()
    assert [one["id"] for one in found["items"]] == told[::-1]
    assert found["unseen"] == 2


def test_what_one_has_seen_another_has_not(client: TestClient, told: list[int]) -> None:
    signed_in(client, Role.ADMINISTRATOR)
    assert client.post("/api/v1/alerts/seen", json={"ids": [told[1]]}).status_code == 204
    assert client.get("/api/v1/alerts", params={"limit": 1}).json()["unseen"] == 1
    assert client.post("/api/v1/alerts/seen", json={}).status_code == 204
    assert {one["seen"] for one in client.get("/api/v1/alerts").json()["items"]} == {True}
    assert signed_in(client, Role.READER).get("/api/v1/alerts").json()["unseen"] == 1
    assert client.post("/api/v1/alerts/seen", json={"ids": [told[1]]}).status_code == 204, "passed over"
    assert client.get("/api/v1/alerts").json()["unseen"] == 1


@pytest.mark.parametrize("body", [{"ids": [0]}, {"ids": "all"}, {"ids": [1] * 1001}, {"ids": [2**63]}])
def test_ids_that_cannot_be_are_refused(client: TestClient, body: dict[str, object]) -> None:
    assert signed_in(client, Role.READER).post("/api/v1/alerts/seen", json=body).status_code == 422
    assert client.get("/api/v1/alerts", params={"limit": 201}).status_code == 422
