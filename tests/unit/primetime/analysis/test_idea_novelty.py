"""An idea among titles, on planted directions: near what was written it is not novel, far from it it is."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from primetime.analysis.forecast import Refused
from primetime.analysis.idea_novelty import IdeaNovelty, idea_novelty, novelty_from, titles_to_compare
from primetime.analysis.reference import field_of
from primetime.encoder.pooling import to_unit_length

MADE_BY = {"snapshot": "s", "model_hash": "m", "release_id": "r"}
RANDOM = np.random.default_rng(3)
FIELDS = RANDOM.normal(size=(4, 32))
YEARS = np.tile(np.arange(2000, 2013), 40)
FIELD = field_of(YEARS, 2011)


def near(centres: NDArray[np.float64], spread: float, seed: int = 4) -> NDArray[np.float32]:
    return to_unit_length(centres + np.random.default_rng(seed).normal(size=centres.shape) * spread)


VECTORS = near(FIELDS[np.arange(len(YEARS)) % 4], 0.3)
CHOSEN = titles_to_compare(YEARS, FIELD, 20)
TITLES = near(FIELDS[CHOSEN % 4], 0.8, 5)


def novelty(idea: NDArray[np.float32], years: NDArray[np.int64] = YEARS) -> IdeaNovelty:
    found = idea_novelty(idea, TITLES, YEARS[CHOSEN], VECTORS, years, FIELD, MADE_BY)
    assert isinstance(found, IdeaNovelty)
    return found


def test_titles_are_of_the_last_three_complete_years_and_drawn_alike() -> None:
    assert set(YEARS[CHOSEN]) == {2009, 2010, 2011}
    assert len(CHOSEN) == 120
    many = np.tile(YEARS, 5)
    assert len(titles_to_compare(many, FIELD, 20)) == 200
    np.testing.assert_array_equal(titles_to_compare(many, FIELD, 20), titles_to_compare(many, FIELD, 20))


def test_an_idea_far_from_what_was_written_is_novel_and_one_amid_it_is_not() -> None:
    amid, away = near(FIELDS[:1], 0.05)[0], near(-FIELDS[:1], 0.05)[0]
    assert novelty(amid).receipt["distance"] < novelty(away).receipt["distance"]
    assert novelty(amid).novelty < 0.3
    assert novelty(away).novelty > 0.7


def test_a_title_like_the_others_is_in_the_middle() -> None:
    places = [novelty(one).novelty for one in near(FIELDS[np.arange(40) % 4], 0.8, 6)]
    assert np.mean(places) == pytest.approx(0.5, abs=0.15)


def test_its_receipt_proves_it_and_names_what_it_was_made_from() -> None:
    found = novelty(near(FIELDS[:1], 0.8, 9)[0])
    assert novelty_from(json.loads(json.dumps(found.receipt))) == found.novelty
    assert {name: found.receipt[name] for name in MADE_BY} == MADE_BY
    assert found.receipt["titles"] == 120
    assert set(found.receipt["reference"]) == {"distance", "old", "novelty"}
    similarity = VECTORS @ near(FIELDS[:1], 0.8, 9)[0]
    assert found.nearest == np.argsort(-similarity, kind="stable")[:15].tolist()


def test_a_titles_own_and_later_articles_are_no_prior_work_of_it() -> None:
    """Else a title would be nearest to the very article that it names."""
    other = np.where(YEARS[:, None] >= 2011, -VECTORS, VECTORS)
    found, again = (
        idea_novelty(VECTORS[0], VECTORS[CHOSEN], YEARS[CHOSEN], vectors, YEARS, FIELD, MADE_BY)
        for vectors in (VECTORS, other)
    )
    assert isinstance(found, IdeaNovelty)
    assert isinstance(again, IdeaNovelty)
    assert again.receipt["distance"] != found.receipt["distance"]
    assert again.receipt["reference"] == found.receipt["reference"], "titles are of 2011 at the latest"


def test_an_old_neighbourhood_makes_an_idea_more_novel() -> None:
    idea = near(FIELDS[:1], 0.4, 11)[0]
    nearest = novelty(idea).nearest
    older, newer = YEARS.copy(), YEARS.copy()
    older[nearest], newer[nearest] = 2000, 2012
    assert novelty(idea, older).receipt["old"] == 1
    assert novelty(idea, newer).receipt["old"] == 0
    assert novelty(idea, older).novelty > novelty(idea, newer).novelty


@pytest.mark.parametrize("years", [np.zeros_like(YEARS), np.where(YEARS < 2011, 0, YEARS)])
def test_too_little_to_compare_with_is_refused(years: NDArray[np.int64]) -> None:
    chosen = titles_to_compare(years, FIELD, 20)
    found = idea_novelty(VECTORS[0], VECTORS[chosen], years[chosen], VECTORS, years, FIELD, MADE_BY)
    assert isinstance(found, Refused)
    assert "50 are needed" in found.reason
