"""Articles with nearly the same text, read from the graph of nearest ones: reprints, parts of a series, corrections.

They are told, and nothing is done about them: whether two records are of one article, bibliographic data say
(`articles.duplicates`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.rows import class_row

from primetime.analysis.neighbours import Neighbours
from primetime.database.queries import load_queries

QUERIES = load_queries("primetime.analysis", "near_duplicates.sql")


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Pairs of n points."""

    one: NDArray[np.int64]
    """[pairs], the lower number of each, ascending"""
    other: NDArray[np.int64]
    similarity: NDArray[np.float32]
    """[pairs], cosine"""


@dataclass(frozen=True, kw_only=True)
class NearDuplicates:
    """Two stored articles with nearly the same text."""

    one: int
    other: int
    similarity: float
    title: str
    other_title: str


def near_duplicates(neighbours: Neighbours, at_least: float) -> Pairs:
    """The pairs of points of which one has the other among its nearest, at a cosine of `at_least` or more."""
    rows, columns = np.nonzero(1 - neighbours.distances >= np.float32(at_least))
    others = neighbours.indices[rows, columns]
    pairs, first = np.unique(np.stack([np.minimum(rows, others), np.maximum(rows, others)]), axis=1, return_index=True)
    similarity = 1 - neighbours.distances[rows[first], columns[first]]
    return Pairs(one=pairs[0], other=pairs[1], similarity=similarity)


def store_near_duplicates(connection: Connection[Any], run_id: int, pmids: NDArray[np.int64], pairs: Pairs) -> None:
    """Store a run's pairs in place of all earlier ones, in the transaction that is open."""
    connection.execute(QUERIES["forget_pairs"])
    connection.execute(
        QUERIES["insert_pairs"],
        {
            "run_id": run_id,
            "ones": pmids[pairs.one].tolist(),
            "others": pmids[pairs.other].tolist(),
            "similarities": pairs.similarity.tolist(),
        },
    )


def stored_near_duplicates(connection: Connection[Any]) -> list[NearDuplicates]:
    """The pairs that the newest analysis of everything found, the most similar first."""
    with connection.cursor(row_factory=class_row(NearDuplicates)) as cursor:
        return cursor.execute(QUERIES["pairs"]).fetchall()
