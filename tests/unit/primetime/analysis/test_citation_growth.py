"""Citations of made-up papers: no per-paper citations by year are among the real data."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.analysis.citation_growth import Cited, growth, mean_of, ratios_as_of, ratios_of

YEARS = np.array([2018] * 12 + [2020] * 12)
TOLD = np.full(24, 2025)


def counts(since: int = 0) -> dict[int, dict[int, int]]:
    """Each paper is cited twice a year after its own, the first of each year four times."""
    return {
        article: {year: 4 if article % 12 == 0 else 2 for year in range(int(YEARS[article]) + 1, 2026) if year > since}
        for article in range(24)
    }


def test_a_ratio_is_over_the_papers_of_its_year_and_of_citations_until_then() -> None:
    found = ratios_as_of(2021, YEARS, counts(), TOLD)
    mean = (4 + 11 * 2) / 12
    assert found[[0, 12]].tolist() == pytest.approx([4 / mean] * 2)
    assert found[[1, 13]].tolist() == pytest.approx([2 / mean] * 2)


@given(st.integers(2018, 2024), st.integers(0, 23), st.integers(1, 500))
def test_citations_after_the_origin_cannot_move_it(origin: int, article: int, more: int) -> None:
    later = counts()
    later[article] = {**later[article], origin + 1: more}
    before = {
        one: {year: number for year, number in by_year.items() if year <= origin} for one, by_year in later.items()
    }
    found = ratios_as_of(origin, YEARS, later, TOLD)
    np.testing.assert_array_equal(found, ratios_as_of(origin, YEARS, before, TOLD))
    np.testing.assert_array_equal(found, ratios_as_of(origin, YEARS, counts(), TOLD))


def test_what_a_source_no_longer_tells_is_unknown_and_not_zero() -> None:
    found = ratios_as_of(2021, YEARS, counts(), np.full(24, 2028))
    assert np.isnan(found[:12]).all(), "2018 is eleven years before 2028 is told"
    assert not np.isnan(found[12:]).any()
    some = {article: one for article, one in counts().items() if article != 5}
    assert np.isnan(ratios_as_of(2021, YEARS, some, TOLD)[5])


@pytest.mark.parametrize(
    ("origin", "known"),
    [(2017, 24), (2018, 24), (2021, 3)],
    ids=["before all", "nothing cited yet", "too few of a year"],
)
def test_where_there_is_nothing_to_compare_with_nothing_is_known(origin: int, known: int) -> None:
    some = {article: one for article, one in counts().items() if article < known}
    assert np.isnan(ratios_as_of(origin, YEARS, some, TOLD)).all()


def test_a_field_is_the_known_ratios_of_dated_papers() -> None:
    ratios = ratios_of(np.array([2000, 2000, 2001, 0, 2002]), np.array([1.0, 3.0, np.nan, 9.0, 0.0]))
    assert ratios == {2000: (2, round(math.log(2) + math.log(4), 6)), 2002: (1, 0.0)}
    assert mean_of(ratios, 2000, 2002) == pytest.approx((math.log(2) + math.log(4)) / 3, abs=1e-6)
    assert mean_of(ratios, 2001, 2001) is None


OF = Cited(recent=0, earlier=0, field_recent=0.5, field_earlier=0.4)


def grown(recent: float, earlier: float, papers: int, before: int) -> float:
    now, then = np.asarray([float(papers)]), np.asarray([float(before)])
    return float(growth(now * recent, then * earlier, now, then, OF)[0])


def test_growth_is_over_the_fields_and_shrunk_where_few_are_known() -> None:
    assert grown(0.9, 0.4, 0, 0) == grown(0.9, 0.4, 0, 50) == 0
    assert 0 < grown(0.9, 0.4, 5, 5) < grown(0.9, 0.4, 500, 500) < 0.4
    assert grown(0.9, 0.4, 500, 5) < grown(0.9, 0.4, 500, 500), "it is as sure as its smaller window"


@pytest.mark.parametrize("papers", [(5, 5), (50, 5), (5, 500)])
def test_always_being_cited_more_than_the_field_is_no_growth(papers: tuple[int, int]) -> None:
    assert grown(1.5, 1.4, *papers) == pytest.approx(0)
