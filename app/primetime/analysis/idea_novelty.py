"""How novel an idea is by itself: its text among titles of recent articles, each of them taken for an idea of its year.

A short text stands farther from whole abstracts than an abstract does. So an idea is placed among texts of its own
kind, and not among the topics that its articles are placed among.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.blocks import in_blocks, one_thread_each
from primetime.analysis.forecast import Refused
from primetime.analysis.parts import WINDOW_YEARS, novelty_of
from primetime.analysis.prior_work import NEAREST
from primetime.analysis.reference import Array, Field, percentile, percentiles_of

METHOD = "idea-1"
# So many titles are drawn; fewer make no distribution.
TITLES, FEWEST_TITLES = 200, 50
_ROWS = 16

Vectors = NDArray[np.float32]
Years = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class IdeaNovelty:
    novelty: float
    """its place among the titles, 0..1"""
    nearest: list[int]
    """the indices of the articles that are nearest to it, the nearest first"""
    receipt: dict[str, Any]


def titles_to_compare(years: Years, field: Field, seed: int) -> Years:
    """The indices of the articles whose titles an idea is placed among: up to 200 of the last three complete years."""
    last = field.last_complete_year
    recent = np.flatnonzero((years > last - WINDOW_YEARS) & (years <= last))
    chosen = np.random.default_rng(seed).choice(recent, min(TITLES, len(recent)), replace=False)
    return np.sort(chosen)


def idea_novelty(
    idea: Vectors,
    titles: Vectors,
    title_years: Years,
    vectors: Vectors,
    years: Years,
    field: Field,
    made_by: Mapping[str, Any],
) -> IdeaNovelty | Refused:
    """Place an idea's unit vector [dimension] among those of `titles` [m, dimension] of articles of `title_years` [m].

    Prior work of the idea are all articles with a year, given by their `vectors` [n, dimension] and `years` [n]
    (0: unknown), of a title those of earlier years. What of it is old is told by `field`. `made_by` goes into the
    receipt. Refused where fewer than 50 titles, or the idea itself, have 15 articles before them.
    """
    texts = np.vstack([idea[None], titles])
    when = np.concatenate([[int(years.max(initial=0)) + 1], title_years])
    known = np.asarray([((years > 0) & (years < year)).sum() >= NEAREST for year in when])
    if not known[0] or known[1:].sum() < FEWEST_TITLES:
        return Refused(
            reason=f"{int(known[1:].sum())} titles of the last {WINDOW_YEARS} complete years have earlier work to "
            f"compare with, {FEWEST_TITLES} are needed"
        )
    nearest, distance = _nearest_earlier(texts[known], when[known], vectors, years)
    until = np.asarray([field.older_half(int(year)) for year in when[known]])
    old = (years[nearest] <= until[:, None]).mean(axis=1)
    measures = {"distance": np.round(distance, 6), "old": np.round(old, 6)}
    grids = {name: percentiles_of(values[1:].tolist()) for name, values in measures.items()}
    receipt = {
        "distance": float(measures["distance"][0]),
        "old": float(measures["old"][0]),
        "titles": len(titles),
        "reference": {**grids, "novelty": percentiles_of(novelty_of(measures, grids)[1:].tolist())},
        "method": METHOD,
        **made_by,
    }
    return IdeaNovelty(novelty=novelty_from(receipt), nearest=nearest[0].tolist(), receipt=receipt)


def novelty_from(receipt: Mapping[str, Any]) -> float:
    """The idea's novelty from its receipt alone: the weighed mean of its measures' places, placed among the titles'."""
    reference: Mapping[str, Sequence[float]] = receipt["reference"]
    measures = {name: np.asarray([receipt[name]]) for name in ("distance", "old")}
    return round(float(percentile(novelty_of(measures, reference), reference["novelty"])[0]), 4)


def _nearest_earlier(texts: Vectors, when: Years, vectors: Vectors, years: Years) -> tuple[Years, Array]:
    """Of each text the 15 nearest articles of earlier years than its own, nearest first, and their mean distance."""

    def nearest(rows: slice) -> tuple[Years, Array]:
        similarity = texts[rows] @ vectors.T
        similarity[(years[None] <= 0) | (years[None] >= when[rows, None])] = -np.inf
        order = np.argsort(-similarity, axis=1, kind="stable")[:, :NEAREST]
        return order, 1 - np.take_along_axis(similarity, order, axis=1).mean(axis=1, dtype=np.float64)

    with one_thread_each():
        found = in_blocks(nearest, len(texts), _ROWS)
    return np.concatenate([order for order, _ in found]), np.concatenate([distance for _, distance in found])
