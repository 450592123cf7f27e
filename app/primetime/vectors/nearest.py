"""The articles nearest to a vector: in pgvector where the database has it, in this process where it has not."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from primetime.articles.listing import QUERIES as ARTICLE_QUERIES
from primetime.articles.listing import Filters
from primetime.encoder.pooling import to_unit_length
from primetime.errors import BadInput, NotFound
from primetime.vectors.halfvec import QUERIES, from_binary, storage_of, to_parameter


@dataclass(frozen=True)
class Neighbour:
    """An article and its cosine similarity to what was asked for, -1..1."""

    pmid: int
    similarity: float


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One question for nearest articles."""

    vector: NDArray[np.float32]
    """[dimension]"""
    model_hash: str
    limit: int
    filters: Filters = field(default_factory=Filters)
    excluded: int | None = None
    """a PMID left out: the article whose neighbours are wanted"""


class NearestArticles(Protocol):
    """Nearest articles, most similar first; equally similar ones by PMID."""

    def __call__(self, connection: Connection[Any], wanted: Wanted) -> list[Neighbour]: ...


class PgvectorArticles:
    """Exact scan in PostgreSQL: 10 ms over 8,782 vectors of 384 dimensions on one core, so no approximate index yet."""

    def __call__(self, connection: Connection[Any], wanted: Wanted) -> list[Neighbour]:
        rows = connection.execute(
            QUERIES["nearest_by_pgvector"].format(filter=ARTICLE_QUERIES["filter"]),
            {
                **asdict(wanted.filters),
                "vector": to_parameter(wanted.vector, "halfvec"),
                "model_hash": wanted.model_hash,
                "excluded": wanted.excluded,
                "limit": wanted.limit,
            },
            # Never prepared: a plan made for any parameters could not leave out the filters that are not used.
            prepare=False,
        ).fetchall()
        return [Neighbour(pmid, float(similarity)) for pmid, similarity in rows]


class InProcessArticles:
    """Exact scan over a copy of one model's vectors, read again when the stored ones have changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stamp: tuple[Any, ...] | None = None
        self._pmids = np.empty(0, dtype=np.int64)
        self._vectors = np.empty((0, 0), dtype=np.float32)

    def __call__(self, connection: Connection[Any], wanted: Wanted) -> list[Neighbour]:
        pmids, vectors = self._current(connection, wanted.model_hash)
        if not len(pmids):
            return []
        similarity = vectors @ to_unit_length(wanted.vector[None, :])[0]
        if wanted.filters != Filters():
            rows = connection.execute(
                QUERIES["pmids_of_filter"].format(filter=ARTICLE_QUERIES["filter"]),
                asdict(wanted.filters),
                prepare=False,
            ).fetchall()
            similarity[~np.isin(pmids, np.asarray([row[0] for row in rows], dtype=np.int64))] = -np.inf
        if wanted.excluded is not None:
            similarity[pmids == wanted.excluded] = -np.inf
        order = np.lexsort((pmids, -similarity))[: wanted.limit]
        return [Neighbour(int(pmids[i]), float(similarity[i])) for i in order if np.isfinite(similarity[i])]

    def _current(self, connection: Connection[Any], model_hash: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        row = connection.execute(QUERIES["vectors_stamp"], {"model_hash": model_hash}).fetchone()
        info = connection.info
        stamp = (info.host, info.port, info.dbname, model_hash, *(row or ()))
        with self._lock:
            if self._stamp != stamp:
                self._pmids, self._vectors = load_vectors(connection, model_hash)
                self._stamp = stamp
            return self._pmids, self._vectors


_IN_PROCESS = InProcessArticles()
_PGVECTOR = PgvectorArticles()


def nearest_implementation(connection: Connection[Any]) -> NearestArticles:
    """The implementation that fits how this database keeps vectors."""
    return _PGVECTOR if storage_of(connection) == "halfvec" else _IN_PROCESS


def nearest_articles(
    connection: Connection[Any],
    vector: NDArray[np.float32],
    *,
    model_hash: str,
    limit: int,
    filters: Filters | None = None,
) -> list[Neighbour]:
    """The `limit` articles most similar to a vector [dimension] of the same model, among those that pass the filters.

    No neighbours while nothing is encoded with that model. Raises BadInput for a vector of another dimension.
    """
    find = nearest_implementation(connection)
    _check_dimension(connection, vector, model_hash)
    return find(
        connection,
        Wanted(vector=vector, model_hash=model_hash, limit=limit, filters=filters or Filters()),
    )


def similar_articles(connection: Connection[Any], pmid: int, *, model_hash: str, limit: int) -> list[Neighbour]:
    """The articles most similar to a stored one, itself left out; none while it is not encoded.

    Raises NotFound when there is no such article.
    """
    find = nearest_implementation(connection)
    cursor = connection.cursor(binary=True)
    row = cursor.execute(QUERIES["one_vector"], {"model_hash": model_hash, "pmid": pmid}).fetchone()
    if row is None:
        exists = connection.execute(QUERIES["article_exists"], {"pmid": pmid}).fetchone()
        if exists is None or not exists[0]:
            raise NotFound(f"there is no article with PMID {pmid}")
        return []
    vector = from_binary([bytes(row[0])], storage_of(connection))[0]
    return find(connection, Wanted(vector=vector, model_hash=model_hash, limit=limit, excluded=pmid))


def load_vectors(connection: Connection[Any], model_hash: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """All vectors of a model: PMIDs int64 [n], ascending, and float32 [n, dimension], each of length 1."""
    storage = storage_of(connection)
    rows = connection.cursor(binary=True).execute(QUERIES["all_vectors"], {"model_hash": model_hash}).fetchall()
    pmids = np.asarray([row[0] for row in rows], dtype=np.int64)
    return pmids, to_unit_length(from_binary([bytes(row[1]) for row in rows], storage))


def _check_dimension(connection: Connection[Any], vector: NDArray[np.float32], model_hash: str) -> None:
    row = connection.execute(QUERIES["model_dimension"], {"hash": model_hash}).fetchone()
    if row is not None and row[0] != len(vector):
        raise BadInput(
            f"the vector has {len(vector)} dimensions, the stored ones {row[0]}",
            remedy="encode the query with the model that encoded the articles",
        )
