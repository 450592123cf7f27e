"""The opportunity score: novelty, velocity and recency of a topic against the run's own topics, with a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.forecast import Refused
from primetime.errors import BadInput

PARTS = ("novelty", "velocity", "recency")
WINDOW_YEARS = 3
FEWEST_ARTICLES = 15
FEWEST_RECENT = 5
FEWEST_TOPICS = 5
PRIOR_NEIGHBOURS = 15
# Papers added to both windows, spread as the whole corpus is: growth from 1 to 3 papers must not beat 40 to 90.
SHRINKAGE = 10
# A reference distribution is kept as its 0th, 5th, … 100th percentile.
GRID = 21

Label = Literal["Excellent", "Good", "Fair", "Low"]
THRESHOLDS: tuple[tuple[float, Label], ...] = ((0.8, "Excellent"), (0.6, "Good"), (0.4, "Fair"))

NOT_COUNTED = "citations are not stored yet: velocity is of papers alone"


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Papers of one topic and of the whole dated corpus, in the last three complete years and the three before."""

    recent: int
    earlier: int
    corpus_recent: int
    corpus_earlier: int


@dataclass(frozen=True, kw_only=True)
class RawParts:
    """What a topic's score is made from, before it is set against the reference."""

    novelty: float
    """mean cosine distance of its recent papers to their nearest papers of earlier years"""
    velocity: float
    """logarithm of its growth between the windows over the corpus's own, shrunk"""
    recency: float
    """mean place of its papers in the corpus's order of publication years, 0 (all first) to 1 (all last)"""
    articles: int
    windows: Windows


@dataclass(frozen=True, kw_only=True)
class Opportunity:
    score: float
    label: Label
    novelty: float
    velocity: float
    recency: float
    receipt: dict[str, Any]


def windows(years: NDArray[np.int64], members: NDArray[np.int64], last_year: int) -> Windows:
    """Count the windows of the topic whose articles are `members` of n articles with `years` [n] (0: unknown)."""

    def between(values: NDArray[np.int64], first: int, last: int) -> int:
        return int(((values >= first) & (values <= last)).sum())

    recent, earlier = last_year - WINDOW_YEARS + 1, last_year - 2 * WINDOW_YEARS + 1
    return Windows(
        recent=between(years[members], recent, last_year),
        earlier=between(years[members], earlier, recent - 1),
        corpus_recent=between(years, recent, last_year),
        corpus_earlier=between(years, earlier, recent - 1),
    )


def velocity(counts: Windows) -> float | None:
    """log of the topic's growth over the corpus's, both shrunk towards the corpus; None where a window is empty."""
    if counts.corpus_recent == 0 or counts.corpus_earlier == 0:
        return None
    both = counts.corpus_recent + counts.corpus_earlier
    recent = counts.recent + SHRINKAGE * counts.corpus_recent / both
    earlier = counts.earlier + SHRINKAGE * counts.corpus_earlier / both
    return float(np.log(recent / earlier) - np.log(counts.corpus_recent / counts.corpus_earlier))


def publication_rank(years: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each article's place in the corpus by year, 0..1, the same year sharing its middle place; NaN: unknown year."""
    rank = np.full(len(years), np.nan)
    dated = np.flatnonzero(years > 0)
    ordered = np.sort(years[dated])
    low = np.searchsorted(ordered, years[dated], side="left")
    high = np.searchsorted(ordered, years[dated], side="right")
    rank[dated] = (low + high) / 2 / max(len(dated), 1)
    return rank


def distance_to_prior_work(
    vectors: NDArray[np.float32], years: NDArray[np.int64], first_year: int
) -> NDArray[np.float64]:
    """Mean cosine distance of each article since `first_year` to its 15 nearest articles of earlier years than its own.

    `vectors` [n, dimension] of unit length, `years` [n] (0: unknown). NaN for older articles, unknown years, and where
    fewer than 15 earlier articles exist.
    """
    distance = np.full(len(years), np.nan)
    dated = np.flatnonzero(years > 0)
    order = dated[np.argsort(years[dated], kind="stable")]
    ordered = vectors[order]
    for year in np.unique(years[years >= max(first_year, 1)]):
        start, stop = (int(i) for i in np.searchsorted(years[order], [year, year + 1]))
        if start < PRIOR_NEIGHBOURS:
            continue
        for block in range(start, stop, 1024):
            rows = slice(block, min(block + 1024, stop))
            similarity = ordered[rows] @ ordered[:start].T
            nearest = np.partition(similarity, start - PRIOR_NEIGHBOURS, axis=1)[:, -PRIOR_NEIGHBOURS:]
            distance[order[rows]] = 1 - nearest.mean(axis=1)
    return distance


def raw_parts(
    members: NDArray[np.int64],
    years: NDArray[np.int64],
    rank: NDArray[np.float64],
    prior_distance: NDArray[np.float64],
    last_year: int,
) -> RawParts | Refused:
    """One topic's parts, from its articles' indices and the corpus's arrays; refused where papers are too few."""
    dated = members[years[members] > 0]
    if len(dated) < FEWEST_ARTICLES:
        return Refused(reason=f"{len(dated)} articles with a year are too few, {FEWEST_ARTICLES} are needed")
    since = last_year - WINDOW_YEARS + 1
    compared = prior_distance[dated]
    compared = compared[~np.isnan(compared)]
    if len(compared) < FEWEST_RECENT:
        found = f"{len(compared)} articles since {since} have earlier work to compare with"
        return Refused(reason=f"{found}, {FEWEST_RECENT} are needed")
    counts = windows(years, members, last_year)
    speed = velocity(counts)
    if speed is None:
        return Refused(reason=f"the corpus has no articles in one of the {2 * WINDOW_YEARS} years up to {last_year}")
    return RawParts(
        novelty=float(compared.mean()),
        velocity=speed,
        recency=float(rank[dated].mean()),
        articles=len(dated),
        windows=counts,
    )


def reference_of(parts: Sequence[RawParts]) -> dict[str, list[float]]:
    """The distributions over a run's topics, as 21 percentiles each: what scores of that run are measured against."""
    return {
        name: [
            round(float(q), 6) for q in np.percentile([getattr(one, name) for one in parts], np.linspace(0, 100, GRID))
        ]
        for name in PARTS
    }


def percentile(value: float, grid: Sequence[float]) -> float:
    """Where a value stands among evenly spaced percentiles of a distribution, 0..1; equal values share their middle."""
    if value < grid[0]:
        return 0.0
    if value > grid[-1]:
        return 1.0
    low = float(np.searchsorted(grid, value, side="left"))
    high = float(np.searchsorted(grid, value, side="right")) - 1
    if high < low:  # strictly between two percentiles
        left, right = grid[int(high)], grid[int(low)]
        low = high = high + (value - left) / (right - left)
    return (low + high) / 2 / (len(grid) - 1)


def check_weights(weights: Mapping[str, float]) -> None:
    """Raise BadInput unless there is a weight of 0 or more for each part, and not all are 0."""
    if set(weights) != set(PARTS) or min(weights.values()) < 0 or sum(weights.values()) <= 0:
        raise BadInput(
            "the opportunity's weights must be 0 or more, and not all 0",
            remedy="set PRIMETIME_NOVELTY_WEIGHT, PRIMETIME_VELOCITY_WEIGHT and PRIMETIME_RECENCY_WEIGHT",
        )


def score(
    parts: RawParts, reference: Mapping[str, Sequence[float]], weights: Mapping[str, float], made_by: Mapping[str, str]
) -> Opportunity:
    """Score one topic. `made_by` goes into the receipt: snapshot, model_hash, release_id."""
    inputs = {**{name: round(getattr(parts, name), 6) for name in PARTS}, "windows": asdict(parts.windows)}
    receipt: dict[str, Any] = {
        "inputs": inputs,
        "reference": {name: list(reference[name]) for name in PARTS},
        "weights": {name: float(weights[name]) for name in PARTS},
        "sample_size": parts.articles,
        "thresholds": {label: bound for bound, label in THRESHOLDS},
        "note": NOT_COUNTED,
        **made_by,
    }
    return from_receipt(receipt)


def from_receipt(receipt: Mapping[str, Any]) -> Opportunity:
    """The score that a receipt proves: recomputed from its inputs, reference and weights alone."""
    weights = receipt["weights"]
    check_weights(weights)
    placed = {name: round(percentile(receipt["inputs"][name], receipt["reference"][name]), 4) for name in PARTS}
    total = sum(weights[name] * placed[name] for name in PARTS) / sum(weights.values())
    return Opportunity(score=round(total, 4), label=label_of(total), receipt=dict(receipt), **placed)


def label_of(value: float) -> Label:
    """The label of a score; the score is rounded first, as it is shown."""
    return next((label for bound, label in THRESHOLDS if round(value, 4) >= bound), "Low")
