"""The search of all that is stored by meaning, and by meaning and words: its filters, and its export."""

import csv
import io
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.articles.publication_date import read_publication_date
from primetime.articles.record import Article, MeshHeading
from primetime.articles.storing import store_articles
from primetime.encoder.serving import Encoder
from primetime.settings import Settings
from primetime.vectors.storing import encode_missing

PASSWORD = "correct horse battery"
TEXT = "exercise for children with asthma"


@pytest.fixture
def app_settings(settings: Settings, model_directory: Path) -> Settings:
    return settings.model_copy(update={"model_dir": model_directory})


@pytest.fixture
def reader(client: TestClient, connection: psycopg.Connection, encoder: Encoder) -> TestClient:
    """Signed in, over nine articles: 1 to 3 say it in the text's words, 4 to 6 in others, 7 to 9 something else.

    Of each three, the first is in Thorax, the second a review, the third under Asthma; 1, 4 and 7 are of a topic.
    """
    titles = ["Exercise for children with asthma", "Physical training of wheezing infants", "Copper in bed linen"]
    store_articles(
        connection,
        [
            Article(
                pmid=pmid,
                title=f"{titles[(pmid - 1) // 3]}, part {pmid}",
                journal="Thorax" if pmid % 3 == 1 else "Chest",
                publication_types=("Review",) if pmid % 3 == 2 else (),
                mesh=(MeshHeading(ui="D1", name="Asthma", major=True),) if pmid % 3 == 0 else (),
                publication_date=read_publication_date(year=str(2000 + pmid)),
            )
            for pmid in range(1, 10)
        ],
    )
    model = encode_missing(connection, encoder).model_hash
    run = connection.execute(
        "INSERT INTO analysis_runs (started_at, model_hash, release_id, snapshot, articles, topics, outliers,"
        " parameters, reference) VALUES (now(), %s, 'r', 's', 9, 0, 3, '{}', '{}') RETURNING id",
        (model,),
    ).fetchone()
    connection.execute(
        "INSERT INTO analysis_articles (run_id, pmid, topic_id, x, y)"
        " SELECT %s, pmid, -1, 0, 0 FROM articles WHERE pmid %% 3 = 1",
        run,
    )
    connection.commit()
    assert client.post("/api/v1/session", json={"email": "reader@example.org", "password": PASSWORD}).is_success
    return client


def found(client: TestClient, **asked: str | int) -> list[int]:
    response = client.get("/api/v1/search", params={"q": TEXT, **asked})
    assert response.status_code == 200, response.text
    return [item["pmid"] for item in response.json()["items"]]


@pytest.mark.parametrize(
    ("narrowed", "left"),
    [
        ({}, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
        ({"journal": "Thorax"}, {1, 4, 7}),
        ({"publication_type": "Review"}, {2, 5, 8}),
        ({"mesh": "Asthma"}, {3, 6, 9}),
        ({"topic": -1}, {1, 4, 7}),
        ({"topic": -1, "year_from": 2004, "year_to": 2005}, {4}),
        ({"topic": 99}, set()),
    ],
)
def test_what_the_filters_leave_is_listed_and_exported(
    reader: TestClient, narrowed: dict[str, str | int], left: set[int]
) -> None:
    for mode in ("meaning", "hybrid"):
        listed = found(reader, mode=mode, **narrowed)
        assert set(listed) == left
        exported = reader.get("/api/v1/export", params={"search": TEXT, "mode": mode, "limit": 25, **narrowed})
        rows = csv.DictReader(io.StringIO(exported.content.decode("utf-8-sig"), newline=""))
        assert [int(row["PMID"]) for row in rows] == listed


def test_words_bring_an_article_forward_that_is_not_the_nearest(reader: TestClient) -> None:
    assert reader.get("/api/v1/search", params={"q": TEXT, "mode": "both"}).status_code == 422
    wanted = f"{TEXT} OR copper"
    by_meaning = found(reader, q=wanted, limit=3)
    by_both = found(reader, q=wanted, mode="hybrid", limit=6)
    assert set(by_meaning) <= {1, 2, 3, 4, 5, 6}
    assert set(by_both) & {7, 8, 9}
    exported = reader.get("/api/v1/export", params={"search": wanted, "mode": "hybrid", "limit": 6, "format": "nbib"})
    assert [int(line.removeprefix("PMID- ")) for line in exported.text.splitlines() if "PMID- " in line] == by_both
