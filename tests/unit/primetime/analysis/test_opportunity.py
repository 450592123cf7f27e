import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.analysis import opportunity
from primetime.analysis.forecast import Refused
from primetime.analysis.opportunity import (
    RawParts,
    Windows,
    distance_to_prior_work,
    from_receipt,
    label_of,
    raw_parts,
    reference_of,
    sample_of,
    score,
    velocity,
    windows,
)
from primetime.analysis.recommendation import recommend
from primetime.analysis.reference import Field, Reference, field_of
from primetime.encoder.pooling import to_unit_length
from primetime.errors import BadInput

WEIGHTS = {"novelty": 0.4, "velocity": 0.4, "recency": 0.2}
MADE_BY = {"snapshot": "s", "model_hash": "m", "release_id": "r"}
FIELD = Field(papers={1997: 30, 1998: 20, 1999: 30, 2000: 30, 2001: 30, 2002: 30}, last_complete_year=2002)
RISING = [1997, 1998, 1998, 1999, 2000, 2000, 2001, 2001, 2001, 2002, 2002, 2002, 2002, 2002, 2002]
FALLING = [1997, 1997, 1997, 1997, 1997, 1998, 1998, 1998, 1999, 1999, 2000, 2000, 2001, 2002, 2002]


def topic(years: list[int], distance: float, field: Field = FIELD) -> RawParts:
    """The parts of a topic whose papers since 2000 are all at one distance from earlier work, give or take."""
    array = np.asarray(years)
    spread = np.linspace(-0.02, 0.02, len(years))
    found = raw_parts(sample_of(array, np.where(array >= 2000, distance + spread, math.nan)), field)
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


REFERENCE = reference([topic(FALLING[:i] + RISING[i:], 0.2 + i / 100) for i in range(11)])


def test_growth_at_the_corpus_pace_is_no_velocity() -> None:
    assert velocity(Windows(recent=20, earlier=10, corpus_recent=200, corpus_earlier=100)) == pytest.approx(0)


def test_velocity_is_relative_to_the_corpus_and_shrunk_where_counts_are_small() -> None:
    corpus = {"corpus_recent": 1000, "corpus_earlier": 1000}
    few, many = velocity(Windows(recent=3, earlier=1, **corpus)), velocity(Windows(recent=300, earlier=100, **corpus))
    assert few is not None
    assert many is not None
    assert 0 < few < many < math.log(3)
    assert velocity(Windows(recent=3, earlier=1, corpus_recent=9, corpus_earlier=0)) is None


def test_windows_are_the_last_three_complete_years_and_the_three_before() -> None:
    years = np.array([1996, 1997, 1999, 2000, 2002, 2002, 2003, 0])
    found = windows(years[[1, 3, 4, 6, 7]], field_of(years, 2002))
    assert found == Windows(recent=2, earlier=1, corpus_recent=3, corpus_earlier=2)


def test_distance_looks_back_only_to_earlier_years() -> None:
    early = np.tile([1.0, 0, 0], (20, 1))
    late = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0]])
    years = np.array([2000] * 20 + [2001, 2001, 2001])
    found = distance_to_prior_work(to_unit_length(np.vstack([early, late])), years, first_year=2001)
    assert np.isnan(found[:20]).all()
    assert found[20:].tolist() == pytest.approx([0, 1, 1])


def test_distance_is_unknown_without_enough_earlier_work() -> None:
    vectors = to_unit_length(np.random.default_rng(0).normal(size=(20, 4)))
    assert np.isnan(distance_to_prior_work(vectors, np.array([2000] * 14 + [2001] * 6), 2000)).all()
    assert np.isnan(distance_to_prior_work(vectors, np.zeros(20, dtype=np.int64), 2000)).all()


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


def test_the_interval_narrows_with_more_papers() -> None:
    few, many = (score(topic(RISING * times, 0.25), REFERENCE, WEIGHTS, MADE_BY) for times in (1, 20))
    assert few.low <= few.score <= few.high
    assert many.high - many.low < (few.high - few.low) / 2


def test_a_receipt_says_what_it_was_made_from_and_what_is_missing() -> None:
    receipt = score(topic(RISING, 0.3), REFERENCE, WEIGHTS, MADE_BY).receipt
    assert receipt["weights"] == WEIGHTS
    assert receipt["sample_size"] == 15
    assert {key: receipt[key] for key in MADE_BY} == MADE_BY
    assert set(receipt["reference"]) == {"novelty", "velocity", "recency"}
    assert (receipt["reference_id"], receipt["reference_snapshot"]) == (REFERENCE.id, "then")
    assert "citations" in receipt["note"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"method": "opportunity-1"}, "of the method"),
        ({"inputs": {"novelty": 0.9}}, "not what its articles give"),
        ({"sample": {"years": [2000], "distances": [None]}}, "1 articles with a year"),
    ],
)
def test_a_receipt_that_was_tampered_with_is_refused(changed: dict[str, object], message: str) -> None:
    receipt = score(topic(RISING, 0.3), REFERENCE, WEIGHTS, MADE_BY).receipt
    with pytest.raises(BadInput, match=message):
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
    found = raw_parts(sample_of(array, np.asarray(prior)), field_of(array, 2002))
    assert isinstance(found, Refused)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("years", "distance", "words"),
    [
        (RISING, 0.5, "look here first"),
        (RISING, 0.1, "known work"),
        (FALLING, 0.5, "little explored"),
        (FALLING, 0.1, "Well covered"),
    ],
)
def test_recommendations_are_built_from_the_parts(years: list[int], distance: float, words: str) -> None:
    text = recommend(score(topic(years, distance), REFERENCE, WEIGHTS, MADE_BY))
    assert words in text
    counted = [sum(first <= year <= first + 2 for year in years) for first in (2000, 1997)]
    assert f"{counted[0]} papers in 2000 to 2002 after {counted[1]}" in text
