"""Papers in each complete year: what forecasts and growth are made from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Of the busiest year's papers: what a year needs for the corpus to be said to reach it.
COVERED_SHARE = 0.1


def last_complete_year(years: NDArray[np.int64], this_year: int) -> int:
    """The last year whose papers can all be there, of a corpus's publication years (unknown ones are 0).

    The newest year is never counted as complete, since its records are still arriving; nor is the current calendar
    year, whatever dates in the future some journals print. A year with less than a tenth of the busiest year's papers
    is not the corpus's end either: a few stray records of later years would make every topic look dead.
    """
    dated = years[(years > 0) & (years <= this_year)]
    if not len(dated):
        return this_year - 1
    covered, counts = np.unique(dated, return_counts=True)
    newest = min(int(years.max()), this_year)
    complete = covered[(covered < newest) & (counts >= counts.max() * COVERED_SHARE)]
    return int(complete.max()) if len(complete) else newest - 1


def yearly_counts(years: NDArray[np.int64], last_year: int) -> dict[int, int]:
    """Papers in each year from the first to `last_year`, years without any filled with 0. Unknown years are 0."""
    dated = years[(years > 0) & (years <= last_year)]
    if not len(dated):
        return {}
    first = int(dated.min())
    counts = np.bincount(dated - first, minlength=last_year - first + 1)
    return {first + offset: int(count) for offset, count in enumerate(counts)}
