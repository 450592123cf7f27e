"""A search's articles over HTTP: narrowed, in every order, page after page, and the same as a file."""

import csv
import io
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.articles.listing import Filters
from primetime.articles.publication_date import read_publication_date
from primetime.articles.record import Article, MeshHeading
from primetime.articles.storing import store_articles
from primetime.exports.selection import Selection, look_up
from primetime.searches.record import MOST_RESULTS, Order
from primetime.searches.storing import create_search

PASSWORD = "correct horse battery"
# By rank: PMID, year, similarity, citations as iCite and Crossref tell them.
FOUND = [
    (11, "2001", 0.5, (3, None)),
    (12, "", None, (None, 40)),
    (13, "2003", 0.9, (3, 100)),
    (14, "2003", 0.5, (0, None)),
    (15, "2002", 0.1, (None, None)),
]


@pytest.fixture
def search(connection: psycopg.Connection) -> int:
    """Its first three articles are in Thorax, the second and the third are reviews, the last two are under Asthma."""
    store_articles(
        connection,
        [
            Article(
                pmid=pmid,
                title=f"Paper {pmid}",
                journal="Thorax" if pmid <= 13 else "Chest",
                publication_types=("Review",) if pmid in (12, 13) else (),
                mesh=(MeshHeading(ui="D1", name="Asthma", major=True),) if pmid >= 14 else (),
                publication_date=read_publication_date(year=year),
            )
            for pmid, year, _, _ in FOUND
        ],
    )
    store_articles(connection, [Article(pmid=99, title="Of no search", journal="Thorax")])
    search_id = create_search(connection, Order(query="asthma", max_results=10, idea="zinc"))
    for rank, (pmid, _, similarity, (icite, crossref)) in enumerate(FOUND, 1):
        connection.execute(
            "INSERT INTO search_articles (search_id, pmid, rank, fetched_at, similarity, is_new)"
            " VALUES (%s, %s, %s, now(), %s, %s)",
            (search_id, pmid, rank, similarity, pmid >= 13),
        )
        connection.execute(
            "INSERT INTO article_citations (pmid, source, citations) VALUES (%s, 'icite', %s), (%s, 'crossref', %s)",
            (pmid, icite, pmid, crossref),
        )
    connection.commit()
    return search_id


@pytest.fixture
def reader(client: TestClient) -> TestClient:
    assert client.post("/api/v1/session", json={"email": "reader@example.org", "password": PASSWORD}).is_success
    return client


def page(client: TestClient, search: int, **asked: Any) -> dict[str, Any]:
    response = client.get(f"/api/v1/searches/{search}/articles", params=asked)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("rank", [11, 12, 13, 14, 15]),
        ("similarity", [13, 11, 14, 15, 12]),
        ("newest", [13, 14, 15, 11, 12]),
        ("citations", [12, 11, 13, 14, 15]),  # 40 by Crossref, 3 and 3 and 0 by iCite, unknown
    ],
)
def test_in_every_order_its_pages_are_the_whole_list(
    reader: TestClient, search: int, sort: str, order: list[int]
) -> None:
    walked = []
    for number in (1, 2, 3, 4):
        found = page(reader, search, sort=sort, page=number, page_size=2)
        assert (found["total"], found["page"]) == (5, number)
        walked += [item["pmid"] for item in found["items"]]
    assert walked == order


@pytest.mark.parametrize(
    ("narrowed", "left"),
    [
        ({"journal": "Thorax"}, [11, 12, 13]),
        ({"publication_type": "Review", "year_from": 2000}, [13]),
        ({"mesh": "Asthma"}, [14, 15]),
        ({"year_from": 2002, "year_to": 2002}, [15]),
        ({"only_new": True, "journal": "Thorax"}, [13]),
        ({"only_new": True}, [13, 14, 15]),
        ({"topic": 3}, []),
    ],
)
def test_what_the_filters_leave_is_listed_and_exported(
    reader: TestClient, search: int, narrowed: dict[str, Any], left: list[int]
) -> None:
    found = page(reader, search, **narrowed)
    assert ([item["pmid"] for item in found["items"]], found["total"]) == (left, len(left))
    exported = reader.get("/api/v1/export", params={"search_id": search, **narrowed})
    rows = csv.DictReader(io.StringIO(exported.content.decode("utf-8-sig"), newline=""))
    assert [int(row["PMID"]) for row in rows] == left


def test_an_unknown_order_is_refused(reader: TestClient, search: int) -> None:
    assert reader.get(f"/api/v1/searches/{search}/articles", params={"sort": "title"}).status_code == 422


def test_a_linked_duplicate_is_still_of_the_search(
    reader: TestClient, search: int, connection: psycopg.Connection
) -> None:
    connection.execute("INSERT INTO duplicate_links (duplicate, kept, reason, likeness) VALUES (12, 99, 'doi', 1)")
    connection.commit()
    assert page(reader, search, journal="Thorax")["total"] == 3


def test_an_export_says_what_it_was_narrowed_to(connection: psycopg.Connection, people: None, search: int) -> None:
    selected = look_up(connection, Selection(search_id=search, filters=Filters(journal="Thorax")), account_id=None)
    assert (selected.title, selected.articles) == (f"Search {search}: zinc (in Thorax)", 3)


def test_more_articles_than_a_search_may_ask_for_are_all_exported(
    connection: psycopg.Connection, people: None, search: int
) -> None:
    """A saved search's later run has what came since beside what it asks for."""
    more = range(1_000, 1_000 + MOST_RESULTS)
    store_articles(connection, [Article(pmid=pmid, title=f"Paper {pmid}") for pmid in more])
    connection.execute(
        "INSERT INTO search_articles (search_id, pmid, rank, fetched_at) SELECT %s, pmid, pmid, now() FROM articles"
        " WHERE pmid >= 1000",
        (search,),
    )
    selected = look_up(connection, Selection(search_id=search), account_id=None)
    assert selected.articles == sum(1 for _ in selected.rows) == len(FOUND) + MOST_RESULTS
