"""Answers that are kept: until the data changes, whoever changes it; and never when nobody could tell."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, cast

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import Role
from primetime.api.services import Services
from primetime.articles.record import Article, PublicationDate
from primetime.articles.storing import store_articles
from primetime.settings import Settings

PASSWORD = "correct horse battery"
ARTICLE = Article(pmid=1, title="Asthma", abstract="Inhaled")


@pytest.fixture
def app_settings(settings: Settings, connection: psycopg.Connection) -> Settings:
    store_articles(connection, [ARTICLE])
    connection.commit()
    return settings.model_copy(update={"keep_answers": True})


@pytest.fixture
def reader(client: TestClient) -> TestClient:
    credentials = {"email": f"{Role.READER}@example.org", "password": PASSWORD}
    assert client.post("/api/v1/session", json=credentials).status_code == 200
    eventually(lambda: services(client).changes.data is not None and "+" not in services(client).changes.data)
    return client


def services(client: TestClient) -> Services:
    return cast(Services, cast(Any, client.app).state.services)


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until, "it never came about"
        time.sleep(0.02)


def how(client: TestClient, path: str = "/api/v1/articles/1") -> str:
    return str(client.get(path).headers["cache-status"]).partition("; ")[2]


def test_an_answer_is_kept_until_another_process_changes_the_data(
    reader: TestClient, connection: psycopg.Connection
) -> None:
    assert [how(reader), how(reader)] == ["fwd=miss", "hit"]
    first = reader.get("/api/v1/articles/1")
    assert first.json()["title"] == "Asthma"
    assert first.headers["cache-control"] == "private, no-cache"
    store_articles(connection, [replace(ARTICLE, title="Corrected")])
    connection.commit()
    eventually(lambda: reader.get("/api/v1/articles/1").json()["title"] == "Corrected")
    assert reader.get("/api/v1/articles/1").headers["etag"] != first.headers["etag"]


def test_whatever_a_page_is_made_of_changes_the_data(connection: psycopg.Connection) -> None:
    triggers = connection.execute(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'note_data_change' ORDER BY 1"
    ).fetchall()
    assert [name for (name,) in triggers] == [
        "analysis_articles", "analysis_runs", "article_citations", "article_vectors", "articles", "duplicate_links",
    ]  # fmt: skip


def test_a_list_is_counted_once_for_all_its_pages_and_again_when_the_data_change(
    reader: TestClient, connection: psycopg.Connection
) -> None:
    def total(page: int) -> int:
        return int(reader.get(f"/api/v1/articles?year_to=2000&page={page}").json()["total"])

    dated = PublicationDate(printed="1999", first=date(1999, 1, 1), last=date(1999, 12, 31))
    assert total(1) == 0
    assert list(services(reader).counts.current().values()) == [0]
    store_articles(connection, [replace(ARTICLE, pmid=pmid, publication_date=dated) for pmid in (2, 3)])
    connection.commit()
    eventually(lambda: total(1) == 2)
    assert total(2) == 2
    assert list(services(reader).counts.current().values()) == [2]


def test_who_has_an_answer_already_is_told_so(reader: TestClient) -> None:
    etag = reader.get("/api/v1/articles/1").headers["etag"]
    for wanted in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        again = reader.get("/api/v1/articles/1", headers={"If-None-Match": wanted})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert reader.get("/api/v1/articles/1", headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_query_is_part_of_what_is_kept_and_errors_never_are(reader: TestClient) -> None:
    assert how(reader, "/api/v1/articles?q=asthma") == "fwd=miss"
    assert how(reader, "/api/v1/articles?q=heart") == "fwd=miss"
    assert reader.get("/api/v1/articles?q=heart").json()["total"] == 0
    assert reader.get("/api/v1/articles/99").status_code == 404
    assert "cache-status" not in reader.get("/api/v1/articles/99").headers


def test_what_is_ones_own_is_never_kept(reader: TestClient) -> None:
    for path in ("/api/v1/session", "/api/v1/account", "/api/v1/account/tokens"):
        answer = reader.get(path)
        assert (answer.headers["cache-control"], answer.headers.get("etag")) == ("no-store", None)


def test_a_kept_answer_is_not_for_those_who_are_signed_out(reader: TestClient) -> None:
    assert [how(reader), how(reader)] == ["fwd=miss", "hit"]
    token = reader.cookies["primetime_session"]
    assert reader.delete("/api/v1/session").status_code == 204
    reader.cookies.set("primetime_session", token)
    assert reader.get("/api/v1/articles/1").status_code == 401


def test_a_session_ended_by_another_process_ends_here(reader: TestClient, connection: psycopg.Connection) -> None:
    assert reader.get("/api/v1/session").status_code == 200
    connection.execute("DELETE FROM sessions")
    connection.commit()
    eventually(lambda: reader.get("/api/v1/session").status_code == 401)


def test_nothing_is_kept_while_changes_cannot_be_heard(reader: TestClient, connection: psycopg.Connection) -> None:
    assert [how(reader), how(reader)] == ["fwd=miss", "hit"]
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE query LIKE '%data_changes%' AND pid <> pg_backend_pid() AND datname = current_database()"
    )
    connection.commit()
    eventually(lambda: services(reader).changes.data is None)
    assert services(reader).counts.current() is not services(reader).counts.current()
    assert [how(reader), how(reader)] == ["fwd=miss", "fwd=miss"]
    assert reader.get("/api/v1/articles/1", headers={"If-None-Match": "*"}).status_code == 304
    eventually(lambda: services(reader).changes.data is not None)
    assert [how(reader), how(reader)][1] == "hit"


def test_the_version_counts_transactions_not_statements(connection: psycopg.Connection) -> None:
    def version() -> int:
        row = connection.execute("SELECT count(*) FROM data_changes").fetchone()
        assert row is not None
        return int(row[0])

    before = version()
    with connection.transaction():
        store_articles(connection, [ARTICLE])
        store_articles(connection, [replace(ARTICLE, title="Corrected")])
    connection.commit()
    assert version() == before + 1
    connection.execute("UPDATE articles SET title = 'Undone'")
    connection.rollback()
    assert version() == before + 1
    connection.execute("TRUNCATE articles CASCADE")
    connection.commit()
    assert version() == before + 2
