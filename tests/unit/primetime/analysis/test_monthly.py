"""Papers a month: which months count, the season, and what is forecast of it."""

from collections.abc import Mapping

import numpy as np
import pytest

from primetime.analysis.arima import Order
from primetime.analysis.counted_forecast import Forecast
from primetime.analysis.forecast import MODELS, Model, Refused
from primetime.analysis.monthly import (
    Months,
    forecast_months,
    last_complete_month,
    month_name,
    months_of,
    season,
)

ORDER = Order(autoregressive=1, differences=1, moving_average=1)
JANUARY = 12 * 2010
SEASON = np.array([1.8, 0.9, 1, 1, 0.95, 0.95, 0.9, 0.8, 0.9, 1, 0.9, 0.9])


def planted(topics: int = 12, months: int = 120, seed: int = 1) -> tuple[list[Months], dict[int, int]]:
    """Topics of 5 to 40 papers a month with January's bulge, and the field that they are."""
    random = np.random.default_rng(seed)
    level = np.log(random.uniform(5, 40, topics))
    counts = np.empty((topics, months), dtype=int)
    for month in range(months):
        level += random.normal(0.002, 0.02, topics)
        counts[:, month] = random.poisson(np.exp(level) * SEASON[(JANUARY + month) % 12])
    found = [Months(counts=dict(enumerate(map(int, row), JANUARY)), known=1.0) for row in counts]
    return found, dict(enumerate(map(int, counts.sum(axis=0)), JANUARY))


def test_a_month_has_a_name() -> None:
    assert [month_name(month) for month in (JANUARY, JANUARY + 11, JANUARY + 14)] == ["2010-01", "2010-12", "2011-03"]


@pytest.mark.parametrize(
    ("counts", "this", "last"),
    [
        ([10] * 30, 100, 28),  # the newest month is still arriving
        ([10] * 30, 20, 19),  # so is the current one; what is dated later is not believed
        ([10] * 30 + [4, 3, 1], 100, 29),  # and so are months with less than half of a usual one
        ([10] * 30 + [5, 4], 100, 30),
        ([10] * 12 + [0] * 12 + [1], 100, 11),  # stray papers of later are not the corpus's end
        ([7], 100, None),
        ([], 100, None),
    ],
)
def test_the_last_complete_month(counts: list[int], this: int, last: int | None) -> None:
    months = np.repeat(np.arange(len(counts)) + JANUARY, counts)
    found = last_complete_month(np.append(months, [0, 0, 0]), JANUARY + this)
    assert found == (None if last is None else JANUARY + last)


def test_months_are_counted_from_the_first_paper_and_empty_ones_are_zero() -> None:
    months = np.array([0, JANUARY + 3, JANUARY + 3, JANUARY + 5, JANUARY + 20])
    years = np.array([2010, 2010, 2010, 2010, 2011])
    found = months_of(months, years, JANUARY + 11)
    assert found.counts == {JANUARY + month: {3: 2, 5: 1}.get(month, 0) for month in range(3, 12)}
    assert found.known == 0.75  # of one of the four papers of 2010 only the year is known


def test_the_season_is_found_and_little_data_make_little_of_it() -> None:
    _, field = planted(topics=60)
    assert np.abs(season(field, JANUARY + 119) - SEASON / SEASON.mean()).max() < 0.05
    few = {JANUARY + month: int(month % 12 == 0) for month in range(120)}
    assert season(few, JANUARY + 119).max() < 2
    assert season({}, JANUARY).tolist() == [1.0] * 12


@pytest.mark.parametrize("model", MODELS)
def test_a_year_of_months_is_forecast_with_its_season(model: Model) -> None:
    topics, field = planted()
    forecasts, measured = forecast_months(topics, field, model=model, order=ORDER, horizon=12)
    for topic, one in zip(topics, forecasts, strict=True):
        assert isinstance(one, Forecast)
        assert [point.year for point in one.points] == list(range(JANUARY + 120, JANUARY + 132))
        expected = [point.expected for point in one.points]
        assert expected[0] == max(expected), "January"
        late = np.mean([topic.counts[month] for month in range(JANUARY + 108, JANUARY + 120)])
        # These two know the last month alone, which chance may have made.
        far = 4 if model in ("naive", "half-drift") else 2
        assert late / far < np.mean(expected) < late * far
        assert all(point.low95 <= point.low80 <= point.expected <= point.high80 <= point.high95 for point in one.points)
        assert set(one.others) == set(MODELS) - {model, "naive"}
    assert measured is not None
    assert measured.origins == 3
    assert set(measured.others) == set(MODELS) - {model, "naive"}
    assert 0.6 < measured.coverage80 < measured.coverage95 <= 1


def test_what_the_forecast_knows_ends_with_its_last_month() -> None:
    topics, field = planted()
    forecasts, _ = forecast_months(topics, field, order=ORDER, horizon=3)
    later: Mapping[int, int] = {**field, **{JANUARY + 120 + month: 10_000 for month in range(12)}}
    assert forecast_months(topics, later, order=ORDER, horizon=3)[0] == forecasts


@pytest.mark.parametrize(
    ("counts", "known", "reason"),
    [
        ([], 1.0, "0 complete months"),
        ([9] * 47, 1.0, "47 complete months"),
        ([9] * 40 + [2] * 24, 1.0, "48 articles in the last 24 complete months"),
        ([9] * 60, 0.5, "of 50% of its late articles only the year"),
    ],
)
def test_thin_months_are_refused_with_the_reason(counts: list[int], known: float, reason: str) -> None:
    topic = Months(counts=dict(enumerate(counts, JANUARY)), known=known)
    (found,), measured = forecast_months([topic], topic.counts, order=ORDER, horizon=12)
    assert isinstance(found, Refused)
    assert reason in found.reason
    assert measured is None
