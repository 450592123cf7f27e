"""How far each article is from what was written before it, and how old that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.neighbours import InvertedFile
from primetime.analysis.reference import Field

NEAREST = 15

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class PriorWork:
    """What the 15 nearest articles of earlier years are to each of n articles; NaN where that cannot be told."""

    distance: Array
    """mean cosine distance to them"""
    old: Array
    """share of them that are from the older half of the field's earlier work"""


def prior_work(
    file: InvertedFile,
    years: NDArray[np.int64],
    first_year: int,
    field: Field,
    *,
    only: NDArray[np.int64] | None = None,
) -> PriorWork:
    """Compare each article since `first_year` with its nearest articles of earlier years than its own.

    `file` is of their unit vectors, `years` [n] (0: unknown). NaN for older articles, unknown years, and where
    fewer than 15 earlier articles exist. `only`: the indices of the articles that it is wanted of; the others get NaN.
    What is old is told by `field`, a fixed one, so that articles that somebody else brings move nothing.
    """
    wanted = np.ones(len(years), dtype=bool) if only is None else np.isin(np.arange(len(years)), only)
    rows = np.flatnonzero(wanted & (years >= max(first_year, 1)))
    nearest = file.earlier(rows, years, NEAREST)
    distance, old = np.full(len(years), np.nan), np.full(len(years), np.nan)
    distance[rows] = nearest.distances.mean(axis=1, dtype=np.float64)
    told = nearest.indices[:, 0] >= 0
    older_half = {int(year): field.older_half(int(year)) for year in np.unique(years[rows])}
    until = np.asarray([older_half[int(year)] for year in years[rows]])
    old[rows[told]] = (years[nearest.indices[told]] <= until[told, None]).mean(axis=1)
    return PriorWork(distance=distance, old=old)
