"""How every model did at earlier years of the same topics, beside the one that a run keeps the figure of."""

import math
import warnings

import numpy as np
import pytest

from primetime.analysis.arima import read_order
from primetime.analysis.forecast import MODELS, Forecast, forecast_counts
from primetime.analysis.model_errors import errors_of_models

ORDER = read_order("1,1,1")


def drifting(topics: int, years: int, last: int = 2020) -> list[dict[int, int]]:
    random = np.random.default_rng(3)
    made = []
    for topic in range(topics):
        level = np.exp(np.cumsum(random.normal(0.05, 0.2, years)) + 2 + topic % 3)
        papers = random.poisson(level) + 1
        made.append({last - years + 1 + place: int(one) for place, one in enumerate(papers)})
    return made


@pytest.mark.parametrize("model", MODELS)
def test_each_models_figure_is_the_one_that_a_run_keeps_when_it_forecasts(model: str) -> None:
    counts = drifting(12, 30)
    forecasts, measured = forecast_counts(counts, model=model, order=ORDER, horizon=3)
    assert all(isinstance(one, Forecast) for one in forecasts)
    assert errors_of_models(counts, order=ORDER, horizon=3)[model] == measured


def test_naive_is_the_measure_of_all() -> None:
    found = errors_of_models(drifting(12, 30), order=ORDER, horizon=3)
    assert list(found) == list(MODELS)
    assert found["naive"].error_of_naive == 1
    assert found["arima"].error_of_naive not in (None, 1)
    assert {one.origins for one in found.values()} == {10}


def test_what_cannot_be_told_is_left_out_and_not_called_perfect() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        few = errors_of_models(drifting(1, 10), order=read_order("5,2,5"), horizon=3)
        assert errors_of_models(drifting(2, 8), order=ORDER, horizon=3) == {}  # no earlier year to check
    assert "arima" not in few
    assert "automatic" not in few  # half-drift stands in its place
    assert all(math.isfinite(one.coverage80) for one in few.values())


def test_a_course_that_never_changes_has_no_error_to_compare_with() -> None:
    flat = [dict.fromkeys(range(2000, 2021), 9)] * 3
    assert errors_of_models(flat, order=ORDER, horizon=3)["half-drift"].error_of_naive is None
