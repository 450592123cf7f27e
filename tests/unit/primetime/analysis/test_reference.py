import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.analysis.reference import Field, Reference, field_of, percentile, percentiles_of, why_renew

NOW = datetime(2026, 3, 1, tzinfo=UTC)
REFERENCE = Reference(
    model_hash="m",
    snapshot="s",
    articles=1000,
    topics=40,
    field=Field(papers={2000: 400, 2001: 600}, last_complete_year=2000),
    percentiles={"novelty": [0.1, 0.2]},
    release_id="r",
    why="the first",
    made_at=NOW - timedelta(days=30),
)
finite = st.floats(-10, 10)


def test_rank_is_on_the_fields_own_clock() -> None:
    field = field_of(np.array([2001, 1990, 0, 2001, 2010]), 2009)
    assert field.papers == {1990: 1, 2001: 2, 2010: 1}
    assert field.rank(np.array([1990, 2001, 2010])).tolist() == [0.125, 0.5, 0.875]
    assert field.rank(np.array([1980, 1995, 2020])).tolist() == [0, 0.25, 1]


@pytest.mark.parametrize(("year", "older"), [(2003, 2001), (2002, 2000), (2001, 0), (2000, 0), (2010, 2001)])
def test_the_older_half_is_what_had_appeared_by_the_middle_of_what_was_before(year: int, older: int) -> None:
    assert Field(papers={2000: 30, 2001: 30, 2002: 60}, last_complete_year=2002).older_half(year) == older
    assert Field(papers={}, last_complete_year=2002).older_half(year) == 0


@given(st.lists(finite, min_size=5, max_size=80), st.lists(finite, min_size=1, max_size=9))
def test_percentiles_are_between_0_and_1_and_keep_the_order(values: list[float], asked: list[float]) -> None:
    placed = percentile(np.asarray(sorted(asked)), percentiles_of(values))
    assert ((placed >= 0) & (placed <= 1)).all()
    assert (np.diff(placed) >= -1e-12).all()


@given(st.lists(finite, min_size=5, max_size=80), st.lists(finite, min_size=1, max_size=9))
def test_percentiles_do_not_depend_on_what_else_is_asked(values: list[float], asked: list[float]) -> None:
    grid = percentiles_of(values)
    alone = [float(percentile(np.asarray([one]), grid)[0]) for one in asked]
    assert percentile(np.asarray(asked), grid).tolist() == alone


def test_equal_values_share_the_middle() -> None:
    assert percentile(np.array([3.0]), [3.0] * 21).tolist() == [0.5]
    asked = np.array([-1, 0, 0.5, 1, 2, 3, math.inf])
    assert percentile(asked, [0.0, 1.0, 2.0]).tolist() == [0, 0, 0.25, 0.5, 1, 1, 1]


def test_the_id_is_of_the_contents_alone() -> None:
    assert replace(REFERENCE, made_at=None, why="ordered", release_id="other").id == REFERENCE.id
    assert replace(REFERENCE, percentiles={"novelty": [0.1, 0.3]}).id != REFERENCE.id
    assert replace(REFERENCE, field=Field(papers={2000: 401, 2001: 600}, last_complete_year=2000)).id != REFERENCE.id


@pytest.mark.parametrize(
    ("reference", "articles", "days", "ordered", "why"),
    [
        (None, 1000, 90, False, "the first of this model"),
        (REFERENCE, 1999, 90, False, None),
        (REFERENCE, 2000, 90, False, "grew from 1000 to 2000"),
        (REFERENCE, 1000, 30, False, "30 days old"),
        (REFERENCE, 1000, 31, False, None),
        (REFERENCE, 1000, 0, False, None),
        (REFERENCE, 1000, 90, True, "ordered"),
    ],
)
def test_a_reference_stands_until_it_is_due(
    reference: Reference | None, articles: int, days: int, ordered: bool, why: str | None
) -> None:
    found = why_renew(reference, articles=articles, now=NOW, days=days, ordered=ordered)
    assert (found is None) if why is None else (found is not None and why in found)
