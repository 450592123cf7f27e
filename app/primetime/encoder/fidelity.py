"""How far a quantised model's vectors are from the original's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from primetime.encoder.artifact import Quality, Retrieval

# Below these, search results visibly change. A variant that falls short is not offered.
MEAN_COSINE = 0.995
FIRST_PERCENTILE_COSINE = 0.985
NEAREST_10_OVERLAP = 0.93
# Of what fp32 reaches, on the labels of real reviews.
RETRIEVAL_KEPT = 0.995

NEIGHBOURS = 10
# Rows of similarities computed at once.
_AT_ONCE = 1024


@dataclass(frozen=True, kw_only=True)
class Review:
    """A systematic review: which of some texts it screened, and which of them it included."""

    name: str
    rows: NDArray[np.int64]
    """[screened], into the texts"""
    included: NDArray[np.bool_]
    """[screened], at least two set"""


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """Texts with the reviews that screened them."""

    texts: Sequence[str]
    reviews: Sequence[Review]


def compare(original: NDArray[np.float32], quantised: NDArray[np.float32]) -> Quality:
    """Compare unit vectors [texts, dimension] of the same texts, more than ten of them."""
    cosines = (original * quantised).sum(axis=1)
    return Quality(
        texts=len(original),
        mean_cosine=float(cosines.mean(dtype=np.float64)),
        first_percentile_cosine=float(np.percentile(cosines, 1)),
        nearest_10_overlap=_overlap(original, quantised),
    )


def shortfalls(quality: Quality) -> list[str]:
    """What keeps a variant from being offered, in words; empty when it passes the gate."""
    limits = (
        ("mean cosine", quality.mean_cosine, MEAN_COSINE),
        ("1st percentile", quality.first_percentile_cosine, FIRST_PERCENTILE_COSINE),
        ("nearest-10 overlap", quality.nearest_10_overlap, NEAREST_10_OVERLAP),
    )
    return [f"{name} {value:.6g} below {limit}" for name, value, limit in limits if not value >= limit]


def judge_retrieval(vectors: NDArray[np.float32], reviews: Sequence[Review]) -> Retrieval:
    """Means over the reviews of what `retrieval` gives for each; vectors [texts, dimension]."""
    scores = [retrieval(vectors[review.rows], review.included) for review in reviews]
    ndcg, recall = np.mean(scores, axis=0)
    return Retrieval(ndcg_10=float(ndcg), recall_100=float(recall))


def retrieval_shortfalls(original: Retrieval, variant: Retrieval) -> list[str]:
    """As `shortfalls`, for what is lost in retrieval."""
    pairs = (
        ("nDCG@10", variant.ndcg_10, original.ndcg_10),
        ("recall@100", variant.recall_100, original.recall_100),
    )
    return [
        f"{name} {value:.6g} below {RETRIEVAL_KEPT} of fp32's {before:.6g}"
        for name, value, before in pairs
        if not value >= RETRIEVAL_KEPT * before
    ]


def retrieval(vectors: NDArray[np.float32], relevant: NDArray[np.bool_]) -> tuple[float, float]:
    """nDCG@10 and recall@100 when each relevant text in turn asks for the others among all texts.

    Takes unit vectors [texts, dimension] and marks [texts], at least two of them set. Gains are binary
    (Järvelin & Kekäläinen 2002).
    """
    asking = np.flatnonzero(relevant)
    others = len(asking) - 1
    if others < 1:
        raise ValueError("retrieval needs two relevant texts or more")
    similarity = vectors[asking] @ vectors.T
    similarity[np.arange(len(asking)), asking] = -np.inf
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :-1]  # the last is the text that asks
    found = relevant[order]
    discount = 1 / np.log2(np.arange(2, 12))
    best = discount[: min(others, 10)].sum()
    gains = found[:, :10] @ discount[: min(10, found.shape[1])]
    return float((gains / best).mean()), float((found[:, :100].sum(axis=1) / others).mean())


def _overlap(original: NDArray[np.float32], quantised: NDArray[np.float32]) -> float:
    shared = sum(len(set(a) & set(b)) for a, b in zip(_nearest(original), _nearest(quantised), strict=True))
    return shared / (len(original) * NEIGHBOURS)


def _nearest(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    found = np.empty((len(vectors), NEIGHBOURS), dtype=np.int64)
    for start in range(0, len(vectors), _AT_ONCE):
        similarity = vectors[start : start + _AT_ONCE] @ vectors.T
        own = np.arange(len(similarity))
        similarity[own, start + own] = -np.inf
        found[start : start + _AT_ONCE] = np.argpartition(-similarity, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    return found
