"""Whether a score made at year T ranks what grew from T to T + 3: every T that a table of yearly series allows.

Each score sees the years up to T alone. Ties share their gains (McSherry & Najork 2008), so a score that tells nothing
gets what chance would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from primetime.analysis.forecast import rolling
from primetime.analysis.parts import SHRINKAGE, WINDOW_YEARS
from primetime.analysis.table import Table, refusal
from primetime.errors import BadInput

Array = NDArray[np.float64]

GROWTH_YEARS = 3
FEWEST_SERIES = 10
TOP_SHARE = 0.1
DISCOUNTED = 20
METRICS = ("spearman", "precision_at_10_percent", "ndcg_at_20")

PAST = "past growth continues"
NAIVE = "naive"
OPPORTUNITY = "opportunity"
FORECAST = "forecast growth"
CHOSEN = "chosen by rolling origin"
# Novelty needs papers, which a table of counts has not: its weight is left out and the others keep their proportion.
_WEIGHTS: Mapping[str, tuple[float, float]] = {
    OPPORTUNITY: (0.4, 0.2),
    "without recency": (0.4, 0.0),
    "without velocity": (0.0, 0.2),
}
# What may be chosen, the first until something is known.
CANDIDATES = (OPPORTUNITY, "without recency", "without velocity", FORECAST)
_SHOWN = (*CANDIDATES, CHOSEN, PAST, NAIVE)

_SAMPLES = 2000
# Growth of neighbouring origins overlaps, so origins are drawn in blocks of so many years.
_BLOCK = 5
# Fewer origins than two blocks make a handful of different draws, and intervals that are too narrow to prove anything.
FEWEST_ORIGINS = 2 * _BLOCK
_SEED = 20


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A mean over origins, and its difference from "past growth continues" with a 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float


@dataclass(frozen=True, kw_only=True)
class Backtest:
    origins: list[int]
    series: list[int]
    """series judged at each origin"""
    scores: dict[str, dict[str, Figure]]
    """score → metric → figure"""
    chosen: list[str]
    """what was chosen at each origin"""
    recommended: str
    """what would be chosen now"""
    gain: float
    """of what was chosen over the score, in Spearman's correlation, with its 95 % interval"""
    gain_low: float
    gain_high: float

    @property
    def own(self) -> str:
        """What stands until something better is known."""
        return OPPORTUNITY

    @property
    def alternative(self) -> str | None:
        """What to offer beside the score: only where choosing it beat the score for certain."""
        certain = self.gain_low > 0 and len(self.origins) >= FEWEST_ORIGINS
        return self.recommended if certain and self.recommended != self.own else None


def backtest(table: Table, first: int | None = None, last: int | None = None) -> Backtest:
    """Judge the scores at every origin from `first` to `last` at which at least ten series can be judged.

    Raises BadInput when there is none.
    """
    papers = table.values
    # A series refused at an origin is not judged there, so what stands here for its missing values does not matter.
    series = np.log1p(np.maximum(np.nan_to_num(papers), 0.0))
    expected = rolling(series, GROWTH_YEARS, "automatic")[:, :, -1] - series
    origins: list[int] = []
    judged: list[int] = []
    measured: list[dict[str, Array]] = []
    chosen: list[str] = []
    for year in range(papers.shape[1] - GROWTH_YEARS):
        origin = table.first_year + year
        if (first is not None and origin < first) or (last is not None and origin > last):
            continue
        outcome = papers[:, year + GROWTH_YEARS]
        usable = np.asarray(
            [
                refusal(row[: year + 1], table.first_year) is None and later >= 0
                for row, later in zip(papers, outcome, strict=True)
            ]
        )
        if usable.sum() < FEWEST_SERIES:
            continue
        growth = (series[:, year + GROWTH_YEARS] - series[:, year])[usable]
        past = (series[:, year] - series[:, year - GROWTH_YEARS])[usable]
        scores = _scores(np.nan_to_num(papers[usable, : year + 1]), past, expected[usable, year])
        results = {name: judge(score, growth) for name, score in scores.items()}
        # Outcomes of origins less than three years back are not known yet.
        known = [one for one, earlier in zip(measured, origins, strict=True) if earlier + GROWTH_YEARS <= origin]
        chosen.append(best(known, CANDIDATES))
        measured.append({**results, CHOSEN: results[chosen[-1]]})
        origins.append(origin)
        judged.append(int(usable.sum()))
    if not origins:
        raise BadInput(
            f"no year has {FEWEST_SERIES} series with {GROWTH_YEARS} years after it that can be judged",
            remedy="give a table with more years or series, or other --from and --to",
        )
    mean, low, high = gain(measured, CHOSEN, OPPORTUNITY)
    return Backtest(
        origins=origins,
        series=judged,
        scores=figures(measured, _SHOWN),
        chosen=chosen,
        recommended=best(measured, CANDIDATES),
        gain=mean,
        gain_low=low,
        gain_high=high,
    )


def judge(score: Array, growth: Array) -> Array:
    """Spearman's correlation, precision among the top 10 %, and nDCG@20 of a score [n] for growth [n].

    nDCG's gain is log growth, 0 for decline. A score or growth without differences correlates 0.
    """
    ranks, truth = rankdata(score), rankdata(growth)
    spread = ranks.std() * truth.std()
    spearman = float(((ranks - ranks.mean()) * (truth - truth.mean())).mean() / spread) if spread > 0 else 0.0
    count = max(1, round(TOP_SHARE * len(score)))
    top = np.zeros(len(growth))
    top[np.argsort(-growth, kind="stable")[:count]] = 1
    precision = float(_by_score(top, score)[:count].mean())
    gain = np.maximum(growth, 0.0)
    discount = 1 / np.log2(np.arange(2, min(DISCOUNTED, len(score)) + 2))
    ideal = float((np.sort(gain)[::-1][: len(discount)] * discount).sum())
    reached = float((_by_score(gain, score)[: len(discount)] * discount).sum())
    return np.asarray([spearman, precision, reached / ideal if ideal > 0 else 0.0])


def _by_score(gain: Array, score: Array) -> Array:
    """Gains from the highest score down, those of equal scores shared among them."""
    _, group = np.unique(-score, return_inverse=True)
    shared = np.bincount(group, gain) / np.bincount(group)
    return np.asarray(shared[np.sort(group)])


def _scores(papers: Array, past: Array, expected: Array) -> dict[str, Array]:
    recent = papers[:, -WINDOW_YEARS:].sum(axis=1)
    earlier = papers[:, -2 * WINDOW_YEARS : -WINDOW_YEARS].sum(axis=1)
    both = max(float(recent.sum() + earlier.sum()), 1e-12)
    # The opportunity's own velocity; the whole table's growth is the same for all and does not rank.
    prior = SHRINKAGE * max(float(recent.sum()), 1e-12) / both, SHRINKAGE * max(float(earlier.sum()), 1e-12) / both
    velocity = _place(np.log((recent + prior[0]) / (earlier + prior[1])))
    recency = _place(recent / papers.sum(axis=1))
    weighed = {name: (v * velocity + r * recency) / (v + r) for name, (v, r) in _WEIGHTS.items()}
    return {**weighed, FORECAST: expected, PAST: past, NAIVE: np.zeros(len(past))}


def _place(values: Array) -> Array:
    return np.asarray(rankdata(values) / len(values))


def best(known: Sequence[Mapping[str, Array]], candidates: Sequence[str]) -> str:
    """The candidate with the highest mean Spearman's correlation so far; the first where they are equal."""
    if not known:
        return candidates[0]
    means = [float(np.mean([one[name][0] for one in known])) for name in candidates]
    return candidates[int(np.argmax(means))]


def figures(measured: Sequence[Mapping[str, Array]], shown: Sequence[str]) -> dict[str, dict[str, Figure]]:
    """Score → metric → figure, from each origin's measures [3] of each score, "past growth continues" among them."""
    drawn = _drawn(len(measured))
    past = np.asarray([one[PAST] for one in measured])
    found: dict[str, dict[str, Figure]] = {}
    for name in shown:
        values = np.asarray([one[name] for one in measured])
        ends = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5], axis=0)
        apart = np.percentile((values - past)[drawn].mean(axis=1), [2.5, 97.5], axis=0)
        found[name] = {
            metric: Figure(
                value=float(values[:, place].mean()),
                low=float(ends[0, place]),
                high=float(ends[1, place]),
                difference=float((values - past)[:, place].mean()),
                difference_low=float(apart[0, place]),
                difference_high=float(apart[1, place]),
            )
            for place, metric in enumerate(METRICS)
        }
    return found


def gain(measured: Sequence[Mapping[str, Array]], one: str, other: str) -> tuple[float, float, float]:
    """How much better `one` correlates than `other`: the mean difference and its 95 % bootstrap interval."""
    apart = np.asarray([origin[one][0] - origin[other][0] for origin in measured])
    low, high = np.percentile(apart[_drawn(len(apart))].mean(axis=1), [2.5, 97.5])
    return float(apart.mean()), float(low), float(high)


def _drawn(count: int) -> NDArray[np.int64]:
    """Origins drawn anew in blocks, [samples, count]."""
    random = np.random.default_rng(_SEED)
    block = min(_BLOCK, count)
    starts = random.integers(0, count - block + 1, (_SAMPLES, -(-count // block)))
    return np.asarray((starts[..., None] + np.arange(block)).reshape(_SAMPLES, -1)[:, :count])
