"""`GET /api/v1/gaps` with the real encoder over a planted field: asthma that no article studies together with zinc."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.passwords import hash_password
from primetime.accounts.people import QUERIES
from primetime.api.application import create_app
from primetime.articles.publication_date import read_publication_date
from primetime.articles.record import Article, Author, MeshHeading
from primetime.articles.storing import store_articles
from primetime.encoder.serving import Encoder
from primetime.settings import Settings
from primetime.vectors.storing import encode_missing

PASSWORD = "correct horse battery"
NEEDS = ["Its cause is unknown.", "Further studies in children are needed."]


def article(number: int) -> Article:
    about = ("Asthma", "Diet") if number % 2 else ("Zinc", "Diet")
    return Article(
        pmid=number + 1,
        title=f"{about[0]} and diet of school children, report {number}",
        abstract=f"We followed {number + 20} children. {' '.join(NEEDS) if number == 3 else 'They grew.'}",
        journal="Lancet",
        publication_date=read_publication_date(year=str(1990 + number % 20)),
        publication_types=("Journal Article", "Observational Study"),
        authors=(Author(last_name="Smith", initials="J", affiliations=("University of Oslo, Norway",)),),
        mesh=tuple(MeshHeading(ui="D1", name=name, major=False) for name in (*about, "Humans")),
    )


@pytest.fixture
def client(settings: Settings, connection: psycopg.Connection, model_directory: Path) -> Iterator[TestClient]:
    connection.execute(
        QUERIES["create_account"],
        {"email": "a@example.org", "name": "A", "role": "reader", "password_hash": hash_password(PASSWORD)},
    )
    connection.commit()
    app = create_app(settings.model_copy(update={"model_dir": model_directory}))
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        client.post("/api/v1/session", json={"email": "a@example.org", "password": PASSWORD})
        yield client


def test_the_nearest_articles_are_read_for_what_they_leave_open(
    client: TestClient, connection: psycopg.Connection, encoder: Encoder
) -> None:
    store_articles(connection, [article(number) for number in range(120)])
    encode_missing(connection, encoder)
    answer = client.get("/api/v1/gaps", params={"idea": "zinc against asthma in children"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["articles"], found["years"]) == (120, [1990, 2009])
    (gap,) = found["concepts"]["gaps"]
    assert {gap["one"], gap["other"]} == {"Asthma", "Zinc"}
    assert (gap["together"], gap["expected"]) == (0, 30)
    assert found["evidence"]["kinds"]["observational studies"] == 120
    assert found["evidence"]["missing"] == ["120 observational studies, no randomised trial"]
    assert [need["sentence"] for need in found["needs"]] == NEEDS
    assert {(need["pmid"], need["source"]["journal"]) for need in found["needs"]} == {(4, "Lancet")}
    assert found["leaders"]["authors"] == [{"name": "Smith J", "articles": 120}]
    assert found["leaders"]["institutions"] == [{"name": "University of Oslo", "articles": 120}]
    similarity = [one["similarity"] for one in found["prior_work"]]
    assert len(similarity) == 10
    assert similarity == sorted(similarity, reverse=True)
    assert found["farthest"] <= similarity[-1]
    assert found["left_out"] == 0
    few = client.get("/api/v1/gaps", params={"idea": "zinc", "limit": 15}).json()
    assert few["concepts"]["refused"] == "15 of the 15 nearest articles have MeSH headings, 50 are needed"
    assert "15 of the 15 nearest" in few["evidence"]["refused"]


def test_what_was_retracted_and_notices_are_prior_work_and_no_evidence(
    client: TestClient, connection: psycopg.Connection, encoder: Encoder
) -> None:
    notices = ("Retracted Publication", "Published Erratum", "Retraction of Publication")
    left = [replace(article(one), publication_types=("Observational Study", notices[one % 3])) for one in range(9)]
    store_articles(connection, [*left, *(article(number) for number in range(9, 60))])
    encode_missing(connection, encoder)
    found = client.get("/api/v1/gaps", params={"idea": "zinc against asthma in children"}).json()
    assert (found["articles"], found["left_out"]) == (60, 9)
    assert found["evidence"]["kinds"]["observational studies"] == 51
    assert found["needs"] == [], "that article was retracted"
    for leaders in found["leaders"].values():
        assert [one["articles"] for one in leaders] == [51]
    assert found["concepts"]["articles"] == 51


def test_without_encoded_articles_it_is_said_so(client: TestClient, connection: psycopg.Connection) -> None:
    store_articles(connection, [article(1)])
    connection.commit()
    answer = client.get("/api/v1/gaps", params={"idea": "zinc"})
    assert answer.status_code == 404
    assert "primetime embed" in answer.json()["remedy"]
