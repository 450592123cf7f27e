"""One search's articles analysed by themselves, from the page's requests to the worker and back; the real encoder."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import QUERIES, Role
from primetime.analysis.reading import latest_run
from primetime.api.application import create_app
from primetime.articles.publication_date import read_publication_date
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.jobs.queue import create_queue, work
from primetime.jobs.recording import recorded_run
from primetime.searches.record import Order
from primetime.searches.storing import create_search
from primetime.settings import Settings

SUBJECTS = ("asthma of children", "acute migraine attacks", "plaque psoriasis")


@pytest.fixture
def with_encoder(settings: Settings, model_directory: Path) -> Settings:
    return settings.model_copy(update={"model_dir": model_directory})


@pytest.fixture
def client(with_encoder: Settings, connection: psycopg.Connection, password_hash: str) -> Iterator[TestClient]:
    for role in (Role.READER, Role.RESEARCHER):
        account = {"email": f"{role}@example.org", "name": role.value, "role": role.value}
        connection.execute(QUERIES["create_account"], {**account, "password_hash": password_hash})
    connection.commit()
    app = create_app(with_encoder)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


def sign_in(client: TestClient, role: Role) -> None:
    credentials = {"email": f"{role}@example.org", "password": "correct horse battery"}
    assert client.post("/api/v1/session", json=credentials).status_code == 200


def articles_of(each: int) -> list[Article]:
    """So many of each of three subjects."""
    return [
        Article(
            pmid=1 + number * len(SUBJECTS) + place,
            title=f"A study of {subject}, report {number}",
            abstract="",
            publication_date=read_publication_date(year=str(2000 + number % 15)),
        )
        for number in range(each)
        for place, subject in enumerate(SUBJECTS)
    ]


def finished_search(connection: psycopg.Connection, each: int) -> int:
    """A search that has ended, with `each` articles of three subjects."""
    articles = articles_of(each)
    store_articles(connection, articles)
    search_id = create_search(connection, Order(query="anything", max_results=200))
    connection.execute(
        "INSERT INTO search_articles (search_id, pmid, rank, fetched_at)"
        " SELECT %s, pmid, pmid, now() FROM unnest(%s::bigint[]) AS pmid",
        (search_id, [one.pmid for one in articles]),
    )
    connection.execute("UPDATE searches SET state = 'done' WHERE id = %s", (search_id,))
    connection.commit()
    return search_id


def run_jobs(settings: Settings) -> None:
    asyncio.run(work(create_queue(settings), settings, wait=False, install_signal_handlers=False))


def test_a_search_is_analysed_by_itself_shown_and_deleted(
    client: TestClient, connection: psycopg.Connection, with_encoder: Settings
) -> None:
    sign_in(client, Role.RESEARCHER)
    search_id = finished_search(connection, 30)
    address = f"/api/v1/searches/{search_id}/analysis"
    scope = {"scope": f"search {search_id}"}
    nothing = client.get(address).json()
    assert nothing == {**scope, "run": None, "job": None, "step": None, "steps_done": 0, "steps": 7, "cause": ""}
    assert client.delete(address).status_code == 404

    job = client.post(address)
    assert job.status_code == 202
    assert client.post(address).status_code == client.delete(address).status_code == 409
    waiting = client.get(address).json()
    assert (waiting["job"]["job_id"], waiting["job"]["status"]) == (job.json()["job_id"], "todo")
    run_jobs(with_encoder)
    found = client.get(address).json()
    assert found["job"]["status"] == "succeeded"
    assert (found["run"]["articles"], found["step"], found["cause"]) == (90, None, "")
    assert latest_run(connection) is None, "it is no analysis of everything"
    assert client.get("/api/v1/analysis").json()["jobs"] == [], "nor is its job one"

    topics = client.get("/api/v1/topics", params=scope).json()["items"]
    assert len(topics) == found["run"]["topics"]
    assert client.get("/api/v1/topics/map", params=scope).json()["points"]["pmid"] == list(range(1, 91))
    ranked = client.get("/api/v1/opportunities", params=scope).json()
    assert ranked["items"] == []
    assert [one["topic_id"] for one in ranked["refused"]] == [topic["id"] for topic in topics]
    assert all("no analysis of everything" in one["reason"] for one in ranked["refused"])
    (recorded,) = client.get("/api/v1/runs").json()["items"]
    assert (recorded["kind"], recorded["scope"], recorded["outcome"]) == ("analysis", f"search {search_id}", "done")

    assert client.delete(address).status_code == 204
    assert client.get(address).json()["run"] is None
    assert client.get("/api/v1/topics", params=scope).status_code == 404
    assert connection.execute("SELECT count(*) FROM articles").fetchone() == (90,), "its articles stay"


def test_progress_is_told_step_by_step(
    client: TestClient, connection: psycopg.Connection, with_encoder: Settings
) -> None:
    sign_in(client, Role.READER)
    search_id = finished_search(connection, 1)
    address = f"/api/v1/searches/{search_id}/analysis"
    with recorded_run(with_encoder, kind="analysis", asked_by="queue", scope=f"search {search_id}") as run:
        with run.step("embed"), run.step("read"):
            pass
        with run.step("topics"):
            now = client.get(address).json()
    assert (now["step"], now["steps_done"], now["steps"]) == ("topics", 2, 7)
    assert client.post(address).status_code == client.delete(address).status_code == 403, "readers look on"


def test_an_analysis_that_cannot_be_made_fails_at_once_and_says_why(
    client: TestClient, connection: psycopg.Connection, with_encoder: Settings
) -> None:
    sign_in(client, Role.RESEARCHER)
    search_id = finished_search(connection, 10)
    address = f"/api/v1/searches/{search_id}/analysis"
    assert client.post(address).status_code == 202
    connection.execute("DELETE FROM articles WHERE pmid > 6")  # as an administrator may meanwhile
    connection.commit()
    run_jobs(with_encoder)
    found = client.get(address).json()
    assert (found["job"]["status"], found["job"]["attempts"], found["run"]) == ("failed", 1, None)
    assert "6 articles" in found["cause"]
    too_few = client.post(address)
    assert (too_few.status_code, too_few.json()["detail"]) == (400, "there are 6 stored articles, and topics need 30")
    store_articles(connection, articles_of(10))
    connection.commit()
    assert client.post(address).status_code == 202, "it may be asked for again"
    client.delete(f"/api/v1/searches/{search_id}")
    run_jobs(with_encoder)
    assert connection.execute("SELECT count(*) FROM analysis_runs").fetchone() == (0,)


def test_a_search_that_cannot_be_analysed_is_refused(client: TestClient, connection: psycopg.Connection) -> None:
    sign_in(client, Role.RESEARCHER)
    assert client.get("/api/v1/searches/99/analysis").status_code == 404
    assert client.post("/api/v1/searches/99/analysis").status_code == 404
    search_id = create_search(connection, Order(query="anything", max_results=200))
    connection.commit()
    assert "under way" in client.post(f"/api/v1/searches/{search_id}/analysis").json()["detail"]
    connection.execute("UPDATE searches SET state = 'done'")
    connection.commit()
    refused = client.post(f"/api/v1/searches/{search_id}/analysis")
    assert refused.status_code == 400
    assert "0 stored articles, and topics need 30" in refused.json()["detail"]


def test_an_analysis_goes_with_its_search(
    client: TestClient, connection: psycopg.Connection, with_encoder: Settings
) -> None:
    sign_in(client, Role.RESEARCHER)
    search_id = finished_search(connection, 30)
    client.post(f"/api/v1/searches/{search_id}/analysis")
    run_jobs(with_encoder)
    assert client.delete(f"/api/v1/searches/{search_id}").status_code == 204
    assert connection.execute("SELECT count(*) FROM analysis_runs").fetchone() == (0,)
