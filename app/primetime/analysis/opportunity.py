"""The opportunity score: novelty, velocity and recency of a topic against a stored reference, with a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.forecast import Refused
from primetime.analysis.reference import METHOD, Array, Field, Reference, percentile, percentiles_of
from primetime.errors import BadInput

PARTS = ("novelty", "velocity", "recency")
WINDOW_YEARS = 3
FEWEST_ARTICLES = 15
FEWEST_RECENT = 5
FEWEST_TOPICS = 5
PRIOR_NEIGHBOURS = 15
# Papers added to both windows, spread as the whole corpus is: growth from 1 to 3 papers must not beat 40 to 90.
SHRINKAGE = 10
# The interval's bootstrap: so many draws of the topic's articles, and the share of scores between its ends.
DRAWS, LEVEL, SEED = 500, 0.95, 20
# Articles drawn at once, so that a large topic does not take its size times the draws in memory.
_BLOCK = 2_000_000

Label = Literal["Excellent", "Good", "Fair", "Low"]
THRESHOLDS: tuple[tuple[float, Label], ...] = ((0.8, "Excellent"), (0.6, "Good"), (0.4, "Fair"))

NOT_COUNTED = "citations are not part of it: velocity is of papers alone"


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Papers of one topic and of the whole dated corpus, in the last three complete years and the three before."""

    recent: int
    earlier: int
    corpus_recent: int
    corpus_earlier: int


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What is known of each dated article of a topic, in ascending order of year and distance."""

    years: list[int]
    distances: list[float | None]
    """mean cosine distance to its nearest earlier articles; None: an older article, or too little earlier work"""


@dataclass(frozen=True, kw_only=True)
class RawParts:
    """What a topic's score is made from, before it is set against the reference."""

    novelty: float
    """mean cosine distance of its recent papers to their nearest papers of earlier years"""
    velocity: float
    """logarithm of its growth between the windows over the field's own, shrunk"""
    recency: float
    """mean place of its papers in the field's order of publication years, 0 (all first) to 1 (all last)"""
    articles: int
    windows: Windows
    sample: Sample


@dataclass(frozen=True, kw_only=True)
class Opportunity:
    score: float
    label: Label
    novelty: float
    velocity: float
    recency: float
    low: float
    """the bootstrap interval's ends"""
    high: float
    receipt: dict[str, Any]


def windows(years: NDArray[np.int64], field: Field) -> Windows:
    """Count the windows of a topic's publication years (unknown ones are 0) within a field."""
    last = field.last_complete_year
    recent, earlier = last - WINDOW_YEARS + 1, last - 2 * WINDOW_YEARS + 1
    return Windows(
        recent=int(((years >= recent) & (years <= last)).sum()),
        earlier=int(((years >= earlier) & (years < recent)).sum()),
        corpus_recent=field.count(recent, last),
        corpus_earlier=field.count(earlier, recent - 1),
    )


def velocity(counts: Windows) -> float | None:
    """log of the topic's growth over the field's, both shrunk towards the field; None where a window is empty."""
    if counts.corpus_recent == 0 or counts.corpus_earlier == 0:
        return None
    return float(_velocity(np.asarray(counts.recent, float), np.asarray(counts.earlier, float), counts))


def _velocity(recent: Array, earlier: Array, of: Windows) -> Array:
    both = of.corpus_recent + of.corpus_earlier
    shrunk = (recent + SHRINKAGE * of.corpus_recent / both) / (earlier + SHRINKAGE * of.corpus_earlier / both)
    return np.asarray(np.log(shrunk) - np.log(of.corpus_recent / of.corpus_earlier))


def distance_to_prior_work(
    vectors: NDArray[np.float32],
    years: NDArray[np.int64],
    first_year: int,
    *,
    only: NDArray[np.int64] | None = None,
) -> NDArray[np.float64]:
    """Mean cosine distance of each article since `first_year` to its 15 nearest articles of earlier years than its own.

    `vectors` [n, dimension] of unit length, `years` [n] (0: unknown). NaN for older articles, unknown years, and where
    fewer than 15 earlier articles exist. `only`: the indices of the articles that it is wanted of; the others get NaN.
    """
    wanted = np.isin(np.arange(len(years)), only) if only is not None else np.ones(len(years), dtype=bool)
    distance = np.full(len(years), np.nan)
    dated = np.flatnonzero(years > 0)
    order = dated[np.argsort(years[dated], kind="stable")]
    ordered = vectors[order]
    for year in np.unique(years[years >= max(first_year, 1)]):
        start, stop = (int(i) for i in np.searchsorted(years[order], [year, year + 1]))
        if start < PRIOR_NEIGHBOURS:
            continue
        of_year = np.flatnonzero(wanted[order[start:stop]]) + start
        for block in range(0, len(of_year), 1024):
            rows = of_year[block : block + 1024]
            similarity = ordered[rows] @ ordered[:start].T
            nearest = np.partition(similarity, start - PRIOR_NEIGHBOURS, axis=1)[:, -PRIOR_NEIGHBOURS:]
            distance[order[rows]] = 1 - nearest.mean(axis=1)
    return distance


def sample_of(years: NDArray[np.int64], distances: NDArray[np.float64]) -> Sample:
    """A topic's sample from its articles' publication years (unknown ones are 0) and distances (NaN: none)."""
    dated = np.flatnonzero(years > 0)
    rounded = np.round(distances[dated], 6)
    order = np.lexsort((rounded, years[dated]))
    return Sample(
        years=years[dated][order].tolist(),
        distances=[None if np.isnan(one) else float(one) for one in rounded[order]],
    )


def raw_parts(sample: Sample, field: Field) -> RawParts | Refused:
    """One topic's parts within a field; refused where papers are too few."""
    if len(sample.years) < FEWEST_ARTICLES:
        return Refused(reason=f"{len(sample.years)} articles with a year are too few, {FEWEST_ARTICLES} are needed")
    last = field.last_complete_year
    compared = [one for one in sample.distances if one is not None]
    if len(compared) < FEWEST_RECENT:
        found = f"{len(compared)} articles since {last - WINDOW_YEARS + 1} have earlier work to compare with"
        return Refused(reason=f"{found}, {FEWEST_RECENT} are needed")
    years = np.asarray(sample.years, dtype=np.int64)
    counts = windows(years, field)
    speed = velocity(counts)
    if speed is None:
        return Refused(reason=f"the corpus has no articles in one of the {2 * WINDOW_YEARS} years up to {last}")
    return RawParts(
        novelty=float(np.mean(compared)),
        velocity=speed,
        recency=float(field.rank(years).mean()),
        articles=len(years),
        windows=counts,
        sample=sample,
    )


def reference_of(parts: Sequence[RawParts]) -> dict[str, list[float]]:
    """The distributions over a corpus's topics, as 21 percentiles each."""
    return {name: percentiles_of([getattr(one, name) for one in parts]) for name in PARTS}


def check_weights(weights: Mapping[str, float]) -> None:
    """Raise BadInput unless there is a weight of 0 or more for each part, and not all are 0."""
    if set(weights) != set(PARTS) or min(weights.values()) < 0 or sum(weights.values()) <= 0:
        raise BadInput(
            "the opportunity's weights must be 0 or more, and not all 0",
            remedy="set PRIMETIME_NOVELTY_WEIGHT, PRIMETIME_VELOCITY_WEIGHT and PRIMETIME_RECENCY_WEIGHT",
        )


def score(
    parts: RawParts, reference: Reference, weights: Mapping[str, float], made_by: Mapping[str, str]
) -> Opportunity:
    """Score one topic. `made_by` goes into the receipt: snapshot, model_hash, release_id."""
    inputs = {**{name: round(getattr(parts, name), 6) for name in PARTS}, "windows": asdict(parts.windows)}
    receipt: dict[str, Any] = {
        "inputs": inputs,
        "reference": {name: list(reference.percentiles[name]) for name in PARTS},
        "reference_id": reference.id,
        "reference_snapshot": reference.snapshot,
        "field": {
            "last_complete_year": reference.field.last_complete_year,
            "papers": {str(year): papers for year, papers in reference.field.papers.items()},
        },
        "weights": {name: float(weights[name]) for name in PARTS},
        "sample_size": parts.articles,
        "sample": asdict(parts.sample),
        "bootstrap": {"draws": DRAWS, "level": LEVEL, "seed": SEED},
        "thresholds": {label: bound for bound, label in THRESHOLDS},
        "method": METHOD,
        "note": NOT_COUNTED,
        **made_by,
    }
    return from_receipt(receipt)


def from_receipt(receipt: Mapping[str, Any]) -> Opportunity:
    """The score that a receipt proves: recomputed from what the receipt holds alone, the articles' figures first.

    Raises BadInput for a receipt of an earlier method, or one whose inputs are not what its articles give.
    """
    if receipt.get("method") != METHOD:
        raise BadInput(
            f"the receipt is of the method {receipt.get('method', 'before opportunity-2')}, not {METHOD}",
            remedy="use the release that made it, or run `primetime analyse` again",
        )
    field = Field(
        papers={int(year): papers for year, papers in receipt["field"]["papers"].items()},
        last_complete_year=receipt["field"]["last_complete_year"],
    )
    parts = raw_parts(Sample(**receipt["sample"]), field)
    if isinstance(parts, Refused):
        raise BadInput(f"the receipt's articles give no score: {parts.reason}")
    inputs = {**{name: round(getattr(parts, name), 6) for name in PARTS}, "windows": asdict(parts.windows)}
    if inputs != receipt["inputs"]:
        raise BadInput("the receipt's inputs are not what its articles give")
    weights, reference = receipt["weights"], receipt["reference"]
    check_weights(weights)
    placed = {name: round(float(percentile(np.asarray([inputs[name]]), reference[name])[0]), 4) for name in PARTS}
    total = _weigh(placed, weights)
    low, high = _interval(parts, field, reference, weights, receipt["bootstrap"])
    return Opportunity(
        score=round(total, 4), label=label_of(total), low=low, high=high, receipt=dict(receipt), **placed
    )


def label_of(value: float) -> Label:
    """The label of a score; the score is rounded first, as it is shown."""
    return next((label for bound, label in THRESHOLDS if round(value, 4) >= bound), "Low")


def _weigh(placed: Mapping[str, Any], weights: Mapping[str, float]) -> Any:
    return sum(weights[name] * placed[name] for name in PARTS) / sum(weights.values())


def _interval(
    parts: RawParts,
    field: Field,
    reference: Mapping[str, Sequence[float]],
    weights: Mapping[str, float],
    bootstrap: Mapping[str, Any],
) -> tuple[float, float]:
    """The ends of the interval that the score has when the topic's articles are drawn anew, with replacement.

    The reference is held fixed. A draw without any article that can be compared with earlier work is passed over.
    """
    years = np.asarray(parts.sample.years, dtype=np.int64)
    distance = np.asarray([np.nan if one is None else one for one in parts.sample.distances])
    compared = ~np.isnan(distance)
    value = np.where(compared, distance, 0.0)
    rank = field.rank(years)
    first = field.last_complete_year - WINDOW_YEARS + 1
    recent = (years >= first) & (years <= field.last_complete_year)
    earlier = (years >= first - WINDOW_YEARS) & (years < first)
    random = np.random.default_rng(bootstrap["seed"])
    draws = int(bootstrap["draws"])
    at_once = max(1, _BLOCK // len(years))
    scores = []
    for start in range(0, draws, at_once):
        drawn = random.integers(0, len(years), (min(at_once, draws - start), len(years)))
        known = compared[drawn].sum(axis=1)
        usable = known > 0
        raw = {
            "novelty": value[drawn].sum(axis=1) / np.maximum(known, 1),
            "velocity": _velocity(recent[drawn].sum(axis=1), earlier[drawn].sum(axis=1), parts.windows),
            "recency": rank[drawn].mean(axis=1),
        }
        scores.append(_weigh({name: percentile(raw[name], reference[name]) for name in PARTS}, weights)[usable])
    tail = (1 - bootstrap["level"]) / 2
    low, high = np.quantile(np.concatenate(scores), [tail, 1 - tail])
    return round(float(low), 4), round(float(high), 4)
