"""Collections, marks and notes: one's own, and what is shared."""

import csv
import io
from dataclasses import dataclass
from datetime import date

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import Role
from primetime.accounts.sessions import Sessions
from primetime.api.visitors import COOKIE
from primetime.articles.record import Article, PublicationDate
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
    first = team.reader.get(path, params={"page_size": 3}).json()
    second = team.reader.get(path, params={"page_size": 3, "page": 2}).json()
    assert [one["article"]["title"] for one in first["items"] + second["items"]] == [
        f"Article {pmid}" for pmid in range(1, 5)
    ]
    assert (first["total"], second["total"]) == (4, 4)
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
    disputed = team.reader.get(path, params={"disputed": True}).json()
    assert ([one["pmid"] for one in disputed["items"]], disputed["total"]) == ([1], 1)
    told = team.researcher.get(path.removesuffix("/articles")).json()
    assert [told[name] for name in ("own", "articles", "included", "excluded", "maybe")] == [True, 3, 1, 0, 0]
    assert team.other.get(path.removesuffix("/articles")).json()["excluded"] == 1
    assert team.other.delete(f"{path}/1/mark").status_code == 204
    assert team.other.delete(f"{path}/1/mark").status_code == 404


def test_a_collection_is_searched_and_put_in_order(team: People, connection: psycopg.Connection) -> None:
    years = {11: 1999, 12: 2021, 13: 2010}
    papers = [
        Article(
            pmid=pmid,
            title=f"{'Zinc' if pmid == 11 else 'Asthma'} {pmid}",
            publication_date=PublicationDate(printed=str(year), first=date(year, 1, 1)),
        )
        for pmid, year in years.items()
    ]
    store_articles(connection, papers)
    connection.commit()
    path = collection(team.researcher, shared=False) + "/articles"
    for pmid in (12, 13, 11):
        team.researcher.post(path, json={"pmids": [pmid]})

    def shown(**question: str) -> list[int]:
        return [one["pmid"] for one in team.researcher.get(path, params=question).json()["items"]]

    assert (shown(), shown(sort="newest"), shown(sort="oldest")) == ([12, 13, 11], [12, 13, 11], [11, 13, 12])
    assert (shown(sort="title"), shown(q="asthma", sort="oldest")) == ([12, 13, 11], [13, 12])
    assert shown(q="\0") == shown()
    assert team.researcher.get(path, params={"sort": "colour"}).status_code == 422


def test_a_collection_leaves_as_a_file_with_what_was_decided(team: People) -> None:
    path = collection(team.researcher, shared=True)
    team.researcher.post(f"{path}/articles", json={"pmids": [1, 2, 3]})
    team.researcher.put(f"{path}/articles/2/mark", json={"mark": "exclude", "reason": "animals only"})
    team.other.put(f"{path}/articles/2/mark", json={"mark": "maybe"})
    wanted = {"collection_id": path.rpartition("/")[2], "sort": "title"}
    told = team.reader.get("/api/v1/export", params=wanted).text
    rows = list(csv.DictReader(io.StringIO(told.removeprefix("\ufeff"))))
    assert [row["Title"] for row in rows] == ["Article 1", "Article 2", "Article 3"]
    assert rows[1]["Screening"] == "researcher: exclude (animals only); administrator: maybe"
    for narrowed in ({"mark": "exclude"}, {"disputed": True}, {"q": '"Article 2"'}):
        ris = team.researcher.get("/api/v1/export", params=wanted | narrowed | {"format": "ris"}).text
        assert (ris.count("TY  - "), "Article 2" in ris) == (1, True), narrowed
    rest = team.researcher.get("/api/v1/export", params=wanted | {"format": "ris", "unmarked": True}).text
    assert rest.count("TY  - ") == 2
    assert team.researcher.get("/api/v1/export", params={"collection_id": 99}).status_code == 404
    for pmid in (3, 1):  # taken out and put in again: the last to have been added
        team.researcher.delete(f"{path}/articles/{pmid}")
        team.researcher.post(f"{path}/articles", json={"pmids": [pmid]})
    order = [one["pmid"] for one in team.researcher.get(f"{path}/articles", params={"sort": "added"}).json()["items"]]
    added = team.reader.get("/api/v1/export", params={"collection_id": wanted["collection_id"], "as_added": True}).text
    rows = list(csv.DictReader(io.StringIO(added.removeprefix("\ufeff"))))
    assert [int(row["PMID"]) for row in rows] == order == [2, 3, 1]


def test_a_list_is_told_what_people_have_made_of_its_articles(team: People) -> None:
    shared = collection(team.researcher, shared=True, name="Shared")
    own = collection(team.researcher, shared=False, name="Own")
    for path in (shared, own):
        team.researcher.post(f"{path}/articles", json={"pmids": [1]})
    team.researcher.put(f"{shared}/articles/1/mark", json={"mark": "include"})
    team.researcher.post("/api/v1/articles/1/notes", json={"text": "mine"})
    asked = {"pmid": [2, 1, 99]}
    mine = team.researcher.get("/api/v1/screened", params=asked).json()["items"]
    assert [(one["pmid"], len(one["collections"]), one["notes"]) for one in mine] == [(2, 0, 0), (1, 2, 1), (99, 0, 0)]
    (_, seen, _) = team.other.get("/api/v1/screened", params=asked).json()["items"]
    (held,) = seen["collections"]
    assert (held["name"], held["marks"][0]["account"], held["marks"][0]["own"], seen["notes"]) == (
        "Shared",
        "researcher",
        False,
        0,
    )
    assert team.other.get("/api/v1/screened").status_code == 422
    assert team.other.get("/api/v1/screened", params={"pmid": list(range(1, 202))}).status_code == 422


def test_what_was_decided_outlives_an_article_that_is_withdrawn(team: People, connection: psycopg.Connection) -> None:
    path = collection(team.researcher, shared=False) + "/articles"
    team.researcher.post(path, json={"pmids": [1]})
    team.researcher.put(f"{path}/1/mark", json={"mark": "include"})
    team.researcher.post("/api/v1/articles/1/notes", json={"text": "important"})
    connection.execute("DELETE FROM articles WHERE pmid = 1")
    connection.commit()
    (item,) = team.researcher.get(path).json()["items"]
    assert (item["article"], item["marks"][0]["mark"]) == (None, "include")
    (note,) = team.researcher.get("/api/v1/articles/1/notes").json()["items"]
    assert (note["title"], note["text"]) == ("", "important")


def test_notes_are_their_authors_to_share_and_to_change(team: People) -> None:
    note = team.researcher.post("/api/v1/articles/1/notes", json={"text": "small sample"}).json()
    path = f"/api/v1/notes/{note['id']}"
    assert team.other.get("/api/v1/articles/1/notes").json()["items"] == []
    assert team.other.patch(path, json={"text": "x"}).status_code == 404
    assert team.researcher.patch(path, json={"shared": True}).json()["text"] == "small sample"
    (seen,) = team.reader.get("/api/v1/articles/1/notes").json()["items"]
    assert (seen["author"], seen["own"], seen["title"]) == ("researcher", False, "Article 1")
    assert team.other.patch(path, json={"text": "x"}).status_code == 403
    assert team.other.delete(path).status_code == 403
    assert team.researcher.post("/api/v1/articles/99/notes", json={"text": "x"}).status_code == 404
    assert [one["id"] for one in team.researcher.get("/api/v1/notes").json()["items"]] == [note["id"]]
    assert team.researcher.delete(path).status_code == 204
    assert team.researcher.delete(path).status_code == 404
