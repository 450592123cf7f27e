"""Growth of field-normalised citations: how the citation ratio of a topic's papers moves, over the field's own.

A ratio is iCite's relative citation ratio (Hutchins et al. 2016): citations a year over those expected of the paper's
field, 1 where it is cited as expected. It is taken as log(1 + ratio), so that one famous paper does not stand for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Papers with a known ratio that each window needs; fewer, and velocity is of papers alone.
FEWEST_CITED = 5
# Papers that a difference is shrunk by: five papers with luck must not beat fifty.
SHRINKAGE = 10
# Of a publication year's papers: how many yearly counts must be known for its mean to mean something.
_FEWEST_OF_A_YEAR = 10
# OpenAlex tells the citations of about the last ten years; of a paper older than that the first ones are not known.
COVERED_YEARS = 10

Array = NDArray[np.float64]
Ratios = Mapping[int, tuple[int, float]]
"""publication year → (papers with a known ratio, the sum of their log(1 + ratio))"""


@dataclass(frozen=True, kw_only=True)
class Cited:
    """Papers whose ratio is known, of a topic in its two windows, and the field's mean log(1 + ratio) in each."""

    recent: int
    earlier: int
    field_recent: float | None
    """None: no paper of the field has a known ratio there"""
    field_earlier: float | None

    @property
    def enough(self) -> bool:
        known = min(self.recent, self.earlier) >= FEWEST_CITED
        return known and self.field_recent is not None and self.field_earlier is not None


def ratios_of(years: NDArray[np.int64], ratios: Array) -> dict[int, tuple[int, float]]:
    """A field's ratios, of articles with `years` [n] (0: unknown) and `ratios` [n] (NaN: unknown)."""
    known = (years > 0) & ~np.isnan(ratios)
    logs = np.log1p(ratios)
    return {
        int(year): (int((known & (years == year)).sum()), round(float(logs[known & (years == year)].sum()), 6))
        for year in np.unique(years[known])
    }


def mean_of(ratios: Ratios, first: int, last: int) -> float | None:
    """The field's mean log(1 + ratio) over the years `first` to `last`, both included; None where none is known."""
    some = [one for year, one in ratios.items() if first <= year <= last]
    papers = sum(count for count, _ in some)
    return sum(total for _, total in some) / papers if papers else None


def growth(recent: Array, earlier: Array, recent_known: Array, earlier_known: Array, of: Cited) -> Array:
    """The growth of the ratio over the field's, from sums of log(1 + ratio) and the papers summed, each [draws].

    The difference of the two windows' means, each over the field's of that window, shrunk by ten papers: it counts as
    the harmonic mean of both numbers of papers allows. 0 where a window has none.
    """
    assert of.field_recent is not None
    assert of.field_earlier is not None
    now = recent / np.maximum(recent_known, 1) - of.field_recent
    before = earlier / np.maximum(earlier_known, 1) - of.field_earlier
    papers = 2 * recent_known * earlier_known / np.maximum(recent_known + earlier_known, 1)
    return np.asarray((now - before) * papers / (papers + SHRINKAGE))


def ratios_as_of(
    origin: int, years: NDArray[np.int64], by_year: Mapping[int, Mapping[int, int]], told_in: NDArray[np.int64]
) -> Array:
    """Ratios as they stood at the end of the year `origin`, from citations by year alone; NaN where unknown, [n].

    Today's ratio knows what came after, so it may not be used for the past. In its place each article's citations up to
    `origin` stand over the mean of the articles of its publication year. `by_year` has the citations of article i (an
    index into `years`) by year, years without any left out; `told_in` [n] is the year in which the source said so.
    Unknown: an article published more than ten years before that, whose first citations the source no longer
    tells, and one in whose publication year fewer than ten articles are known.
    """
    count = np.full(len(years), np.nan)
    for article, citations in by_year.items():
        if told_in[article] - COVERED_YEARS < years[article] <= origin:
            count[article] = sum(number for year, number in citations.items() if year <= origin)
    ratio = np.full(len(years), np.nan)
    for year in np.unique(years[~np.isnan(count)]):
        of_year = (years == year) & ~np.isnan(count)
        mean = float(count[of_year].mean())
        if of_year.sum() >= _FEWEST_OF_A_YEAR and mean > 0:
            ratio[of_year] = count[of_year] / mean
    return ratio
