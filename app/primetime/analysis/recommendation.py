"""What a score's parts say, in words, with the figures they were made from."""

from __future__ import annotations

import math

import numpy as np

from primetime.analysis.opportunity import Opportunity
from primetime.analysis.parts import WINDOW_YEARS
from primetime.analysis.reference import percentile

_HIGH, _LOW = 0.67, 0.33
# Of log(1 + citation ratio), over the field's own: from a ratio of 1 to one of 1.2, say.
_MOVED = 0.1


def recommend(opportunity: Opportunity) -> str:
    """Four or five sentences built from the parts: growth with its counts, citations, each measure of novelty, age."""
    inputs = opportunity.receipt["inputs"]
    counts = inputs["windows"]
    last_year = opportunity.receipt["field"]["last_complete_year"]
    recent = f"{last_year - WINDOW_YEARS + 1} to {last_year}"
    # A receipt of the method before has the growth of papers alone, as its velocity.
    ratio = math.exp(inputs.get("papers", inputs["velocity"]))
    sentences = [
        f"{_growth(ratio)}: {counts['recent']} papers in {recent} after {counts['earlier']} in the three years before.",
        *_citations(inputs.get("citations")),
        f"{_novelty(opportunity)}.",
        f"{_recency(opportunity.recency)}.",
        _advice(opportunity),
    ]
    return " ".join(sentences)


def _growth(ratio: float) -> str:
    if ratio >= 1.15:
        return f"Grew {ratio:.1f} times as much as the whole corpus"
    if ratio <= 0.87:
        return f"Fell behind the whole corpus (growth {ratio:.1f} times the corpus's)"
    return "Grew about as the whole corpus did"


def _citations(growth: float | None) -> list[str]:
    if growth is None:
        return []
    if growth >= _MOVED:
        return ["Its newer papers are cited more, for their field and age, than its older ones were."]
    if growth <= -_MOVED:
        return ["Its newer papers are cited less, for their field and age, than its older ones were."]
    return ["Its newer papers are cited, for their field and age, about as its older ones were."]


def _novelty(opportunity: Opportunity) -> str:
    """Where the part stands, then what its measures say: the distance always, the others where they stand out."""
    distance = _place(opportunity, "distance")
    old, rarity = _place(opportunity, "old"), _place(opportunity, "rarity")
    said = [
        _step(
            # A receipt of the method before has the distance alone, as its novelty.
            opportunity.novelty if distance is None else distance,
            "its recent papers are farther from the nearest earlier ones than those of most topics",
            "its recent papers are about as far from the nearest earlier ones as those of other topics",
            "its recent papers are closer to the nearest earlier ones than those of most topics",
        )
    ]
    if old is not None:
        said.append(_step(old, "more of those are old than is usual", "", "fewer of those are old than is usual"))
    if rarity is not None:
        said.append(
            _step(rarity, "their MeSH headings had met more seldom", "", "their MeSH headings had met more often")
        )
    where = _step(
        opportunity.novelty, "More novel than most topics", "As novel as other topics", "Less novel than most topics"
    )
    return f"{where}: {_listed([one for one in said if one])}"


def _place(opportunity: Opportunity, measure: str) -> float | None:
    """Where a measure stands among the reference's topics; None where it or they do not know it."""
    value = opportunity.receipt["inputs"].get(measure)
    grid = opportunity.receipt["reference"].get(measure)
    return None if value is None or grid is None else float(percentile(np.asarray([value]), grid)[0])


def _step(place: float, high: str, middle: str, low: str) -> str:
    if place >= _HIGH:
        return high
    return low if place <= _LOW else middle


def _listed(said: list[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _recency(recency: float) -> str:
    return _step(
        recency,
        "Its papers are younger than those of most topics",
        "Its papers are about as old as those of other topics",
        "Its papers are older than those of most topics",
    )


def _advice(opportunity: Opportunity) -> str:
    growing, new = opportunity.velocity >= _HIGH, opportunity.novelty >= _HIGH
    if growing and new:
        return "It outgrows most topics and is more novel: look here first, and read what exists before planning."
    if growing:
        return "It outgrows most topics but is no more novel: look for the question that the recent papers leave open."
    if new:
        return "It is more novel than most topics but does not outgrow them: ask first why few follow it."
    if opportunity.score < 0.4:
        return "Neither more novel than most topics nor outgrowing them: a new study needs a strong reason."
    return "Nothing stands out: compare it with its neighbours on the map."
