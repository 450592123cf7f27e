"""The opportunity score: novelty, velocity and recency of a topic against a stored reference, with a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from primetime.analysis.forecast import Refused
from primetime.analysis.parts import (
    NOVELTY,
    PARTS,
    VELOCITY,
    RawParts,
    Sample,
    left_out,
    measures_of,
    novelty_of,
    novelty_value,
    raw_parts,
)
from primetime.analysis.reference import (
    EARLIER_METHOD,
    METHOD,
    Array,
    Field,
    Reference,
    percentile,
    ratios_json,
    read_ratios,
)
from primetime.errors import BadInput, Contradiction
from primetime.settings import Settings

# The interval's bootstrap: so many draws of the topic's articles, and the share of scores between its ends.
DRAWS, LEVEL, SEED = 500, 0.95, 20
# Articles drawn at once, so that a large topic does not take its size times the draws in memory.
_BLOCK = 2_000_000

Label = Literal["Excellent", "Good", "Fair", "Low"]
# The least score of each label; below them all it is low.
THRESHOLDS: Mapping[Label, float] = {"Excellent": 0.8, "Good": 0.6, "Fair": 0.4}


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


def weights_of(settings: Settings) -> dict[str, float]:
    """The weight of each part, as it is set."""
    return {part: float(getattr(settings, f"{part}_weight")) for part in PARTS}


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
    receipt: dict[str, Any] = {
        **_told_by(parts, reference.percentiles, METHOD),
        **kept_parts(reference),
        "weights": {name: float(weights[name]) for name in PARTS},
        "sample": asdict(parts.sample),
        **made_by,
    }
    return from_receipt(receipt)


def kept_parts(reference: Reference) -> dict[str, Any]:
    """What a receipt repeats of the reference that its score stands against, and of that one's method."""
    field: dict[str, Any] = {
        "last_complete_year": reference.field.last_complete_year,
        "papers": {str(year): papers for year, papers in reference.field.papers.items()},
    }
    if reference.method != EARLIER_METHOD:
        field["ratios"] = ratios_json(reference.field.ratios)
    return {
        "reference": {name: list(grid) for name, grid in reference.percentiles.items()},
        "reference_id": reference.id,
        "reference_snapshot": reference.snapshot,
        "field": field,
        "bootstrap": {"draws": DRAWS, "level": LEVEL, "seed": SEED},
        "thresholds": dict(THRESHOLDS),
        "method": reference.method,
    }


def from_receipt(receipt: Mapping[str, Any]) -> Opportunity:
    """The score that a receipt proves: recomputed from what the receipt holds alone, the articles' figures first.

    Receipts of the method before this one are computed by its rules. Raises BadInput for one of an older method or
    whose articles give no score, Contradiction where it tells something of them that they do not give.
    """
    method = receipt.get("method")
    if method not in (METHOD, EARLIER_METHOD):
        raise BadInput(
            f"the receipt is of the method {method or 'before opportunity-2'}, not {METHOD}",
            remedy="use the release that made it, or run `primetime analyse` again",
        )
    field = Field(
        papers={int(year): papers for year, papers in receipt["field"]["papers"].items()},
        last_complete_year=receipt["field"]["last_complete_year"],
        ratios=read_ratios(receipt["field"].get("ratios", {})),
    )
    sample = Sample(**receipt["sample"])
    listed = (sample.distances, sample.old, sample.rarity, sample.ratios)
    if any(one and len(one) != len(sample.years) for one in listed):
        raise Contradiction("the receipt's sample has not one figure for each article")
    parts = raw_parts(sample, field)
    if isinstance(parts, Refused):
        raise BadInput(f"the receipt's articles give no score: {parts.reason}")
    told = _told_by(parts, receipt["reference"], method)
    if differing := [name for name, value in told.items() if receipt.get(name) != value]:
        raise Contradiction(f"the receipt's {', '.join(differing)} are not what its articles give")
    inputs, weights, reference = told["inputs"], receipt["weights"], receipt["reference"]
    check_weights(weights)
    placed = {name: round(float(percentile(np.asarray([inputs[name]]), reference[name])[0]), 4) for name in PARTS}
    total = _weigh(placed, weights)
    low, high = _interval(parts, field, reference, weights, receipt["bootstrap"])
    return Opportunity(
        score=round(total, 4),
        label=label_of(total, receipt["thresholds"]),
        low=low,
        high=high,
        receipt=dict(receipt),
        **placed,
    )


def label_of(value: float, thresholds: Mapping[Label, float] = THRESHOLDS) -> Label:
    """The label of a score; the score is rounded first, as it is shown."""
    steps = sorted(thresholds.items(), key=lambda step: -step[1])
    return next((label for label, bound in steps if round(value, 4) >= bound), "Low")


def _told_by(parts: RawParts, reference: Mapping[str, Sequence[float]], method: str) -> dict[str, Any]:
    """What a receipt tells of its articles, and what follows from them."""
    told = {"inputs": _inputs(parts, reference, method), "sample_size": parts.articles}
    if method == EARLIER_METHOD:
        return told
    looked_up = parts.sample.looked_up
    return {
        **told,
        "citations": {"source": "iCite", "looked_up": looked_up} if looked_up else None,
        "note": "; ".join(left_out(parts, reference)),
    }


def _inputs(parts: RawParts, reference: Mapping[str, Sequence[float]], method: str) -> dict[str, Any]:
    """What the score is made from, rounded as the receipt keeps it; of a measure that is not known None."""
    measures = {name: round(value, 6) for name, value in parts.measures.items()}
    inputs: dict[str, Any] = {
        "novelty": novelty_value(parts, reference),
        "velocity": round(parts.velocity, 6),
        "recency": measures["recency"],
        "windows": asdict(parts.windows),
    }
    if method == EARLIER_METHOD:
        return inputs
    return {
        **{name: measures.get(name) for name in (*NOVELTY, *VELOCITY)},
        **inputs,
        "cited": asdict(parts.cited),
    }


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

    The reference is held fixed. A draw without any article that a measure is known of is passed over.
    """
    articles = len(parts.sample.years)
    random = np.random.default_rng(bootstrap["seed"])
    draws = int(bootstrap["draws"])
    at_once = max(1, _BLOCK // articles)
    scores = []
    for start in range(0, draws, at_once):
        drawn = random.integers(0, articles, (min(at_once, draws - start), articles))
        measures, usable = measures_of(parts.sample, field, parts.windows, parts.cited, drawn)
        raw: dict[str, Array] = {
            "novelty": novelty_of(measures, reference),
            "velocity": np.asarray(sum(measures[name] for name in VELOCITY if name in measures)),
            "recency": measures["recency"],
        }
        scores.append(_weigh({name: percentile(raw[name], reference[name]) for name in PARTS}, weights)[usable])
    tail = (1 - bootstrap["level"]) / 2
    low, high = np.quantile(np.concatenate(scores), [tail, 1 - tail])
    return round(float(low), 4), round(float(high), 4)
