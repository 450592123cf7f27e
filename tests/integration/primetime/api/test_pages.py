"""Lists in pages: walked one by one they are the whole list, and a cursor of another list is refused."""

from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.articles.record import Article
from primetime.articles.storing import store_articles

PASSWORD = "correct horse battery"
LISTS = [
    "/api/v1/accounts",
    "/api/v1/invitations",
    "/api/v1/collections",
    "/api/v1/notes",
    "/api/v1/articles/1/notes",
    "/api/v1/saved-searches",
    "/api/v1/searches/{search}/unavailable",
]

NUMBERED = ["/api/v1/searches", "/api/v1/searches/{search}/articles", "/api/v1/collections/{collection}/articles"]


@pytest.fixture
def search(connection: psycopg.Connection, people: None) -> int:
    """Three of everything; the search's number."""
    store_articles(connection, [Article(pmid=pmid, title=f"Article {pmid}") for pmid in (1, 2)])
    connection.execute("""
        INSERT INTO invitations (email, token_hash, name, role, expires_at)
            SELECT name || '@example.org', name::bytea, name, 'reader', now() + interval '1 day'
            FROM unnest(ARRAY['ann', 'bob', 'änne']) AS name;
        INSERT INTO collections (owner_id, name, description, shared)
            SELECT id, named, '', true FROM accounts, unnest(ARRAY['Same name', 'an other']) AS named;
        INSERT INTO notes (pmid, account_id, text, shared)
            SELECT pmid, accounts.id, 'striking', accounts.role <> 'reader'
            FROM articles, accounts, generate_series(1, 2);
        INSERT INTO saved_searches (name, every_days) SELECT 'weekly', 7 FROM generate_series(1, 3);
    """)
    row = connection.execute(
        "INSERT INTO searches (idea, query, max_results, state) VALUES ('', 'zinc', 10, 'done') RETURNING id"
    ).fetchone()
    assert row is not None
    connection.execute(
        "INSERT INTO search_articles (search_id, pmid, rank, problem)"
        " SELECT %s, 10 - n, n, CASE WHEN n <> 2 THEN 'no record' ELSE '' END FROM generate_series(1, 4) AS n",
        (row[0],),
    )
    connection.commit()
    return int(row[0])


def page(client: TestClient, path: str, **asked: Any) -> dict[str, Any]:
    response = client.get(path, params=asked)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("path", LISTS)
def test_its_pages_are_the_whole_list(administrator: TestClient, search: int, path: str) -> None:
    path = path.format(search=search)
    whole = page(administrator, path)
    assert whole["next"] is None
    assert len(whole["items"]) >= 3
    for limit in (1, 2, len(whole["items"])):
        found = page(administrator, path, limit=limit)
        walked = found["items"]
        while found["next"] is not None:
            found = page(administrator, path, limit=limit, cursor=found["next"])
            assert 0 < len(found["items"]) <= limit
            walked += found["items"]
        assert walked == whole["items"]


@pytest.fixture
def numbered(connection: psycopg.Connection, search: int) -> dict[str, int]:
    """Three searches, and three articles in the last one and in a collection: their numbers."""
    store_articles(connection, [Article(pmid=3, title="Article 3")])
    connection.execute("""
        INSERT INTO searches (idea, query, max_results, state) SELECT '', 'zinc', 10, 'done' FROM generate_series(1, 2);
        INSERT INTO search_articles (search_id, pmid, rank, fetched_at)
            SELECT max(id), pmid, pmid, now() FROM searches, articles GROUP BY pmid;
        INSERT INTO collection_articles (collection_id, pmid, added_by)
            SELECT max(id), pmid, NULL FROM collections, articles GROUP BY pmid;
    """)
    row = connection.execute("SELECT max(s.id), max(c.id) FROM searches AS s, collections AS c").fetchone()
    assert row is not None
    connection.commit()
    return {"search": row[0], "collection": row[1]}


@pytest.mark.parametrize("path", NUMBERED)
def test_pages_with_numbers_have_cursors_too(administrator: TestClient, numbered: dict[str, int], path: str) -> None:
    path = path.format(**numbered)
    whole = page(administrator, path)
    assert (whole["next"], whole["page"], whole["total"], len(whole["items"])) == (None, 1, 3, 3)
    for size in (1, 2, 3):
        found = page(administrator, path, page_size=size)
        walked, numbers = found["items"], 1
        while found["next"] is not None:
            found = page(administrator, path, page_size=size, cursor=found["next"])
            numbers += 1
            assert (found["page"], found["total"]) == (None, 3)
            assert 0 < len(found["items"]) <= size
            walked += found["items"]
            if found["next"] is not None:
                assert page(administrator, path, page_size=size, page=numbers)["items"] == found["items"]
        assert walked == whole["items"]


def test_a_search_that_is_started_in_between_is_shown_on_no_later_page(
    administrator: TestClient, numbered: dict[str, int], connection: psycopg.Connection
) -> None:
    whole = page(administrator, "/api/v1/searches")["items"]
    first = page(administrator, "/api/v1/searches", page_size=2)
    connection.execute("INSERT INTO searches (idea, query, max_results) VALUES ('', 'copper', 10)")
    connection.commit()
    rest = page(administrator, "/api/v1/searches", cursor=first["next"])
    assert [one["id"] for one in first["items"] + rest["items"]] == [one["id"] for one in whole]


@pytest.mark.parametrize("path", LISTS)
def test_what_no_page_has_given_is_refused(administrator: TestClient, search: int, path: str) -> None:
    path = path.format(search=search)
    for cursor in ("x", "WzEsMiwzXQ", "W3RydWVd"):  # nothing, three numbers, true
        refused = administrator.get(path, params={"cursor": cursor})
        assert (refused.status_code, refused.json()["remedy"]) == (400, "begin again without one")
    for limit in (0, 1001, "x"):
        assert administrator.get(path, params={"limit": limit}).status_code == 422


@pytest.mark.parametrize("path", NUMBERED)
def test_what_no_numbered_page_has_given_is_refused(
    administrator: TestClient, numbered: dict[str, int], path: str
) -> None:
    for cursor in ("x", "WzEsMiwzXQ", "W3RydWVd", "Wy0xXQ", "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd"):  # … -1, 2**63
        refused = administrator.get(path.format(**numbered), params={"cursor": cursor})
        assert (refused.status_code, refused.json()["remedy"]) == (400, "begin again without one")
    beyond = page(administrator, path.format(**numbered), cursor="WzkyMjMzNzIwMzY4NTQ3NzU4MDdd")  # 2**63 - 1
    assert beyond["next"] is None


def test_what_was_deleted_in_between_hides_nothing(administrator: TestClient, search: int) -> None:
    whole = page(administrator, "/api/v1/collections")["items"]
    own = next(place for place, one in enumerate(whole[:-1]) if one["own"])
    first = page(administrator, "/api/v1/collections", limit=own + 1)
    assert administrator.delete(f"/api/v1/collections/{whole[own]['id']}").status_code == 204
    rest = page(administrator, "/api/v1/collections", cursor=first["next"])
    assert rest["items"] == whole[own + 1 :]
