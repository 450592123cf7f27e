import json
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.analysis import opportunity
from primetime.analysis.citation_growth import Cited
from primetime.analysis.forecast import Refused
from primetime.analysis.opportunity import from_receipt, label_of, score
from primetime.analysis.parts import (
    Figures,
    RawParts,
    Sample,
    Windows,
    paper_growth,
    raw_parts,
    reference_of,
    sample_of,
    windows,
)
from primetime.analysis.recommendation import recommend
from primetime.analysis.reference import EARLIER_METHOD, METHOD, Field, Reference, field_of
from primetime.errors import BadInput, Contradiction

EARLIER = json.loads(Path(__file__).with_name("receipt-opportunity-2.json").read_text())
WEIGHTS = {"novelty": 0.4, "velocity": 0.4, "recency": 0.2}
MADE_BY = {"snapshot": "s", "model_hash": "m", "release_id": "r"}
FIELD = Field(papers={1997: 30, 1998: 20, 1999: 30, 2000: 30, 2001: 30, 2002: 30}, last_complete_year=2002)
RISING = [1997, 1998, 1998, 1999, 2000, 2000, 2001, 2001, 2001, 2002, 2002, 2002, 2002, 2002, 2002]
FALLING = [1997, 1997, 1997, 1997, 1997, 1998, 1998, 1998, 1999, 1999, 2000, 2000, 2001, 2002, 2002]


def figures(years: np.ndarray, distance: np.ndarray, **known: np.ndarray) -> Figures:
    """Of articles of which nothing but their distance is known, and what is given."""
    unknown = np.full(len(years), math.nan)
    told = np.full(len(years), np.datetime64("2026-11-01"))
    return Figures(
        years=years,
        distance=distance,
        old=known.get("old", unknown),
        rarity=known.get("rarity", unknown),
        ratio=known.get("ratio", unknown),
        looked_up=told,
    )


def topic(years: list[int], distance: float, field: Field = FIELD, **known: float) -> RawParts:
    """The parts of a topic whose papers since 2000 are all at one distance from earlier work, give or take.

    What else is given holds for them too, `ratio` for the older ones at half.
    """
    array = np.asarray(years)
    spread = np.linspace(-0.02, 0.02, len(years))
    late = array >= 2000
    of_each = {name: np.where(late, value + spread, math.nan) for name, value in known.items()}
    if "ratio" in known:
        of_each["ratio"] = np.where(late, known["ratio"], known["ratio"] / 2)
    found = raw_parts(
        sample_of(figures(array, np.where(late, distance + spread, math.nan), **of_each), np.arange(len(years))), field
    )
    assert isinstance(found, RawParts)
    return found


def reference(parts: list[RawParts], field: Field = FIELD) -> Reference:
    return Reference(
        model_hash="m",
        snapshot="then",
        articles=170,
        topics=len(parts),
        field=field,
        percentiles=reference_of(parts),
        release_id="r",
        why="the first",
    )


KNOWN = {"old": 0.5, "rarity": 1.0, "ratio": 1.2}
CITED_FIELD = replace(FIELD, ratios=dict.fromkeys(FIELD.papers, (20, 14.0)))
FULL = reference(
    [topic(FALLING[:i] + RISING[i:], 0.2 + i / 100, CITED_FIELD, old=0.3 + i / 50, rarity=i / 5, ratio=1.0)
     for i in range(11)],
    CITED_FIELD,
)  # fmt: skip
REFERENCE = reference([topic(FALLING[:i] + RISING[i:], 0.2 + i / 100) for i in range(11)])


def test_growth_at_the_corpus_pace_is_no_velocity() -> None:
    assert paper_growth(Windows(recent=20, earlier=10, corpus_recent=200, corpus_earlier=100)) == pytest.approx(0)


def test_velocity_is_relative_to_the_corpus_and_shrunk_where_counts_are_small() -> None:
    corpus = {"corpus_recent": 1000, "corpus_earlier": 1000}
    few, many = (
        paper_growth(Windows(recent=3, earlier=1, **corpus)),
        paper_growth(Windows(recent=300, earlier=100, **corpus)),
    )
    assert few is not None
    assert many is not None
    assert 0 < few < many < math.log(3)
    assert paper_growth(Windows(recent=3, earlier=1, corpus_recent=9, corpus_earlier=0)) is None


def test_windows_are_the_last_three_complete_years_and_the_three_before() -> None:
    years = np.array([1996, 1997, 1999, 2000, 2002, 2002, 2003, 0])
    found = windows(years[[1, 3, 4, 6, 7]], field_of(years, 2002))
    assert found == Windows(recent=2, earlier=1, corpus_recent=3, corpus_earlier=2)


def test_the_score_weighs_the_percentiles() -> None:
    found = score(topic(RISING, 0.25), REFERENCE, WEIGHTS, MADE_BY)
    parts = found.novelty, found.velocity, found.recency
    assert found.score == pytest.approx(0.4 * parts[0] + 0.4 * parts[1] + 0.2 * parts[2], abs=1e-4)
    assert parts[1] > score(topic(FALLING, 0.25), REFERENCE, WEIGHTS, MADE_BY).velocity


@given(
    st.lists(st.integers(1997, 2003), min_size=15, max_size=60).filter(lambda y: sum(one >= 2000 for one in y) >= 5),
    st.floats(0, 2),
    st.tuples(*[st.floats(0, 1) for _ in range(3)]).filter(lambda w: sum(w) > 0.01),
)
def test_a_receipt_proves_its_score_and_interval_to_the_bit(
    years: list[int], distance: float, w: tuple[float, ...]
) -> None:
    found = score(topic(years, distance), REFERENCE, dict(zip(WEIGHTS, w, strict=True)), MADE_BY)
    assert from_receipt(json.loads(json.dumps(found.receipt))) == found
    assert 0 <= found.low <= found.high <= 1
    assert 0 <= found.score <= 1


@given(
    st.lists(st.integers(1997, 2003), min_size=15, max_size=60).filter(lambda y: sum(one >= 2000 for one in y) >= 5),
    st.fixed_dictionaries({}, optional={"old": st.floats(0, 1), "rarity": st.floats(-3, 6), "ratio": st.floats(0, 90)}),
)
def test_a_receipt_of_every_measure_proves_its_score_to_the_bit(years: list[int], known: dict[str, float]) -> None:
    found = score(topic(years, 0.3, CITED_FIELD, **known), FULL, WEIGHTS, MADE_BY)
    assert from_receipt(json.loads(json.dumps(found.receipt))) == found
    assert 0 <= found.low <= found.high <= 1
    for name in ("old", "rarity"):
        assert (found.receipt["inputs"][name] is not None) == (name in known)


def test_each_measure_of_novelty_moves_it_and_one_that_is_unknown_does_not() -> None:
    def novelty(**known: float) -> float:
        return score(topic(RISING, 0.25, CITED_FIELD, **known), FULL, WEIGHTS, MADE_BY).novelty

    assert novelty(old=0.9, rarity=1.0) > novelty(old=0.1, rarity=1.0)
    assert novelty(old=0.4, rarity=1.9) > novelty(old=0.4, rarity=0.1)
    places = [score(topic(RISING, 0.25, CITED_FIELD, **one), FULL, WEIGHTS, MADE_BY) for one in ({}, {"old": 0.4})]
    assert [one.receipt["inputs"]["rarity"] for one in places] == [None, None]
    assert all("rarity of its MeSH headings' meeting: known of 0" in one.receipt["note"] for one in places)


def test_citations_that_grow_faster_than_the_fields_raise_velocity() -> None:
    papers_alone, cited = topic(RISING, 0.25, CITED_FIELD), topic(RISING, 0.25, CITED_FIELD, ratio=8.0)
    assert "citations" not in papers_alone.measures
    # Eleven recent papers at log(9) and four at log(5): four are fewer than the five that are needed.
    assert cited.cited.earlier == 4
    assert "citations" not in cited.measures
    more = topic([*RISING, 1998], 0.25, CITED_FIELD, ratio=8.0)
    papers = 2 / (1 / 11 + 1 / 5)
    grown = (math.log(9) - math.log(5)) * papers / (papers + 10)
    assert more.measures["citations"] == pytest.approx(grown)
    assert more.velocity == pytest.approx(more.measures["papers"] + grown)


def test_unknown_ratios_are_unknown_and_not_zero() -> None:
    array = np.asarray([*RISING, 1998] * 2)
    ratio = np.where(np.arange(len(array)) % 2, 3.0, math.nan)
    some = sample_of(figures(array, np.where(array >= 2000, 0.2, math.nan), ratio=ratio), np.arange(len(array)))
    found = raw_parts(some, CITED_FIELD)
    assert isinstance(found, RawParts)
    assert some.ratios.count(None) == len(array) // 2
    assert (found.cited.recent, found.cited.earlier) == (10, 6)
    assert found.measures["citations"] == pytest.approx(0)
    assert some.looked_up == ["2026-11-01", "2026-11-01"]


def test_a_receipt_says_whose_citation_ratios_and_of_when_or_that_too_few_are_known() -> None:
    receipt = score(topic([*RISING, 1998], 0.25, CITED_FIELD, **KNOWN), FULL, WEIGHTS, MADE_BY).receipt
    assert receipt["citations"] == {"source": "iCite", "looked_up": ["2026-11-01", "2026-11-01"]}
    assert receipt["inputs"]["cited"] == {"recent": 11, "earlier": 5, "field_recent": 0.7, "field_earlier": 0.7}
    assert receipt["note"] == ""
    few = score(topic(RISING, 0.25, CITED_FIELD, **KNOWN), FULL, WEIGHTS, MADE_BY).receipt
    assert few["inputs"]["citations"] is None
    assert "known of 11 of its 11 papers of the last three complete years and 4 of 4 of the three before" in few["note"]


def test_a_field_without_any_ratio_has_no_growth_of_them() -> None:
    found = topic([*RISING, 1998], 0.25, FIELD, ratio=8.0)
    assert found.cited == Cited(recent=11, earlier=5, field_recent=None, field_earlier=None)
    assert "citations" not in found.measures


def test_a_measure_that_few_topics_of_the_reference_know_is_not_part_of_novelty() -> None:
    parts = [topic(RISING, 0.2 + i / 100, **({"rarity": 1.0} if i < 4 else {})) for i in range(9)]
    made = reference(parts)
    assert set(made.percentiles) == {"distance", "novelty", "velocity", "recency"}
    found = score(topic(RISING, 0.25, rarity=1.0), made, WEIGHTS, MADE_BY)
    assert "known of fewer than 5 of the reference's topics" in found.receipt["note"]
    assert from_receipt(found.receipt) == found


def test_a_receipt_of_the_method_before_still_proves_its_score() -> None:
    receipt = EARLIER["receipt"]
    assert receipt["method"] == EARLIER_METHOD
    again = from_receipt(receipt)
    assert {name: getattr(again, name) for name in EARLIER["published"]} == EARLIER["published"]
    with pytest.raises(Contradiction, match="not what its articles give"):
        from_receipt({**receipt, "citations": None, "method": METHOD})
    kept = replace(
        REFERENCE,
        method=EARLIER_METHOD,
        percentiles={name: receipt["reference"][name] for name in ("novelty", "velocity", "recency")},
    )
    assert kept.id == EARLIER["reference_id"], "a reference of the method before keeps its id"


def test_the_interval_narrows_with_more_papers() -> None:
    few, many = (score(topic(RISING * times, 0.25), REFERENCE, WEIGHTS, MADE_BY) for times in (1, 20))
    assert few.low <= few.score <= few.high
    assert many.high - many.low < (few.high - few.low) / 2


def test_a_receipt_says_what_it_was_made_from_and_what_is_missing() -> None:
    receipt = score(topic(RISING, 0.3), REFERENCE, WEIGHTS, MADE_BY).receipt
    assert receipt["weights"] == WEIGHTS
    assert receipt["sample_size"] == 15
    assert {key: receipt[key] for key in MADE_BY} == MADE_BY
    assert set(receipt["reference"]) == {"distance", "novelty", "velocity", "recency"}
    assert receipt["method"] == METHOD
    assert (receipt["reference_id"], receipt["reference_snapshot"]) == (REFERENCE.id, "then")
    assert "velocity is of papers alone" in receipt["note"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"method": "opportunity-1"}, "of the method"),
        ({"inputs": {"novelty": 0.9}}, "receipt's inputs are not what its articles give"),
        ({"sample": {"years": RISING, "distances": [0.3]}}, "not one figure for each article"),
        ({"note": "", "sample_size": 99}, "receipt's sample_size, note are not what its articles give"),
        ({"sample": {"years": [2000], "distances": [None]}}, "1 articles with a year"),
    ],
)
def test_a_receipt_that_was_tampered_with_is_refused(changed: dict[str, object], message: str) -> None:
    receipt = score(topic(RISING, 0.3), REFERENCE, WEIGHTS, MADE_BY).receipt
    with pytest.raises((BadInput, Contradiction), match=message):
        from_receipt({**receipt, **changed})


def test_a_receipt_of_an_earlier_release_is_said_to_be_one() -> None:
    with pytest.raises(BadInput, match="before opportunity-2"):
        from_receipt({"inputs": {}, "weights": WEIGHTS})


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (1, "Excellent"),
        (0.8, "Excellent"),
        (0.7999, "Good"),
        (0.6, "Good"),
        (0.5999, "Fair"),
        (0.4, "Fair"),
        (0.3999, "Low"),
    ],
)
def test_labels(value: float, label: str) -> None:
    assert label_of(value) == label


def test_a_receipt_is_labelled_by_its_own_thresholds() -> None:
    receipt = score(topic(RISING, 0.3), REFERENCE, WEIGHTS, MADE_BY).receipt
    again = from_receipt({**receipt, "thresholds": {"Fair": 0.01, "Excellent": 0.03, "Good": 0.02}})
    assert again.label == "Excellent"


@pytest.mark.parametrize(
    "weights",
    [{"novelty": 0, "velocity": 0, "recency": 0}, {"novelty": -1, "velocity": 1, "recency": 1}, {"novelty": 1}],
)
def test_unusable_weights_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(BadInput, match="weights"):
        opportunity.check_weights(weights)


@pytest.mark.parametrize(
    ("years", "prior", "reason"),
    [
        ([2000] * 14 + [0] * 6, [0.1] * 20, "14 articles with a year"),
        ([2000] * 20, [math.nan] * 20, "0 articles since 2000"),
        ([2002] * 20, [0.1] * 20, "the corpus has no articles"),
    ],
)
def test_too_little_is_refused_with_why(years: list[int], prior: list[float], reason: str) -> None:
    array = np.asarray(years)
    sample: Sample = sample_of(figures(array, np.asarray(prior)), np.arange(len(array)))
    found = raw_parts(sample, field_of(array, 2002))
    assert isinstance(found, Refused)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("years", "distance", "words"),
    [
        (RISING, 0.5, "look here first"),
        (RISING, 0.1, "but is no more novel"),
        (FALLING, 0.5, "does not outgrow them"),
        (FALLING, 0.1, "Neither more novel than most topics nor outgrowing them"),
    ],
)
def test_recommendations_are_built_from_the_parts(years: list[int], distance: float, words: str) -> None:
    text = recommend(score(topic(years, distance), REFERENCE, WEIGHTS, MADE_BY))
    assert words in text
    counted = [sum(first <= year <= first + 2 for year in years) for first in (2000, 1997)]
    assert f"{counted[0]} papers in 2000 to 2002 after {counted[1]}" in text


@pytest.mark.parametrize(("ratio", "words"), [(30.0, "cited more, for their field"), (0.0, "about as its older ones")])
def test_recommendations_speak_of_citations_where_they_are_known(ratio: float, words: str) -> None:
    years = [*RISING, 1998]
    assert words in recommend(score(topic(years, 0.25, CITED_FIELD, ratio=ratio), FULL, WEIGHTS, MADE_BY))
    assert "cited" not in recommend(score(topic(years, 0.25), REFERENCE, WEIGHTS, MADE_BY))


@pytest.mark.parametrize(
    ("distance", "known", "words"),
    [
        # Far from earlier work, and yet not novel: all that is near is young, and its headings always met.
        (0.31, {"old": 0.0, "rarity": -1.0}, "As novel as other topics: its recent papers are farther from"),
        (
            0.31,
            {"old": 0.0, "rarity": -1.0},
            "fewer of those are old than is usual and their MeSH headings had met more often.",
        ),
        # Novel by its headings and by the age of what is near, at the usual distance.
        (0.25, {"old": 0.9, "rarity": 9.0}, "More novel than most topics: its recent papers are about as far from"),
        (
            0.25,
            {"old": 0.9, "rarity": 9.0},
            "more of those are old than is usual and their MeSH headings had met more seldom.",
        ),
        (
            0.1,
            {},
            "Less novel than most topics: its recent papers are closer to the nearest earlier ones than those of most",
        ),
        (0.1, {"old": 0.4}, "closer to the nearest earlier ones than those of most topics. Its papers are"),
    ],
)
def test_recommendations_say_of_novelty_what_each_measure_says(
    distance: float, known: dict[str, float], words: str
) -> None:
    assert words in recommend(score(topic(RISING, distance, CITED_FIELD, **known), FULL, WEIGHTS, MADE_BY))


def test_a_recommendation_from_a_receipt_of_the_method_before_has_the_distance_alone() -> None:
    text = recommend(from_receipt(EARLIER["receipt"]))
    assert re.search(
        r"novel (than|as) \w+ topics: its recent papers are [^,]* of (most|other) topics\. Its papers", text
    ), text


def test_recommendations_place_age_among_the_topics() -> None:
    assert "Its papers are younger than those of most topics." in recommend(
        score(topic([*RISING, 2002, 2002, 2002], 0.25), REFERENCE, WEIGHTS, MADE_BY)
    )
