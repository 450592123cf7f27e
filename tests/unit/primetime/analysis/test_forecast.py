import csv
import gzip
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.analysis.forecast import (
    HORIZON,
    Forecast,
    Refused,
    extrapolate,
    forecast,
    last_complete_year,
    yearly_counts,
)


def counts(values: list[int], first: int = 2000) -> dict[int, int]:
    return {first + i: value for i, value in enumerate(values)}


def test_neither_the_newest_nor_the_current_year_is_complete() -> None:
    assert last_complete_year(np.array([2001, 2002, 2003, 0]), this_year=2030) == 2002
    assert last_complete_year(np.array([2029, 2030, 2031]), this_year=2030) == 2029
    assert last_complete_year(np.array([2030, 2030]), this_year=2030) == 2029
    assert last_complete_year(np.array([2040]), this_year=2030) == 2029


def test_stray_records_of_later_years_do_not_move_the_corpus_end() -> None:
    field = np.repeat([2000, 2001, 2002, 2003], 100)
    assert last_complete_year(np.concatenate([field, [2008, 2017]]), this_year=2030) == 2003
    # A year of which little has arrived yet is the newest, and the one before it is whole.
    assert last_complete_year(np.concatenate([field, [2004]]), this_year=2030) == 2003


def test_missing_years_are_zero_and_unknown_ones_are_left_out() -> None:
    years = np.array([2001, 0, 2003, 2003, 2004, 1999])
    assert yearly_counts(years, 2003) == {1999: 1, 2000: 0, 2001: 1, 2002: 0, 2003: 2}
    assert yearly_counts(np.array([0, 0]), 2003) == {}
    assert yearly_counts(np.array([2005]), 2003) == {}


def test_half_of_the_recent_drift_continues() -> None:
    series = np.log1p([10.0, 10, 10, 20, 40, 80])
    expected = extrapolate(series)
    drift = (series[-1] - series[-4]) / 3
    assert np.allclose(expected, series[-1] + drift * np.array([0.5, 1.0, 1.5]))


def test_a_flat_series_stays_flat_without_spread() -> None:
    found = forecast(counts([12] * 9))
    assert isinstance(found, Forecast)
    assert [(p.year, p.low80, p.expected, p.high80) for p in found.points] == [
        (2009 + i, 12.0, 12.0, 12.0) for i in range(HORIZON)
    ]
    assert found.naive == [12.0] * HORIZON


def test_growth_lies_above_naive_and_decline_below() -> None:
    rising, falling = forecast(counts([5, 6, 8, 9, 12, 15, 19, 24])), forecast(counts([40, 38, 30, 27, 20, 16, 12, 9]))
    assert isinstance(rising, Forecast)
    assert isinstance(falling, Forecast)
    assert rising.points[2].expected > rising.points[0].expected > rising.naive[0]
    assert falling.points[2].expected < falling.points[0].expected < falling.naive[0]


@pytest.mark.parametrize(
    ("values", "reason"),
    [([], "publication year"), ([9] * 7, "7 complete years"), ([1, 0, 2, 1, 0, 1, 3, 1], "9 articles")],
)
def test_short_and_thin_series_are_refused_with_the_reason(values: list[int], reason: str) -> None:
    found = forecast(counts(values))
    assert isinstance(found, Refused)
    assert reason in found.reason


@given(st.lists(st.integers(0, 5000), min_size=8, max_size=60).filter(lambda values: sum(values) >= 20))
def test_intervals_hold_the_forecast_and_do_not_narrow(values: list[int]) -> None:
    found = forecast(counts(values))
    assert isinstance(found, Forecast)
    assert len(found.points) == len(found.naive) == HORIZON
    for point in found.points:
        assert 0 <= point.low80 <= point.expected <= point.high80
    # On the logarithmic scale; below half a paper the rounding to tenths hides the width.
    widths = [math.log((p.high80 + 1) / (p.expected + 1)) for p in found.points if p.expected > 0.5]
    assert all(later >= earlier - 0.1 for earlier, later in itertools.pairwise(widths))


def test_it_beats_naive_on_pubmeds_own_terms(shared_data: Path) -> None:
    with gzip.open(shared_data / "trends" / "pubmed-terms-by-year.csv.gz", "rt") as file:
        header, *rows = list(csv.reader(file))
    table = np.asarray([[float(cell or "nan") for cell in row] for row in rows])
    years = table[:, 0]
    ours, naive = [], []
    for column in range(1, len(header)):
        series = np.log1p(np.nan_to_num(table[np.argsort(years), column]))
        ordered = np.sort(years)
        for origin in np.flatnonzero((ordered >= 1985) & (ordered <= ordered[-1] - HORIZON)):
            truth = series[origin + 1 : origin + 1 + HORIZON]
            ours.append(np.abs(extrapolate(series[: origin + 1]) - truth))
            naive.append(np.abs(series[origin] - truth))
    assert len(ours) > 1000
    assert np.mean(ours) < 0.9 * np.mean(naive)
