"""Forecasts of what is counted of topics: papers or citations a year, each with its intervals and the other models'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from primetime.analysis.arima import Order
from primetime.analysis.forecast import (
    FEWEST_ARTICLES,
    FEWEST_YEARS,
    HORIZON,
    METHODS,
    MODELS,
    Ahead,
    Array,
    Model,
    Refused,
    ahead,
    standing,
)
from primetime.analysis.forecast_error import Measured, checkable_origins, measure
from primetime.analysis.smoothing import YEARLY, Pace


@dataclass(frozen=True, kw_only=True)
class ForecastPoint:
    year: int
    expected: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True, kw_only=True)
class Forecast:
    points: list[ForecastPoint]
    naive: list[float]
    """the last complete year again, for each year of the horizon"""
    method: str
    model: Model
    others: dict[str, list[float]]
    """what the other models expect for the same years"""


def forecast_counts(
    counts: Sequence[Mapping[int, int]],
    *,
    model: Model = "automatic",
    order: Order,
    horizon: int = HORIZON,
    what: str = "articles",
) -> tuple[list[Forecast | Refused], Measured | None]:
    """Forecast the papers (or `what` else is counted) a year of several topics, from complete years' counts of each.

    Second the model's own measure over the topics that could be forecast; None where none could.
    """
    refused = [_refusal(one, what) for one in counts]
    usable = [number for number, reason in enumerate(refused) if reason is None]
    if not usable:
        return [Refused(reason=reason or "") for reason in refused], None
    first = min(min(counts[number]) for number in usable)
    last = max(max(counts[number]) for number in usable)
    papers = np.full((len(usable), last - first + 1), np.nan)
    for row, number in enumerate(usable):
        for year, value in counts[number].items():
            papers[row, year - first] = value
    series = np.log1p(papers)
    model = standing(series, model)
    found = forecasts_of_all(series, horizon, order, YEARLY)
    forecasts: list[Forecast | Refused] = [Refused(reason=reason or "") for reason in refused]
    for row, number in enumerate(usable):
        forecasts[number] = assembled(row, last, found, model)
    origins = checkable_origins(series)
    return forecasts, measure(series, horizon, model, order, origins) if origins else None


def forecasts_of_all(series: Array, horizon: int, order: Order, pace: Pace) -> dict[Model, Ahead]:
    """What each model that has enough to tell from expects."""
    return {one: ahead(series, horizon, one, order, pace) for one in MODELS if one == standing(series, one, pace)}


def _refusal(counts: Mapping[int, int], what: str) -> str | None:
    if not counts:
        return f"it has no {what} in a complete year"
    if len(counts) < FEWEST_YEARS:
        return f"{len(counts)} complete years are too few, {FEWEST_YEARS} are needed"
    if sum(counts.values()) < FEWEST_ARTICLES:
        return f"{sum(counts.values())} {what} in complete years are too few, {FEWEST_ARTICLES} are needed"
    return None


def assembled(
    row: int, last: int, found: Mapping[Model, Ahead], model: Model, season: Array | None = None
) -> Forecast | Refused:
    """One series' forecast after the period `last` by `model`, with all others'; each period times its `season`."""
    chosen = found[model]
    factors = np.ones(chosen.expected.shape[1]) if season is None else season
    if np.isnan(chosen.expected[row]).any() or np.isnan(chosen.half80[row]).any():
        return Refused(reason=f"its complete years are too few for {METHODS[model]}")
    return Forecast(
        points=[
            ForecastPoint(
                year=last + step + 1,
                expected=_papers(value, factor),
                low80=_papers(value - chosen.half80[row, step], factor),
                high80=_papers(value + chosen.half80[row, step], factor),
                low95=_papers(value - chosen.half95[row, step], factor),
                high95=_papers(value + chosen.half95[row, step], factor),
            )
            for step, (value, factor) in enumerate(zip(chosen.expected[row], factors, strict=True))
        ],
        naive=_all_papers(found["naive"].expected[row], factors),
        method=METHODS[model],
        model=model,
        others={
            name: _all_papers(other.expected[row], factors)
            for name, other in found.items()
            if name not in (model, "naive") and not np.isnan(other.expected[row]).any()
        },
    )


def _papers(value: float, factor: float) -> float:
    return round(max(float(np.expm1(value)) * float(factor), 0.0), 1)


def _all_papers(values: Array, factors: Array) -> list[float]:
    return [_papers(value, factor) for value, factor in zip(values, factors, strict=True)]
