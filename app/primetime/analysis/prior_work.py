"""How far each article is from what was written before it, and how old that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.reference import Field

NEAREST = 15
_BLOCK = 1024

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class PriorWork:
    """What the 15 nearest articles of earlier years are to each of n articles; NaN where that cannot be told."""

    distance: Array
    """mean cosine distance to them"""
    old: Array
    """share of them that are from the older half of the field's earlier work"""


def prior_work(
    vectors: NDArray[np.float32],
    years: NDArray[np.int64],
    first_year: int,
    field: Field,
    *,
    only: NDArray[np.int64] | None = None,
) -> PriorWork:
    """Compare each article since `first_year` with its nearest articles of earlier years than its own.

    `vectors` [n, dimension] of unit length, `years` [n] (0: unknown). NaN for older articles, unknown years, and where
    fewer than 15 earlier articles exist. `only`: the indices of the articles that it is wanted of; the others get NaN.
    What is old is told by `field`, a fixed one, so that articles that somebody else brings move nothing.
    """
    wanted = np.isin(np.arange(len(years)), only) if only is not None else np.ones(len(years), dtype=bool)
    distance, old = np.full(len(years), np.nan), np.full(len(years), np.nan)
    dated = np.flatnonzero(years > 0)
    order = dated[np.argsort(years[dated], kind="stable")]
    ordered = vectors[order]
    ascending = years[order]
    for year in np.unique(years[years >= max(first_year, 1)]):
        start, stop = (int(i) for i in np.searchsorted(ascending, [year, year + 1]))
        if start < NEAREST:
            continue
        older = int(np.searchsorted(ascending[:start], field.older_half(int(year)), side="right"))
        of_year = np.flatnonzero(wanted[order[start:stop]]) + start
        for block in range(0, len(of_year), _BLOCK):
            rows = of_year[block : block + _BLOCK]
            similarity = ordered[rows] @ ordered[:start].T
            nearest = np.argpartition(similarity, start - NEAREST, axis=1)[:, -NEAREST:]
            distance[order[rows]] = 1 - np.take_along_axis(similarity, nearest, axis=1).mean(axis=1)
            old[order[rows]] = (nearest < older).mean(axis=1)
    return PriorWork(distance=distance, old=old)
