"""The prototype's paths answer with the prototype's fields."""

import csv
import io

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import Role
from primetime.articles.record import Article, Author, PublicationDate
from primetime.articles.storing import store_articles
from primetime.database.migrations import read_migrations

PASSWORD = "correct horse battery"
FIELDS = {"id", "pmid", "title", "journal", "pub_date", "authors", "citation_count", "doi", "abstract"}


@pytest.fixture
def reader(client: TestClient, connection: psycopg.Connection) -> TestClient:
    author = Author(last_name="Smith, Jones", initials="J")
    articles = [Article(pmid=pmid, title=f"Article {pmid}", authors=(author,)) for pmid in range(1, 6)]
    articles.append(Article(pmid=9, title="No date", publication_date=PublicationDate(printed="some day")))
    store_articles(connection, articles)
    connection.commit()
    credentials = {"email": f"{Role.READER}@example.org", "password": PASSWORD}
    assert client.post("/api/v1/session", json=credentials).status_code == 200
    return client


def test_articles_come_in_pages_that_lead_to_the_next(reader: TestClient) -> None:
    found, path = [], "/api/articles?limit=4"
    while path:
        answer = reader.get(path)
        found += answer.json()
        path = answer.links.get("next", {}).get("url", "")
    assert [one["pmid"] for one in found] == ["1", "2", "3", "4", "5", "9"]
    assert set(found[0]) >= FIELDS


def test_what_is_unknown_is_null_and_a_comma_splits_no_author(reader: TestClient) -> None:
    found = reader.get("/api/articles/1").json()
    assert found["authors"] == ["Smith, Jones J"]
    assert found["citation_count"] is None
    undated = reader.get("/api/articles/9").json()
    assert (undated["pub_date"], undated["date_printed"]) == (None, "some day")
    assert reader.get("/api/articles/77").status_code == 404


def test_citations_that_are_known_are_told(reader: TestClient, connection: psycopg.Connection) -> None:
    connection.execute(
        "INSERT INTO article_citations (pmid, source, citations)"
        " VALUES (1, 'icite', NULL), (1, 'openalex', 4), (1, 'crossref', 6), (2, 'icite', 0), (2, 'crossref', 9)"
    )
    connection.commit()
    found = {one["pmid"]: one["citation_count"] for one in reader.get("/api/articles").json()}
    assert (found["1"], found["2"], found["3"]) == (4, 0, None)


def test_the_database_tells_how_it_is_and_nothing_changes_it(reader: TestClient) -> None:
    found = reader.get("/api/database/status").json()
    assert (found["connected"], found["pending"]) == (True, [])
    assert found["migration"] == read_migrations()[-1].name
    assert found["message"].startswith("connected to PostgreSQL")
    described = reader.get("/api/v1/openapi.json").json()["paths"]
    assert [path for path in described if "database" in path] == ["/api/database/status"]
    assert list(described["/api/database/status"]) == ["get"]


def test_the_export_is_the_same_under_both_paths(reader: TestClient) -> None:
    old, new = (
        list(csv.reader(io.StringIO(reader.get(path).content.decode("utf-8-sig"))))
        for path in ("/api/export/csv", "/api/v1/export/csv")
    )
    assert old == new
    assert len(old) == 7
    assert old[0][:3] == ["PMID", "Title", "Abstract"]


def test_health_is_open_and_ready_tells_of_the_queue(client: TestClient, connection: psycopg.Connection) -> None:
    assert {"status", "release_id", "version", "timestamp"} <= set(client.get("/api/health").json())
    assert client.get("/ready").json()["queue"] == {
        "status": "ok", "waiting": 0, "running": 0, "failed": 0, "workers": 0,
    }  # fmt: skip
    connection.execute("DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs CASCADE")
    connection.commit()
    ready = client.get("/ready")
    assert (ready.status_code, ready.json()["queue"]["status"]) == (503, "missing")
