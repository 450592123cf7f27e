"""The index over vectors, and the three ways to find what is near giving the same answers."""

from collections.abc import Iterator

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray
from psycopg import sql

from primetime.articles.listing import Filters
from primetime.encoder.pooling import to_unit_length
from primetime.vectors import nearest, nearest_index
from primetime.vectors.halfvec import storage_of, to_parameter
from primetime.vectors.nearest import ExactArticles, IndexedArticles, InProcessArticles, nearest_articles
from primetime.vectors.nearest_index import drop_index, ensure_index, index_name, version_suffices

MODEL = "0123456789abcdef"
ARTICLES = 3000
DIMENSION = 32


def store(connection: psycopg.Connection, vectors: NDArray[np.float32], model: str = MODEL) -> None:
    """Articles 1, 2, … with these vectors; every second one has a heading, one in a hundred a journal of its own."""
    storage = storage_of(connection)
    connection.execute("INSERT INTO encoder_models VALUES (%s, 'planted', %s)", (model, vectors.shape[1]))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO articles (pmid, title, publication_year, journal, publication_types, mesh, content_hash)"
            " VALUES (%s, 'Heart', %s, %s, %s, %s, 'c') ON CONFLICT DO NOTHING",
            [
                (
                    pmid,
                    1990 + pmid % 30,
                    "Lung" if pmid % 100 == 0 else "Heart",
                    ["Letter"] if pmid % 10 == 0 else [],
                    '[{"ui": "D1", "name": "Asthma"}]' if pmid % 2 == 0 else "[]",
                )
                for pmid in range(1, len(vectors) + 1)
            ],
        )
        cursor.executemany(
            "INSERT INTO article_vectors (model_hash, pmid, content_hash, embedding) VALUES (%s, %s, 'c', %s)",
            [(model, pmid, to_parameter(vector, storage)) for pmid, vector in enumerate(vectors, 1)],
        )
    connection.commit()


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    """Clusters with gaps between them, as abstracts form; rounded as the database rounds."""
    random = np.random.default_rng(3)
    centres = random.normal(size=(40, DIMENSION))
    spread = centres[random.integers(40, size=ARTICLES)] + random.normal(scale=0.4, size=(ARTICLES, DIMENSION))
    return to_unit_length(spread).astype(np.float16).astype(np.float32)


@pytest.fixture
def planted(connection: psycopg.Connection, vectors: NDArray[np.float32], request) -> Iterator[str]:
    """The three kinds of database, filled; the name of the kind."""
    store(connection, vectors)
    ensure_index(connection, MODEL)
    yield request.node.callspec.params["connection"]


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(), lambda _: True),
        (Filters(mesh="Asthma"), lambda pmid: pmid % 2 == 0),
        (Filters(publication_type="Letter"), lambda pmid: pmid % 10 == 0),
        (Filters(journal="Lung"), lambda pmid: pmid % 100 == 0),
        (Filters(year_from=2000, year_to=2004), lambda pmid: 10 <= pmid % 30 <= 14),
        (
            Filters(mesh="Asthma", journal="Heart", year_from=2010),
            lambda pmid: pmid % 2 == 0 and pmid % 100 and pmid % 30 >= 20,
        ),
        (Filters(q="absent"), lambda _: False),
    ],
)
def test_every_way_finds_the_same(
    connection: psycopg.Connection, planted: str, vectors: NDArray[np.float32], filters: Filters, passes
) -> None:
    passing = np.asarray([pmid for pmid in range(1, ARTICLES + 1) if passes(pmid)], dtype=np.int64)
    found_all = wanted_all = 0
    for query in vectors[5:205:10] + 0.05:
        found = nearest_articles(connection, query, model_hash=MODEL, limit=10, filters=filters)
        cosines = vectors[passing - 1] @ to_unit_length(query[None, :])[0]
        wanted = passing[np.lexsort((passing, -cosines))[:10]]
        assert [one.similarity for one in found] == sorted((one.similarity for one in found), reverse=True)
        assert {one.pmid for one in found} <= set(passing.tolist())
        assert len(found) == len(wanted)
        found_all += len({one.pmid for one in found} & set(wanted.tolist()))
        wanted_all += len(wanted)
    # Stated: at least .98 by the index; the exact ones differ by what rounding makes equal.
    assert found_all >= (0.98 if planted == "indexed" else 0.995) * wanted_all


def test_the_way_taken_fits_the_database(connection: psycopg.Connection, planted: str) -> None:
    model = nearest._model_to_search(connection, MODEL)
    way = nearest.nearest_implementation(connection, model)
    expected = {"halfvec": ExactArticles, "indexed": IndexedArticles, "bytea": InProcessArticles}
    assert type(way) is expected[planted]


@pytest.fixture
def indexed(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    from primetime.database.migrations import migrate

    monkeypatch.setattr(nearest_index, "INDEX_FROM", 100)
    with psycopg.connect(empty_database_url) as connection:
        migrate(connection)
        yield connection


def indexes(connection: psycopg.Connection) -> dict[str, bool]:
    rows = connection.execute(
        "SELECT indexrelid::regclass::text, indisvalid FROM pg_index JOIN pg_class ON oid = indexrelid"
        " WHERE relname LIKE 'article_vectors_nearest_%'"
    ).fetchall()
    connection.commit()
    return dict(rows)


def test_the_index_is_made_when_there_are_enough_and_once(
    indexed: psycopg.Connection, vectors: NDArray[np.float32]
) -> None:
    store(indexed, vectors[:99])
    assert not ensure_index(indexed, MODEL)
    store(indexed, vectors[:100], model="fedcba9876543210")
    assert ensure_index(indexed, "fedcba9876543210")
    assert not ensure_index(indexed, "fedcba9876543210")
    assert indexes(indexed) == {index_name("fedcba9876543210"): True}
    assert not ensure_index(indexed, "unknown")


def test_the_plan_uses_the_index_with_filters_and_without(
    indexed: psycopg.Connection, vectors: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "EXACT_BELOW", 0)
    store(indexed, vectors)
    ensure_index(indexed, MODEL)

    def scans() -> int:
        indexed.execute("SELECT pg_stat_force_next_flush()")
        indexed.commit()
        row = indexed.execute(
            "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = %s", [index_name(MODEL)]
        ).fetchone()
        indexed.commit()
        return int(row[0])

    before = scans()
    for filters in (Filters(), Filters(mesh="Asthma"), Filters(year_from=2001, publication_type="Letter")):
        assert nearest_articles(indexed, vectors[0], model_hash=MODEL, limit=10, filters=filters)
        after = scans()
        assert after > before, filters
        before = after


def test_scanning_leaves_the_transactions_settings_alone(
    indexed: psycopg.Connection, vectors: NDArray[np.float32]
) -> None:
    store(indexed, vectors[:200])
    ensure_index(indexed, MODEL)
    nearest_articles(indexed, vectors[0], model_hash=MODEL, limit=3)
    assert indexed.execute("SELECT current_setting('enable_sort'), current_setting('jit')").fetchone()[0] == "on"


def test_a_half_made_index_is_not_used_and_made_again(
    indexed: psycopg.Connection, vectors: NDArray[np.float32]
) -> None:
    """What a build that was killed leaves: an index that PostgreSQL marks as not valid."""
    store(indexed, vectors[:200])
    ensure_index(indexed, MODEL)
    indexed.execute(
        sql.SQL("UPDATE pg_index SET indisvalid = false WHERE indexrelid = {}::regclass").format(index_name(MODEL))
    )
    indexed.commit()
    assert not nearest._model_to_search(indexed, MODEL).indexed
    assert len(nearest_articles(indexed, vectors[0], model_hash=MODEL, limit=10)) == 10
    indexed.commit()
    assert ensure_index(indexed, MODEL)
    assert indexes(indexed) == {index_name(MODEL): True}


def test_each_model_has_an_index_of_its_own(indexed: psycopg.Connection, vectors: NDArray[np.float32]) -> None:
    store(indexed, vectors[:200])
    store(indexed, vectors[:200, :16].copy(), model="fedcba9876543210")
    for model, width in ((MODEL, 32), ("fedcba9876543210", 16)):
        assert ensure_index(indexed, model)
        assert len(nearest_articles(indexed, vectors[0, :width], model_hash=model, limit=7)) == 7
        indexed.commit()
    drop_index(indexed, MODEL)
    indexed.commit()
    assert list(indexes(indexed)) == [index_name("fedcba9876543210")]


@pytest.mark.parametrize(
    ("version", "suffices"), [("0.8.0", True), ("0.10.1", True), ("1.0.0", True), ("0.7.4", False), (None, False)]
)
def test_iterative_scans_came_with_0_8(version: str | None, suffices: bool) -> None:
    assert version_suffices(version) is suffices
