from collections.abc import Callable

import numpy as np
import psycopg
import pytest

from primetime.articles.listing import Filters
from primetime.encoder.serving import Encoder
from primetime.errors import BadInput, DatabaseUnavailable, NotFound
from primetime.vectors.halfvec import storage_of
from primetime.vectors.nearest import load_vectors, nearest_articles, similar_articles
from primetime.vectors.storing import encode_missing

QUERY = "side effects of blood pressure drugs in elderly patients"


@pytest.fixture
def encoded(connection: psycopg.Connection, encoder: Encoder, pmids: list[int]) -> str:
    return encode_missing(connection, encoder).model_hash


def test_the_nearest_articles_are_about_the_query(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int], encoded: str
) -> None:
    vector = encoder.encode([QUERY])[0]
    found = nearest_articles(connection, vector, model_hash=encoded, limit=3)
    assert {found[0].pmid, found[1].pmid} == set(pmids[:2])
    assert [one.similarity for one in found] == sorted((one.similarity for one in found), reverse=True)
    assert 1 > found[0].similarity > 0.5


def test_similarities_are_exact_cosines(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int], encoded: str
) -> None:
    vector = encoder.encode([QUERY])[0]
    stored, vectors = load_vectors(connection, encoded)
    expected = dict(zip(stored.tolist(), (vectors @ vector).tolist(), strict=True))
    found = nearest_articles(connection, vector, model_hash=encoded, limit=100)
    assert {one.pmid: one.similarity for one in found} == pytest.approx(expected, abs=2e-3)


def test_years_limit_the_answer(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int], encoded: str
) -> None:
    vector = encoder.encode([QUERY])[0]
    found = nearest_articles(
        connection, vector, model_hash=encoded, limit=10, filters=Filters(year_from=2001, year_to=2003)
    )
    assert {one.pmid for one in found} == set(pmids[1:4])
    assert found[0].pmid == pmids[1]


def test_similar_articles_leave_out_the_article_itself(
    connection: psycopg.Connection, pmids: list[int], encoded: str
) -> None:
    found = similar_articles(connection, pmids[0], model_hash=encoded, limit=10)
    assert found[0].pmid == pmids[1]
    assert {one.pmid for one in found} == set(pmids[1:])


def test_a_linked_duplicate_is_left_out_unless_asked_for(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int], encoded: str
) -> None:
    connection.execute(
        "INSERT INTO duplicate_links (duplicate, kept, reason, likeness) VALUES (%s, %s, 'doi', 1)",
        (pmids[0], pmids[1]),
    )
    connection.commit()
    vector = encoder.encode([QUERY])[0]
    found = nearest_articles(connection, vector, model_hash=encoded, limit=10)
    assert {one.pmid for one in found} == set(pmids[1:])
    assert {one.pmid for one in similar_articles(connection, pmids[2], model_hash=encoded, limit=10)} == {
        pmids[1],
        *pmids[3:],
    }
    both = nearest_articles(connection, vector, model_hash=encoded, limit=10, filters=Filters(duplicates=True))
    assert {one.pmid for one in both} == set(pmids)
    connection.execute("DELETE FROM duplicate_links")
    connection.commit()
    assert len(nearest_articles(connection, vector, model_hash=encoded, limit=10)) == len(pmids)


def test_new_vectors_are_seen_at_once(
    connection: psycopg.Connection, encoder: Encoder, encoded: str, add_article: Callable[..., int]
) -> None:
    vector = encoder.encode(["quinine for nocturnal leg cramps"])[0]
    before = nearest_articles(connection, vector, model_hash=encoded, limit=1)[0]
    new = add_article("Quinine for nocturnal leg cramps")
    encode_missing(connection, encoder)
    after = nearest_articles(connection, vector, model_hash=encoded, limit=1)[0]
    assert after.pmid == new != before.pmid


def test_an_unknown_article_is_not_found(connection: psycopg.Connection, encoded: str) -> None:
    with pytest.raises(NotFound, match="PMID 42"):
        similar_articles(connection, 42, model_hash=encoded, limit=3)


def test_nothing_encoded_gives_no_neighbours(connection: psycopg.Connection, pmids: list[int]) -> None:
    assert nearest_articles(connection, np.ones(384, dtype=np.float32), model_hash="none", limit=3) == []
    assert similar_articles(connection, pmids[0], model_hash="none", limit=3) == []
    assert load_vectors(connection, "none")[0].shape == (0,)


def test_a_vector_of_another_model_is_refused(connection: psycopg.Connection, encoded: str) -> None:
    with pytest.raises(BadInput, match="3 dimensions, the stored ones 384"):
        nearest_articles(connection, np.ones(3, dtype=np.float32), model_hash=encoded, limit=3)


def test_a_database_before_its_migration_says_so(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as bare, pytest.raises(DatabaseUnavailable, match="no table for vectors"):
        storage_of(bare)


@pytest.mark.parametrize(
    "filters",
    [Filters(journal="Lung"), Filters(publication_type="Clinical Trial"), Filters(mesh="Asthma"), Filters(q="asthma")],
)
def test_filters_narrow_the_answer(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int], encoded: str, filters: Filters
) -> None:
    connection.execute(
        "UPDATE articles SET journal = 'Lung', publication_types = '{Clinical Trial,Letter}',"
        """ mesh = '[{"ui": "D001249", "name": "Asthma"}]' WHERE pmid = %s""",
        [pmids[2]],
    )
    found = nearest_articles(connection, encoder.encode([QUERY])[0], model_hash=encoded, limit=10, filters=filters)
    assert [one.pmid for one in found] == [pmids[2]]
