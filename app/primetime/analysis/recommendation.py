"""What a score's parts say, in words, with the figures they were made from."""

from __future__ import annotations

import math

from primetime.analysis.opportunity import Opportunity
from primetime.analysis.parts import WINDOW_YEARS

_HIGH, _LOW = 0.67, 0.33
# Of log(1 + citation ratio), over the field's own: from a ratio of 1 to one of 1.2, say.
_MOVED = 0.1


def recommend(opportunity: Opportunity) -> str:
    """Three or four sentences built from the parts: growth with its counts, citations, distance to earlier work."""
    inputs = opportunity.receipt["inputs"]
    counts = inputs["windows"]
    last_year = opportunity.receipt["field"]["last_complete_year"]
    recent = f"{last_year - WINDOW_YEARS + 1} to {last_year}"
    # A receipt of the method before has the growth of papers alone, as its velocity.
    ratio = math.exp(inputs.get("papers", inputs["velocity"]))
    sentences = [
        f"{_growth(ratio)}: {counts['recent']} papers in {recent} after {counts['earlier']} in the three years before.",
        *_citations(inputs.get("citations")),
        f"{_novelty(opportunity.novelty)}, and {_recency(opportunity.recency)}.",
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


def _novelty(novelty: float) -> str:
    if novelty >= _HIGH:
        return "Its recent papers are farther from earlier work than those of most topics"
    if novelty <= _LOW:
        return "Its recent papers stay close to earlier work"
    return "Its recent papers are about as far from earlier work as those of other topics"


def _recency(recency: float) -> str:
    if recency >= _HIGH:
        return "it is younger than most topics"
    if recency <= _LOW:
        return "it is older than most topics"
    return "its age is that of the field"


def _advice(opportunity: Opportunity) -> str:
    growing, new = opportunity.velocity >= _HIGH, opportunity.novelty >= _HIGH
    if growing and new:
        return "It gains ground with little behind it: look here first, and read what exists before planning."
    if growing:
        return "It gains ground on known work: look for the question that the recent papers leave open."
    if new:
        return "It is little explored but does not gain ground: ask first why few follow it."
    if opportunity.score < 0.4:
        return "Well covered and not gaining: a new study needs a strong reason."
    return "Nothing stands out: compare it with its neighbours on the map."
