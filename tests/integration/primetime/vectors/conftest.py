import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from primetime.articles.record import Article
from primetime.database.migrations import migrate

TITLES = (
    "Adverse reactions to antihypertensive medication among older adults",
    "Beta-blockers and falls in elderly people with hypertension",
    "Inhaled corticosteroids for children with asthma",
    "Whole-genome sequencing of Klebsiella isolates",
    "Triptans for acute migraine",
    "Statins and low-density lipoprotein cholesterol",
)

_numbers = itertools.count(1)


@pytest.fixture(params=["halfvec", "bytea"])
def connection(
    request: pytest.FixtureRequest, server_url: str, empty_database_url: str
) -> Iterator[psycopg.Connection]:
    """A migrated database that keeps vectors in pgvector, and one that keeps them as bytes: same tests for both."""
    with psycopg.connect(empty_database_url, autocommit=True) as setup:
        if request.param == "bytea":
            name = sql.Identifier(setup.info.dbname)
            setup.execute(sql.SQL("ALTER DATABASE {} SET primetime.vector_storage = 'bytes'").format(name))
    with psycopg.connect(empty_database_url) as connection:
        migrate(connection)
        yield connection


@pytest.fixture
def add_article(connection: psycopg.Connection) -> Callable[..., int]:
    """Store or replace an article; returns its PMID."""

    def add(title: str, *, pmid: int | None = None, abstract: str = "", year: int | None = 2000) -> int:
        pmid = pmid or 1000 + next(_numbers)
        record = Article(pmid=pmid, title=title, abstract=abstract)
        connection.execute(
            "INSERT INTO articles (pmid, title, abstract, publication_year, content_hash) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (pmid) DO UPDATE SET title = excluded.title, content_hash = excluded.content_hash",
            (pmid, title, abstract, year, record.content_hash),
        )
        connection.commit()
        return pmid

    return add


@pytest.fixture
def pmids(add_article: Callable[..., int]) -> list[int]:
    return [add_article(title, year=2000 + number) for number, title in enumerate(TITLES)]


@pytest.fixture
def killable_script() -> Path:
    return Path(__file__).parent / "encode_until_killed.py"
