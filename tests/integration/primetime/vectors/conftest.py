import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from primetime.articles.record import Article
from primetime.database.migrations import migrate
from primetime.encoder.artifact import read_manifest
from primetime.vectors import nearest, nearest_index

TITLES = (
    "Adverse reactions to antihypertensive medication among older adults",
    "Beta-blockers and falls in elderly people with hypertension",
    "Inhaled corticosteroids for children with asthma",
    "Whole-genome sequencing of Klebsiella isolates",
    "Triptans for acute migraine",
    "Statins and low-density lipoprotein cholesterol",
)

_numbers = itertools.count(1)


@pytest.fixture(params=["halfvec", "indexed", "bytea"])
def connection(
    request: pytest.FixtureRequest, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psycopg.Connection]:
    """A migrated database, with the same tests for each way to find what is near.

    Vectors in pgvector that are read exactly; the same with an index from the first vector on, whose scan answers
    filters as well; vectors kept as bytes.
    """
    if request.param == "indexed":
        monkeypatch.setattr(nearest_index, "INDEX_FROM", 1)
        monkeypatch.setattr(nearest, "EXACT_BELOW", 0)
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


@dataclass(frozen=True)
class Models:
    """Two artifacts beside each other, as a server keeps them."""

    first: Path
    second: Path

    @property
    def first_hash(self) -> str:
        return read_manifest(self.first).hash

    @property
    def second_hash(self) -> str:
        return read_manifest(self.second).hash


@pytest.fixture
def models(model_directory: Path, small_model_directory: Path, tmp_path: Path) -> Models:
    found = Models(tmp_path / "models" / "one", tmp_path / "models" / "two")
    found.first.parent.mkdir()
    found.first.symlink_to(model_directory)
    shutil.copytree(small_model_directory, found.second)
    return found
