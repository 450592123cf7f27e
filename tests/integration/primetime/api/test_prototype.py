"""The prototype's paths answer with the prototype's fields."""

import csv
import io

import httpx
import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import Role
from primetime.api.application import create_app
from primetime.articles.record import Article, Author, PublicationDate
from primetime.articles.storing import store_articles
from primetime.database.migrations import read_migrations
from primetime.searches.record import Order
from primetime.searches.storing import create_search
from primetime.settings import Settings

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


@pytest.fixture
def search_id(reader: TestClient, connection: psycopg.Connection) -> int:
    """A search that has stored articles 2, 4 and 9, and has yet to fetch 5."""
    made = create_search(connection, Order(query="zinc[tiab]", max_results=7, idea="", keywords="zinc"))
    connection.execute(
        "INSERT INTO search_articles (search_id, pmid, rank, fetched_at)"
        " VALUES (%(id)s, 9, 1, now()), (%(id)s, 4, 2, now()), (%(id)s, 2, 3, now()), (%(id)s, 5, 4, NULL)",
        {"id": made},
    )
    connection.commit()
    return made


def pmids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["pmid"] for one in answer.json()]


def test_the_prototypes_offset_passes_over_articles(reader: TestClient) -> None:
    first = reader.get("/api/articles?limit=2&offset=3")
    assert pmids(first) == ["4", "5"]
    assert pmids(reader.get(first.links["next"]["url"])) == ["9"]
    assert pmids(reader.get("/api/articles?offset=6")) == []
    assert reader.get("/api/articles?offset=100001").status_code == 422


def test_the_prototypes_search_id_narrows_to_the_articles_of_a_search(reader: TestClient, search_id: int) -> None:
    first = reader.get(f"/api/articles?search_id={search_id}&limit=2")
    assert pmids(first) == ["2", "4"]
    assert pmids(reader.get(first.links["next"]["url"])) == ["9"]
    unknown = reader.get(f"/api/articles?search_id={search_id + 1}")
    assert (unknown.status_code, unknown.json()["detail"]) == (404, f"there is no search {search_id + 1}")


def test_who_reads_without_an_account_sees_no_search(settings: Settings, search_id: int) -> None:
    app = create_app(settings.model_copy(update={"reading_without_account": True}))
    with TestClient(app, base_url="http://127.0.0.1:8000") as anybody:
        assert anybody.get("/api/articles").status_code == 200
        assert anybody.get(f"/api/articles?search_id={search_id}").status_code == 401


def test_a_slash_at_the_end_changes_nothing_and_sends_nobody_to_the_origins_host(reader: TestClient) -> None:
    for path in ("/api/articles", "/api/articles/1", "/api/v1/articles", "/api/database/status"):
        answer = reader.get(f"{path}/", headers={"Host": "origin.internal"}, follow_redirects=False)
        assert (answer.status_code, answer.json()) == (200, reader.get(path).json())
    nowhere = reader.get("/health/", follow_redirects=False)
    assert (nowhere.status_code, nowhere.headers["content-type"]) == (404, "application/problem+json")


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
