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
    percentile,
    publication_rank,
    raw_parts,
    reference_of,
    score,
    velocity,
    windows,
)
from primetime.analysis.recommendation import recommend
from primetime.encoder.pooling import to_unit_length
from primetime.errors import BadInput

WEIGHTS = {"novelty": 0.4, "velocity": 0.4, "recency": 0.2}
MADE_BY = {"snapshot": "s", "model_hash": "m", "release_id": "r"}
finite = st.floats(-10, 10)


def parts(novelty: float, speed: float, recency: float) -> RawParts:
    counted = Windows(recent=9, earlier=4, corpus_recent=90, corpus_earlier=80)
    return RawParts(novelty=novelty, velocity=speed, recency=recency, articles=20, windows=counted)


REFERENCE = reference_of([parts(i / 10, i / 10, i / 10) for i in range(11)])


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
    found = windows(years, np.array([1, 3, 4, 6]), last_year=2002)
    assert found == Windows(recent=2, earlier=1, corpus_recent=3, corpus_earlier=2)


def test_rank_is_on_the_fields_own_clock() -> None:
    rank = publication_rank(np.array([2001, 1990, 0, 2001, 2010]))
    assert rank[[1, 0, 3, 4]].tolist() == [0.125, 0.5, 0.5, 0.875]
    assert math.isnan(rank[2])


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


@given(st.lists(finite, min_size=5, max_size=80), finite)
def test_a_percentile_is_between_0_and_1(values: list[float], value: float) -> None:
    grid = np.percentile(values, np.linspace(0, 100, 21)).tolist()
    assert 0 <= percentile(value, grid) <= 1


@given(st.lists(finite, min_size=5, max_size=80), finite, finite)
def test_a_percentile_keeps_the_order(values: list[float], one: float, other: float) -> None:
    grid = np.percentile(values, np.linspace(0, 100, 21)).tolist()
    low, high = sorted([one, other])
    assert percentile(low, grid) <= percentile(high, grid) + 1e-12


def test_equal_values_share_the_middle() -> None:
    assert percentile(3.0, [3.0] * 21) == 0.5
    assert [percentile(v, [0.0, 1.0, 2.0]) for v in (-1, 0, 0.5, 1, 2, 3)] == [0, 0, 0.25, 0.5, 1, 1]


def test_the_score_weighs_the_percentiles() -> None:
    found = score(parts(1.0, 0.5, 0.0), REFERENCE, WEIGHTS, MADE_BY)
    assert (found.novelty, found.velocity, found.recency) == (1.0, 0.5, 0.0)
    assert found.score == pytest.approx(0.6)
    assert found.label == "Good"


@given(finite, finite, finite, st.tuples(*[st.floats(0, 1) for _ in range(3)]).filter(lambda w: sum(w) > 0.01))
def test_a_receipt_proves_its_score(novelty: float, speed: float, recency: float, w: tuple[float, ...]) -> None:
    found = score(parts(novelty, speed, recency), REFERENCE, dict(zip(WEIGHTS, w, strict=True)), MADE_BY)
    again = from_receipt(json.loads(json.dumps(found.receipt)))
    assert again == found
    assert 0 <= found.score <= 1


def test_a_receipt_says_what_it_was_made_from_and_what_is_missing() -> None:
    receipt = score(parts(0.3, 0.2, 0.9), REFERENCE, WEIGHTS, MADE_BY).receipt
    assert receipt["weights"] == WEIGHTS
    assert receipt["sample_size"] == 20
    assert {key: receipt[key] for key in MADE_BY} == MADE_BY
    assert set(receipt["reference"]) == {"novelty", "velocity", "recency"}
    assert "citations" in receipt["note"]


def test_another_topics_articles_do_not_move_a_stored_score() -> None:
    found = score(parts(0.5, 0.5, 0.5), REFERENCE, WEIGHTS, MADE_BY)
    reference_of([parts(9, 9, 9)])
    assert from_receipt(found.receipt).score == found.score


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
    found = raw_parts(np.arange(20), array, publication_rank(array), np.asarray(prior), 2002)
    assert isinstance(found, Refused)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("novelty", "speed", "recency", "words"),
    [
        (1.0, 1.0, 1.0, "look here first"),
        (0.0, 1.0, 0.5, "known work"),
        (1.0, -1.0, 0.5, "little explored"),
        (0.0, -1.0, 0.0, "Well covered"),
    ],
)
def test_recommendations_are_built_from_the_parts(novelty: float, speed: float, recency: float, words: str) -> None:
    text = recommend(score(parts(novelty, speed, recency), REFERENCE, WEIGHTS, MADE_BY), 2002)
    assert words in text
    assert "9 papers in 2000 to 2002 after 4" in text
