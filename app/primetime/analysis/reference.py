"""What scores are measured against: a field's years and its topics' percentiles, made once and then left alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.citation_growth import Ratios, ratios_of

# Part of every reference's id: scores of another method are not measured against this one's.
METHOD = "opportunity-3"
# Novelty was the distance to prior work alone, and velocity the growth of papers alone.
EARLIER_METHOD = "opportunity-2"
# A corpus this many times as large as the reference's is another corpus.
OUTGROWN = 2.0
# A distribution is kept as its 0th, 5th, … 100th percentile.
GRID = 21

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Field:
    """The years of a corpus at one moment: the clock that recency is read from, the growth that velocity is over."""

    papers: Mapping[int, int]
    """year → papers, years without any left out"""
    last_complete_year: int
    ratios: Ratios = field(default_factory=dict)
    """year → (papers with a known citation ratio, the sum of their log(1 + ratio))"""

    def count(self, first: int, last: int) -> int:
        """Papers of the years `first` to `last`, both included."""
        return sum(papers for year, papers in self.papers.items() if first <= year <= last)

    def older_half(self, year: int) -> int:
        """The last year up to which no more than half of the field's papers before `year` had appeared; 0: none."""
        before = sorted(one for one in self.papers if one < year)
        until = np.cumsum([self.papers[one] for one in before])
        inside = np.flatnonzero(until <= until[-1] / 2) if before else np.asarray([], dtype=np.int64)
        return before[int(inside[-1])] if len(inside) else 0

    def rank(self, years: NDArray[np.int64]) -> Array:
        """The place of each year [n] in the order of the field's papers, 0..1; papers of one year share its middle."""
        known = np.asarray(sorted(self.papers), dtype=np.int64)
        counts = np.asarray([self.papers[int(year)] for year in known], dtype=np.float64)
        until = np.concatenate([[0.0], np.cumsum(counts)])
        low = until[np.searchsorted(known, years, side="left")]
        high = until[np.searchsorted(known, years, side="right")]
        return np.asarray((low + high) / 2 / max(until[-1], 1.0))


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A field and the distribution of each part over its topics."""

    model_hash: str
    snapshot: str
    articles: int
    topics: int
    field: Field
    percentiles: Mapping[str, list[float]]
    release_id: str
    why: str
    method: str = METHOD
    made_at: datetime | None = None
    """None until it is stored"""

    @property
    def id(self) -> str:
        """The beginning of its contents' sha256: equal references have equal ids, a changed one another."""
        # A reference of the method before was made without, and keeps its id.
        of_citations = {} if self.method == EARLIER_METHOD else {"ratios": ratios_json(self.field.ratios)}
        return reference_id(
            {
                **of_citations,
                "method": self.method,
                "model_hash": self.model_hash,
                "snapshot": self.snapshot,
                "articles": self.articles,
                "topics": self.topics,
                "last_complete_year": self.field.last_complete_year,
                "papers": {str(year): papers for year, papers in self.field.papers.items()},
                "percentiles": dict(self.percentiles),
            }
        )


def reference_id(contents: Mapping[str, Any]) -> str:
    text = json.dumps(contents, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def ratios_json(ratios: Ratios) -> dict[str, list[float]]:
    """As a reference and a receipt keep them."""
    return {str(year): list(one) for year, one in ratios.items()}


def read_ratios(kept: Mapping[str, Sequence[float]]) -> dict[int, tuple[int, float]]:
    return {int(year): (int(count), float(total)) for year, (count, total) in kept.items()}


def field_of(years: NDArray[np.int64], last_complete_year: int, ratios: Array | None = None) -> Field:
    """The field of a corpus with these publication years (unknown ones are 0), and citation ratios (NaN: unknown)."""
    found, counts = np.unique(years[years > 0], return_counts=True)
    papers = {int(year): int(count) for year, count in zip(found, counts, strict=True)}
    known = {} if ratios is None else ratios_of(years, ratios)
    return Field(papers=papers, last_complete_year=last_complete_year, ratios=known)


def percentiles_of(values: Sequence[float]) -> list[float]:
    """A distribution as its 21 percentiles, to six digits."""
    return [round(float(one), 6) for one in np.percentile(values, np.linspace(0, 100, GRID))]


def percentile(values: Array, grid: Sequence[float]) -> Array:
    """Where values [n] stand among evenly spaced percentiles of a distribution, 0..1; equal ones share their middle."""
    known = np.asarray(grid, dtype=np.float64)
    low = np.searchsorted(known, values, side="left").astype(np.float64)
    high = np.searchsorted(known, values, side="right") - 1.0
    between = (high < low) & (values > known[0]) & (values < known[-1])
    left = known[np.clip(high, 0, len(known) - 1).astype(np.int64)]
    right = known[np.clip(low, 0, len(known) - 1).astype(np.int64)]
    inside = high + (values - left) / np.where(between, right - left, 1.0)
    placed = np.where(between, inside, (low + high) / 2) / (len(known) - 1)
    return np.asarray(np.clip(placed, 0.0, 1.0))


def why_renew(
    reference: Reference | None, *, articles: int, now: datetime, days: int, ordered: bool = False
) -> str | None:
    """Why the reference in force must give way to a new one; None while it stands.

    Never because of what a search found or a topic gained: only where there is none, by order, by age in `days`
    (0: never by age), or when the corpus has become twice as large.
    """
    if reference is None:
        return "the first of this model and method"
    if ordered:
        return "ordered"
    if articles >= OUTGROWN * reference.articles:
        return f"the corpus grew from {reference.articles} to {articles} articles"
    if days and reference.made_at is not None and now - reference.made_at >= timedelta(days=days):
        return f"the one before was {(now - reference.made_at).days} days old"
    return None
