import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.analysis.arima import forecast_arima, read_order
from primetime.analysis.counted_forecast import Forecast, forecast_counts
from primetime.analysis.forecast import HORIZON, METHODS, MODELS, Model, Refused, ahead, rolling
from primetime.analysis.forecast_error import measure
from primetime.analysis.smoothing import YEARLY, automatic
from primetime.errors import BadInput

ORDER = read_order("1,1,1")


def counts(values: list[int], first: int = 2000) -> dict[int, int]:
    return {first + i: value for i, value in enumerate(values)}


def one(values: list[int], model: Model = "automatic") -> Forecast | Refused:
    return forecast_counts([counts(values)], model=model, order=ORDER)[0][0]


def walks(series: int, years: int, seed: int = 3) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.maximum(3 + np.cumsum(random.normal(0.03, 0.15, (series, years)), axis=1), 0)


def test_half_of_the_recent_drift_continues() -> None:
    series = np.log1p([[10.0, 10, 10, 20, 40, 80]])
    drift = (series[0, -1] - series[0, -4]) / 3
    expected = series[0, -1] + drift * np.array([0.5, 1.0, 1.5])
    assert np.allclose(rolling(series, 3, "half-drift")[0, -1], expected)
    # Alone and so short, nothing was judged that a choice could be made of.
    assert np.allclose(rolling(series, 3, "automatic")[0, -1], expected)


@pytest.mark.parametrize(("series", "years"), [(1, 12), (1, 16), (2, 9), (2, 12), (5, 8)])
def test_a_forecast_carries_the_name_of_the_model_that_made_it(series: int, years: int) -> None:
    values = np.expm1(walks(series, years)).round().astype(int) + 5
    chosen = not np.isnan(automatic(np.log1p(values.astype(float)), 1, YEARLY)[:, -1]).any()
    found, _ = forecast_counts([counts(row) for row in values.tolist()], order=ORDER)
    for topic in found:
        assert isinstance(topic, Forecast)
        assert topic.model == ("automatic" if chosen else "half-drift")
        assert topic.method == METHODS[topic.model]


@pytest.mark.parametrize("model", MODELS)
def test_a_flat_series_stays_flat_without_spread(model: Model) -> None:
    found = one([12] * 12, model)
    assert isinstance(found, Forecast)
    for point in found.points:
        assert (point.low95, point.expected, point.high95) == pytest.approx((12, 12, 12), abs=0.11)
    assert found.naive == [12.0] * HORIZON


def test_growth_lies_above_naive_and_decline_below() -> None:
    rising, falling = one([5, 6, 8, 9, 12, 15, 19, 24]), one([40, 38, 30, 27, 20, 16, 12, 9])
    assert isinstance(rising, Forecast)
    assert isinstance(falling, Forecast)
    assert rising.points[2].expected > rising.points[0].expected > rising.naive[0]
    assert falling.points[2].expected < falling.points[0].expected < falling.naive[0]


@pytest.mark.parametrize(
    ("values", "reason"),
    [([], "no articles in a complete year"), ([9] * 7, "7 complete years"), ([1, 0, 2, 1, 0, 1, 3, 1], "9 articles")],
)
def test_short_and_thin_series_are_refused_with_the_reason(values: list[int], reason: str) -> None:
    found = one(values)
    assert isinstance(found, Refused)
    assert reason in found.reason


def test_a_refused_series_leaves_the_others_their_forecast() -> None:
    found, measured = forecast_counts([counts([9] * 7), counts(list(range(20, 40)), 1990)], order=ORDER)
    assert isinstance(found[0], Refused)
    assert isinstance(found[1], Forecast)
    assert found[1].points[0].year == 2010
    assert measured is not None


@given(st.lists(st.lists(st.integers(0, 5000), min_size=12, max_size=12), min_size=1, max_size=6))
def test_intervals_hold_the_forecast_and_do_not_narrow(values: list[list[int]]) -> None:
    series = np.log1p(np.asarray(values, dtype=float))
    for model in MODELS:
        found = ahead(series, 5, model, ORDER)
        assert np.isfinite(found.expected).all()
        assert (found.half80 >= 0).all()
        assert (found.half95 >= found.half80).all()
        assert (np.diff(found.half80, axis=1) >= -1e-9).all()
        assert (np.diff(found.half95, axis=1) >= -1e-9).all()


@pytest.mark.parametrize("model", MODELS)
def test_later_values_cannot_influence_a_forecast(model: Model) -> None:
    known = walks(12, 40)
    later = np.concatenate([known, np.random.default_rng(1).uniform(0, 9, (12, 8))], axis=1)
    alone = ahead(known, HORIZON, model, ORDER)
    assert np.isfinite(alone.expected).all()
    assert np.array_equal(ahead(later[:, :40], HORIZON, model, ORDER).expected, alone.expected)
    if model == "arima":  # fitted anew at each origin: the next test says what it sees there
        return
    made = rolling(later, HORIZON, model)
    assert np.array_equal(made[:, 39], alone.expected)
    assert np.array_equal(made[:, :40], rolling(known, HORIZON, model), equal_nan=True)


@pytest.mark.parametrize("model", MODELS)
def test_what_was_measured_at_an_origin_does_not_change_as_years_come(model: Model) -> None:
    known = walks(12, 40)
    later = np.concatenate([known, np.random.default_rng(1).uniform(0, 9, (12, 8))], axis=1)
    judged_by_then = range(20, 37)  # the last of them is judged by the years to 39
    assert measure(known, HORIZON, model, ORDER, judged_by_then) == measure(
        later, HORIZON, model, ORDER, judged_by_then
    )


@pytest.mark.parametrize("model", MODELS)
def test_each_other_models_error_is_told_beside(model: Model) -> None:
    series = walks(12, 40)
    found = measure(series, HORIZON, model, ORDER, [30, 33, 36])
    assert set(found.others) == set(MODELS) - {model, "naive"}
    for other, error in found.others.items():
        assert error == measure(series, HORIZON, other, ORDER, [30, 33, 36]).error_of_naive
        assert error is not None
        assert 0 < error < 5


def test_an_error_that_cannot_be_told_is_none() -> None:
    still = np.full((3, 12), np.log1p(5.0))
    found = measure(still, HORIZON, "half-drift", ORDER, [8, 9])
    assert found.error_of_naive is None, "naive never missed"
    assert set(found.others.values()) == {None}


@pytest.mark.parametrize("model", MODELS)
def test_a_longer_horizon_does_not_change_the_first_years(model: Model) -> None:
    series = walks(8, 30)
    short, long = ahead(series, 2, model, ORDER), ahead(series, 9, model, ORDER)
    assert np.allclose(short.expected, long.expected[:, :2], atol=1e-12)
    assert np.allclose(short.half80, long.half80[:, :2], atol=1e-12)


def test_a_series_that_begins_later_is_read_from_its_beginning() -> None:
    series = walks(6, 40)
    series[0, :25] = np.nan
    found = ahead(series, HORIZON, "automatic", ORDER)
    assert np.isfinite(found.expected).all()
    fit_alone = rolling(series[:1, 25:], HORIZON, "ets")
    assert np.allclose(rolling(series, HORIZON, "ets")[0, 25:], fit_alone[0])


def test_arima_finds_the_parameters_that_made_a_series() -> None:
    random = np.random.default_rng(5)
    shocks = random.normal(size=(4, 3001))
    changes = np.zeros((4, 3000))
    for year in range(1, 3000):
        changes[:, year] = 0.6 * changes[:, year - 1] + shocks[:, year] + 0.3 * shocks[:, year - 1]
    series = np.cumsum(changes, axis=1)
    expected, error = forecast_arima(series, 2, ORDER)
    # One step ahead of ARIMA(1,1,1): the last value, 0.6 of its change and 0.3 of its shock; the error is the shock's.
    assert expected[:, 0] == pytest.approx(series[:, -1] + 0.6 * changes[:, -1] + 0.3 * shocks[:, 2999], abs=0.25)
    assert error[:, 0] == pytest.approx(np.ones(4), abs=0.05)
    assert error[:, 1] == pytest.approx(np.full(4, np.sqrt(1 + 1.9**2)), abs=0.15)


def test_arima_0_1_0_is_naive_and_too_few_years_are_no_number() -> None:
    series = walks(3, 20)
    expected, _ = forecast_arima(series, 3, read_order("0,1,0"))
    assert np.allclose(expected, series[:, -1:])
    assert np.isnan(forecast_arima(series[:, :4], 3, read_order("2,1,2"))[0]).all()


@pytest.mark.parametrize("text", ["1,1", "1,1,x", "", "-1,1,1", "9,1,1", "1,3,1", "1.5,1,1"])
def test_an_unusable_order_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="ARIMA's order"):
        read_order(text)


def trends(shared_data: Path) -> tuple[np.ndarray, int]:
    with gzip.open(shared_data / "trends" / "pubmed-terms-by-year.csv.gz", "rt") as file:
        _, *rows = list(csv.reader(file))
    table = np.asarray([[float(cell or "nan") for cell in row] for row in rows])
    table = table[np.argsort(table[:, 0])]
    return np.log1p(np.nan_to_num(table[:, 1:].T)), int(table[0, 0])


def test_the_default_beats_half_drift_and_naive_on_pubmeds_own_terms(shared_data: Path) -> None:
    series, first = trends(shared_data)
    origins = range(1985 - first, 2018 - first + 1)
    found = measure(series, HORIZON, "automatic", ORDER, origins)
    drift = measure(series, HORIZON, "half-drift", ORDER, origins)
    assert found.error_of_naive is not None
    assert drift.error_of_naive is not None
    assert found.error_of_naive <= 0.78 < drift.error_of_naive
    assert 0.75 <= found.coverage80 <= 0.85
    assert found.coverage95 >= 0.92
