from collections.abc import Callable

import numpy as np
import psycopg
import pytest

from primetime.articles.listing import Filters
from primetime.encoder.serving import Encoder
from primetime.errors import BadInput
from primetime.vectors.hybrid import hybrid_search
from primetime.vectors.nearest import nearest_articles
from primetime.vectors.storing import encode_missing


@pytest.fixture
def encoded(connection: psycopg.Connection, encoder: Encoder, pmids: list[int]) -> str:
    return encode_missing(connection, encoder).model_hash


def test_what_both_find_comes_first_and_keeps_its_cosine(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int], encoded: str
) -> None:
    text = "Klebsiella genome"
    vector = encoder.encode([text])[0]
    found = hybrid_search(connection, text, vector, model_hash=encoded, limit=3)
    assert found[0].pmid == pmids[3]
    assert found[0].score == pytest.approx(2 / 61)
    near = {one.pmid: one.similarity for one in nearest_articles(connection, vector, model_hash=encoded, limit=9)}
    assert [one.similarity for one in found] == pytest.approx([near[one.pmid] for one in found])


def test_an_article_without_a_vector_is_found_by_its_words(
    connection: psycopg.Connection, encoder: Encoder, encoded: str, add_article: Callable[..., int]
) -> None:
    new = add_article("Zolmitriptan nasal spray", year=2020)
    vector = encoder.encode(["zolmitriptan"])[0]
    found = hybrid_search(connection, "zolmitriptan", vector, model_hash=encoded, limit=10)
    assert [one.similarity for one in found if one.pmid == new] == [None]
    later = hybrid_search(
        connection, "zolmitriptan", vector, model_hash=encoded, limit=10, filters=Filters(year_from=2020)
    )
    assert [one.pmid for one in later] == [new]


@pytest.mark.parametrize("text", ['"', "-", "AND OR !", "heart\x01failure", "the of and", "ارتفاع ضغط"])
def test_words_that_are_no_words_leave_the_meaning(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int], encoded: str, text: str
) -> None:
    found = hybrid_search(connection, text, encoder.encode([text])[0], model_hash=encoded, limit=2)
    assert len(found) == 2


def test_another_models_vector_is_refused(connection: psycopg.Connection, encoded: str) -> None:
    with pytest.raises(BadInput, match="dimensions"):
        hybrid_search(connection, "asthma", np.ones(7, dtype=np.float32), model_hash=encoded, limit=2)
