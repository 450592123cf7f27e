"""Search by words and by meaning at once: PostgreSQL's full text and the nearest vectors, fused by rank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from primetime.articles.listing import QUERIES as ARTICLE_QUERIES
from primetime.articles.listing import Filters
from primetime.encoder.pooling import to_unit_length
from primetime.vectors.halfvec import QUERIES, from_binary, storage_of
from primetime.vectors.nearest import nearest_articles

# Reciprocal rank fusion's constant, as its authors set it (Cormack, Clarke & Büttcher 2009).
_RRF = 60
# Ranks below this in either list weigh too little to matter to a first page: what is below 86 in both (2/146) does not
# reach the first 25 of two lists that have nothing in common (1/61 to 1/73).
_DEPTH = 100


@dataclass(frozen=True)
class Found:
    """An article, its cosine similarity (None: it has no vector of this model yet), and its fused score."""

    pmid: int
    similarity: float | None
    score: float


def hybrid_search(
    connection: Connection[Any],
    text: str,
    vector: NDArray[np.float32],
    *,
    model_hash: str,
    limit: int,
    filters: Filters | None = None,
) -> list[Found]:
    """The articles that rank best by all the words of `text` and by the likeness to its vector [dimension], fused.

    Words are read as a search engine reads them: "quoted phrase", or, -excluded. The filters' own text is not used.
    Equally good ones come by PMID. Raises BadInput for a vector of another dimension than the stored ones.
    """
    narrowed = replace(filters or Filters(), q=None)
    depth = max(limit, _DEPTH)
    near = nearest_articles(connection, vector, model_hash=model_hash, limit=depth, filters=narrowed)
    by_words = _best_by_words(connection, replace(narrowed, q=text), depth)
    scores = reciprocal_ranks([[one.pmid for one in near], by_words])
    best = sorted(scores, key=lambda pmid: (-scores[pmid], pmid))[:limit]
    similarity = {one.pmid: one.similarity for one in near}
    similarity |= similarities(connection, [pmid for pmid in best if pmid not in similarity], vector, model_hash)
    return [Found(pmid, similarity.get(pmid), scores[pmid]) for pmid in best]


def reciprocal_ranks(lists: Iterable[Sequence[int]]) -> dict[int, float]:
    """Each item's sum of 1 / (60 + rank) over the lists that have it; ranks begin at 1."""
    scores: dict[int, float] = {}
    for ranked in lists:
        for rank, item in enumerate(ranked, 1):
            scores[item] = scores.get(item, 0.0) + 1 / (_RRF + rank)
    return scores


def _best_by_words(connection: Connection[Any], filters: Filters, limit: int) -> list[int]:
    query = QUERIES["best_by_words"].format(filter=ARTICLE_QUERIES["filter"], order=ARTICLE_QUERIES["relevance"])
    rows = connection.execute(query, {**asdict(filters), "limit": limit}, prepare=False).fetchall()
    return [row[0] for row in rows]


def similarities(
    connection: Connection[Any], pmids: list[int], vector: NDArray[np.float32], model_hash: str
) -> dict[int, float]:
    """The cosine of each article's vector to a vector [dimension]; articles without one are left out."""
    rows = (
        connection.cursor(binary=True)
        .execute(QUERIES["vectors_of"], {"model_hash": model_hash, "pmids": pmids})
        .fetchall()
    )
    if not rows:
        return {}
    stored = to_unit_length(from_binary([bytes(row[1]) for row in rows], storage_of(connection)))
    cosines = stored @ to_unit_length(vector[None, :])[0]
    return {row[0]: float(cosine) for row, cosine in zip(rows, cosines, strict=True)}
