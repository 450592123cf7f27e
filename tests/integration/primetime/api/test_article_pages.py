"""What the article's page shows, duplicates that are undone by it, and exports in every format."""

import csv
import io
from dataclasses import replace

import openpyxl
import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import Role
from primetime.articles.duplicates.linking import link_duplicates
from primetime.articles.record import Article, Author, Chemical, Correction, Details
from primetime.articles.storing import store_articles
from primetime.searches.record import Order
from primetime.searches.storing import create_search

PASSWORD = "correct horse battery"
LOCAL = 5_000_000_000_000_000
PUBMED = Article(
    pmid=77,
    title="Copper bed linens and infections in long-term care",
    volume="12",
    issue="3",
    pages="53-60",
    doi="10.1/x",
    authors=(Author(last_name="Butler", initials="JP"),),
    publication_types=("Retracted Publication",),
    details=Details(
        chemicals=(Chemical(registry_number="1", ui="D1", name="Copper"),),
        corrections=(Correction(kind="RetractionIn", source="Heart. 2001", pmid=9, note=""),),
    ),
)
EMBASE = replace(PUBMED, pmid=LOCAL, version=-1, publication_types=(), details=Details())


@pytest.fixture
def corpus(connection: psycopg.Connection) -> None:
    store_articles(connection, [replace(PUBMED, title="As it was")])
    store_articles(connection, [PUBMED, EMBASE])
    link_duplicates(connection)
    connection.execute(
        "INSERT INTO article_citations (pmid, source, citations, relative_citation_ratio) VALUES (77, 'icite', 4, 1.5)"
    )
    connection.commit()


def sign_in(client: TestClient, role: Role) -> None:
    credentials = {"email": f"{role}@example.org", "password": PASSWORD}
    assert client.post("/api/v1/session", json=credentials).status_code == 200


def test_an_article_is_shown_in_full(corpus: None, client: TestClient) -> None:
    sign_in(client, Role.READER)
    found = client.get("/api/v1/articles/77").json()
    assert (found["has_pmid"], found["retracted"], found["version"]) == (True, True, 1)
    assert (found["volume"], found["issue"], found["pages"]) == ("12", "3", "53-60")
    assert found["details"]["corrections"][0]["kind"] == "RetractionIn"
    assert found["details"]["chemicals"][0]["name"] == "Copper"
    assert [(one["version"], one["title"]) for one in found["earlier_versions"]] == [(1, "As it was")]
    assert [(one["source"], one["citations"]) for one in found["citations"]] == [("icite", 4)]
    assert (found["duplicate_of"], found["duplicates"]) == (None, [LOCAL])
    other = client.get(f"/api/v1/articles/{LOCAL}").json()
    assert (other["has_pmid"], other["duplicate_of"], other["citations"]) == (False, 77, [])
    listed = client.get("/api/v1/articles").json()
    assert [(item["pmid"], item["retracted"]) for item in listed["items"]] == [(77, True)]


def test_a_researcher_undoes_a_duplicate(corpus: None, client: TestClient) -> None:
    sign_in(client, Role.READER)
    assert client.delete(f"/api/v1/articles/{LOCAL}/duplicate").status_code == 403
    sign_in(client, Role.RESEARCHER)
    assert client.delete(f"/api/v1/articles/{LOCAL}/duplicate").status_code == 204
    listed = client.get("/api/v1/articles", params={"q": "linens"}).json()
    assert (listed["total"], listed["total_is_estimate"]) == (2, False)
    assert client.delete(f"/api/v1/articles/{LOCAL}/duplicate").status_code == 404


@pytest.mark.parametrize(
    ("wanted", "name", "begins"),
    [
        ("csv", ".csv", b"\xef\xbb\xbfPMID,"),
        ("ris", ".ris", b"TY  - JOUR\r\n"),
        ("bibtex", ".bib", b"@article{butler-77,"),
        ("nbib", ".nbib", b"PMID- 77\n"),
        ("excel", ".xlsx", b"PK"),
    ],
)
def test_exports(corpus: None, client: TestClient, wanted: str, name: str, begins: bytes) -> None:
    sign_in(client, Role.READER)
    response = client.get("/api/v1/export", params={"format": wanted, "q": "linens"})
    assert response.status_code == 200
    assert name in response.headers["content-disposition"]
    assert response.content.startswith(begins)
    assert str(LOCAL).encode() not in response.content
    if wanted == "excel":
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        assert sheet is not None
        assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["PMID", 77]


def test_an_unknown_format_is_refused(corpus: None, client: TestClient) -> None:
    sign_in(client, Role.READER)
    assert client.get("/api/v1/export", params={"format": "doc"}).status_code == 422


def test_a_search_of_pubmed_is_exported_in_its_rank(
    corpus: None, client: TestClient, connection: psycopg.Connection
) -> None:
    store_articles(connection, [replace(PUBMED, pmid=78, title="Another")])
    search_id = create_search(
        connection, Order(query="copper[tiab]", max_results=7, idea="=copper", keywords="copper"), account_id=None
    )
    connection.execute(
        "INSERT INTO search_articles (search_id, pmid, rank, fetched_at)"
        " VALUES (%(id)s, 78, 1, now()), (%(id)s, 77, 2, now()), (%(id)s, 5, 3, NULL)",
        {"id": search_id},
    )
    connection.execute('UPDATE searches SET scores = \'{"novelty": 0.25, "score": 0.5, "recency": 0.75}\'')
    connection.commit()
    sign_in(client, Role.READER)
    response = client.get("/api/v1/export", params={"search_id": search_id})
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert [row["PMID"] for row in rows] == ["78", "77"]
    assert (rows[0]["Idea"], rows[0]["Keywords"], rows[0]["Max Results"]) == ("'=copper", "copper", "7")
    assert (rows[0]["Novelty Score"], rows[0]["Recency Score"], rows[0]["Opportunity Score"]) == ("0.25", "0.75", "0.5")
    assert rows[0]["Citation Rate Score"] == ""
    assert client.get("/api/v1/export", params={"search_id": search_id + 1}).status_code == 404
