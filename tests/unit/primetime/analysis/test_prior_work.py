import numpy as np
import pytest

from primetime.analysis.neighbours import InvertedFile
from primetime.analysis.prior_work import prior_work
from primetime.analysis.reference import Field, field_of
from primetime.encoder.pooling import to_unit_length


def test_distance_looks_back_only_to_earlier_years() -> None:
    early = np.tile([1.0, 0, 0], (20, 1))
    late = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0]])
    years = np.array([2000] * 20 + [2001, 2001, 2001])
    found = prior_work(InvertedFile.of(to_unit_length(np.vstack([early, late]))), years, 2001, field_of(years, 2001))
    assert np.isnan(found.distance[:20]).all()
    assert found.distance[20:].tolist() == pytest.approx([0, 1, 1])


def test_old_is_what_is_from_the_older_half_of_the_fields_earlier_work() -> None:
    old, new = np.tile([1.0, 0, 0], (20, 1)), np.tile([0, 1.0, 0], (20, 1))
    vectors = to_unit_length(np.vstack([old, new, [[1, 0.1, 0], [0.1, 1, 0]]]))
    years = np.array([1990] * 20 + [1999] * 20 + [2001, 2001])
    assert prior_work(InvertedFile.of(vectors), years, 2001, field_of(years, 2001)).old[-2:].tolist() == [1, 0]
    # By the clock of a field that is older, neither is old; all of one year, none of it is.
    older = Field(papers={1950: 100, 1990: 20, 1999: 20}, last_complete_year=2001)
    assert prior_work(InvertedFile.of(vectors), years, 2001, older).old[-2:].tolist() == [0, 0]
    same = np.array([1990] * 40 + [2001, 2001])
    assert prior_work(InvertedFile.of(vectors), same, 2001, field_of(same, 2001)).old[-2:].tolist() == [0, 0]


def test_nothing_is_known_without_enough_earlier_work() -> None:
    vectors = to_unit_length(np.random.default_rng(0).normal(size=(20, 4)))
    for years in (np.array([2000] * 14 + [2001] * 6), np.zeros(20, dtype=np.int64)):
        found = prior_work(InvertedFile.of(vectors), years, 2000, field_of(years, 2001))
        assert np.isnan(found.distance).all()
        assert np.isnan(found.old).all()


def test_it_is_told_of_those_alone_that_it_is_wanted_of() -> None:
    vectors = to_unit_length(np.random.default_rng(1).normal(size=(60, 4)))
    years = np.array([2000] * 30 + [2001] * 30)
    whole, some = (
        prior_work(InvertedFile.of(vectors), years, 2001, field_of(years, 2001), only=only)
        for only in (None, np.array([40, 50]))
    )
    assert np.flatnonzero(~np.isnan(some.distance)).tolist() == [40, 50]
    np.testing.assert_allclose(some.distance[[40, 50]], whole.distance[[40, 50]], atol=1e-6)
