"""The articles nearest to a vector: in pgvector where the database has it, in this process where it has not."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection, sql
from psycopg.rows import class_row

from primetime.articles.listing import QUERIES as ARTICLE_QUERIES
from primetime.articles.listing import Filters
from primetime.encoder.pooling import to_unit_length
from primetime.errors import BadInput, NotFound
from primetime.vectors.halfvec import QUERIES, from_binary, storage_of, to_parameter
from primetime.vectors.nearest_index import index_name

# Candidates kept while the index is scanned, and the most vectors visited for a filter (docs/encoder.md).
SCAN_CANDIDATES = 100
SCAN_AT_MOST = 20_000
# Filters that fewer articles pass are answered exactly: comparing so few is as soon done as scanning the index.
EXACT_BELOW = 5_000


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


@dataclass(frozen=True, kw_only=True)
class ModelToSearch:
    """A model whose vectors are stored."""

    dimension: int
    indexed: bool
    """whether this database has a whole index over its vectors"""


class NearestArticles(Protocol):
    """Nearest articles, most similar first; equally similar ones by PMID."""

    def __call__(self, connection: Connection[Any], wanted: Wanted) -> list[Neighbour]: ...


class ExactArticles:
    """All vectors of the model compared in PostgreSQL."""

    def __call__(self, connection: Connection[Any], wanted: Wanted) -> list[Neighbour]:
        condition = ARTICLE_QUERIES["counted"] if wanted.filters == Filters() else QUERIES["among_filtered"]
        return _ask(connection, QUERIES["nearest_exactly"].format(filter=_filtered(condition)), wanted)


class IndexedArticles:
    """pgvector's HNSW, scanned on until enough neighbours pass the filters; exact where few articles pass them."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension

    def __call__(self, connection: Connection[Any], wanted: Wanted) -> list[Neighbour]:
        condition: sql.Composable = ARTICLE_QUERIES["counted"]
        if wanted.filters != Filters():
            if _passing(connection, wanted.filters) < EXACT_BELOW:
                return ExactArticles()(connection, wanted)
            condition = _filtered(QUERIES["passes_filter"])
        query = QUERIES["nearest_by_index"].format(
            filter=condition,
            dimension=sql.Literal(self._dimension),
            # Written out, as the index is for this model alone.
            model_hash=sql.Literal(wanted.model_hash),
        )
        # Rolled back, so that the settings end with the one query that they are for. All is sent at once.
        with connection.pipeline(), connection.transaction(force_rollback=True):
            candidates = min(max(SCAN_CANDIDATES, 2 * wanted.limit), 1000)
            connection.execute(QUERIES["scan_settings"], {"candidates": str(candidates), "most": str(SCAN_AT_MOST)})
            return _ask(connection, query, wanted)


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
        if wanted.filters == Filters():
            duplicates = connection.execute(QUERIES["duplicates"]).fetchall()
            similarity[np.isin(pmids, np.asarray([row[0] for row in duplicates], dtype=np.int64))] = -np.inf
        else:
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


def nearest_implementation(connection: Connection[Any], model: ModelToSearch) -> NearestArticles:
    """The implementation that fits how this database keeps vectors, and whether it has an index of this model's."""
    if storage_of(connection) == "bytea":
        return _IN_PROCESS
    return IndexedArticles(model.dimension) if model.indexed else ExactArticles()


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
    model = _model_to_search(connection, model_hash)
    if model is None:
        return []
    if model.dimension != len(vector):
        raise BadInput(
            f"the vector has {len(vector)} dimensions, the stored ones {model.dimension}",
            remedy="encode the query with the model that encoded the articles",
        )
    find = nearest_implementation(connection, model)
    return find(connection, Wanted(vector=vector, model_hash=model_hash, limit=limit, filters=filters or Filters()))


def similar_articles(connection: Connection[Any], pmid: int, *, model_hash: str, limit: int) -> list[Neighbour]:
    """The articles most similar to a stored one, itself left out; none while it is not encoded.

    Raises NotFound when there is no such article.
    """
    model = _model_to_search(connection, model_hash)
    cursor = connection.cursor(binary=True)
    row = cursor.execute(QUERIES["one_vector"], {"model_hash": model_hash, "pmid": pmid}).fetchone()
    if row is None or model is None:
        exists = connection.execute(QUERIES["article_exists"], {"pmid": pmid}).fetchone()
        if exists is None or not exists[0]:
            raise NotFound(f"there is no article with PMID {pmid}")
        return []
    vector = from_binary([bytes(row[0])], storage_of(connection))[0]
    find = nearest_implementation(connection, model)
    return find(connection, Wanted(vector=vector, model_hash=model_hash, limit=limit, excluded=pmid))


def load_vectors(connection: Connection[Any], model_hash: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """All vectors of a model: PMIDs int64 [n], ascending, and float32 [n, dimension], each of length 1."""
    storage = storage_of(connection)
    rows = connection.cursor(binary=True).execute(QUERIES["all_vectors"], {"model_hash": model_hash}).fetchall()
    pmids = np.asarray([row[0] for row in rows], dtype=np.int64)
    return pmids, to_unit_length(from_binary([bytes(row[1]) for row in rows], storage))


def _model_to_search(connection: Connection[Any], model_hash: str) -> ModelToSearch | None:
    with connection.cursor(row_factory=class_row(ModelToSearch)) as cursor:
        return cursor.execute(
            QUERIES["model_to_search"], {"hash": model_hash, "index": index_name(model_hash)}
        ).fetchone()


def _filtered(condition: sql.SQL) -> sql.Composed:
    return condition.format(filter=ARTICLE_QUERIES["filter"])


def _passing(connection: Connection[Any], filters: Filters) -> int:
    """How many articles pass the filters, counted no further than it matters."""
    row = connection.execute(
        _filtered(QUERIES["count_filtered"]), {**asdict(filters), "enough": EXACT_BELOW}, prepare=False
    ).fetchone()
    return int(row[0]) if row else 0


def _ask(connection: Connection[Any], query: sql.Composed, wanted: Wanted) -> list[Neighbour]:
    rows = connection.execute(
        query,
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
