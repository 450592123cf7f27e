"""Papers a year, some years on: several models beside the naive one, with intervals from what each missed before.

Measured on PubMed's yearly rates of 53 terms (every origin 1985 to 2018, three years ahead, mean absolute error on the
scale log(1 + papers) over the naive forecast's): docs/analysis.md has the figures and the command.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.arima import Order, forecast_arima
from primetime.analysis.smoothing import (
    YEARLY,
    Pace,
    automatic,
    closeness,
    enough_judged,
    fitted,
    level_bins,
)

Array = NDArray[np.float64]
Model = Literal["automatic", "half-drift", "naive", "damped-trend", "ets", "arima"]
MODELS: tuple[Model, ...] = get_args(Model)

METHODS: dict[Model, str] = {
    "automatic": "exponential smoothing, chosen by its errors at earlier years",
    "half-drift": "half of the past three years' drift",
    "naive": "the last complete year again",
    "damped-trend": "damped trend",
    "ets": "exponential smoothing fitted to the series alone",
    "arima": "ARIMA",
}

HORIZON = 3
DAMPING = 0.5
FEWEST_YEARS = 8
FEWEST_ARTICLES = 20
# Past misses at another level (in log units) count less for an interval, by a normal curve of this width.
_WIDTH = 0.5
# Below so many past misses an interval is their root mean square as of a normal distribution, and not their quantile.
_ENOUGH_MISSES = 20
_CENTRAL = {0.80: 1.2816, 0.95: 1.9600}
# The earlier years at which a model's error and its intervals' coverage are measured.
CHECKED_ORIGINS = 10


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """Forecasts after the last year of S series on the scale log(1 + papers), each [S, horizon]."""

    expected: Array
    half80: Array
    """half the width of the interval that is to hold 80 %"""
    half95: Array


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a model did at earlier origins of the same series, each forecast made from the years up to its origin."""

    origins: int
    error_of_naive: float | None
    """mean absolute error over the naive forecast's; None where naive never missed"""
    coverage80: float
    coverage95: float


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


@dataclass(frozen=True, kw_only=True)
class Refused:
    """No figure, and why."""

    reason: str


def rolling(series: Array, horizon: int, model: Model, pace: Pace = YEARLY) -> Array:
    """What `model` forecasts at the end of each year from the years up to it, [series, years, horizon].

    `series` [series, years] on the scale log(1 + papers), NaN before a series begins and in the answer wherever there
    is too little to tell from. Not for ARIMA, which is fitted anew at each origin. Where too few earlier forecasts
    could be judged for the automatic choice, half of the past three years' drift stands.
    """
    if model == "naive":
        return np.repeat(series[..., None], horizon, axis=2)
    if model == "damped-trend":
        return fitted(series, horizon, pace.damped, pace)
    if model == "ets":
        return fitted(series, horizon, np.arange(len(pace.members)), pace)
    drift = np.full_like(series, np.nan)
    drift[:, pace.drift :] = (series[:, pace.drift :] - series[:, : -pace.drift]) / pace.drift
    half = series[..., None] + DAMPING * drift[..., None] * np.arange(1, horizon + 1)
    if model == "half-drift":
        return half
    chosen = automatic(series, horizon, pace)
    return np.where(np.isnan(chosen), half, chosen)


def standing(series: Array, model: Model, pace: Pace = YEARLY) -> Model:
    """The model that really forecasts after the last year: half-drift where there is nothing to choose by."""
    return "half-drift" if model == "automatic" and not enough_judged(series, pace) else model


def ahead(series: Array, horizon: int, model: Model, order: Order, pace: Pace = YEARLY) -> Ahead:
    """Forecast after the last year. NaN in a row: that series is too short for the model."""
    if model == "arima":
        expected, error = forecast_arima(series, horizon, order)
        return Ahead(expected=expected, half80=error * _CENTRAL[0.80], half95=error * _CENTRAL[0.95])
    made = rolling(series, horizon, model, pace)
    half80, half95 = _half_widths(series, made, pace)
    return Ahead(expected=made[:, -1], half80=half80, half95=half95)


def measure(series: Array, horizon: int, model: Model, order: Order, origins: Sequence[int]) -> Measured:
    """Error and coverage at `origins`, indices of years; each forecast sees the years up to its origin alone."""
    made = None if model == "arima" else rolling(series, horizon, model)
    found = []
    for origin in origins:
        until = series[:, : origin + 1]
        if made is None:
            here = ahead(until, horizon, model, order)
        else:
            half80, half95 = _half_widths(until, made[:, : origin + 1], YEARLY)
            here = Ahead(expected=made[:, origin], half80=half80, half95=half95)
        found.append((here, until[:, -1:], series[:, origin + 1 : origin + 1 + horizon]))
    return measured_at(found)


def measured_at(origins: Sequence[tuple[Ahead, Array, Array]]) -> Measured:
    """Error and coverage of forecasts, each with its series' last value [S, 1] and what came, [S, up to horizon]."""
    missed: list[Array] = []
    naive: list[Array] = []
    within: dict[float, list[NDArray[np.bool_]]] = {0.80: [], 0.95: []}
    for here, last, truth in origins:
        steps = slice(0, truth.shape[1])
        judged = ~np.isnan(here.expected[:, steps]) & ~np.isnan(truth)
        error = np.abs(truth - here.expected[:, steps])[judged]
        missed.append(error)
        naive.append(np.abs(truth - last)[judged])
        within[0.80].append(error <= here.half80[:, steps][judged])
        within[0.95].append(error <= here.half95[:, steps][judged])
    base = float(np.concatenate(naive).sum())
    return Measured(
        origins=len(origins),
        error_of_naive=float(np.concatenate(missed).sum()) / base if base > 0 else None,
        coverage80=float(np.concatenate(within[0.80]).mean()),
        coverage95=float(np.concatenate(within[0.95]).mean()),
    )


def checkable_origins(series: Array, count: int = CHECKED_ORIGINS) -> list[int]:
    """The last origins (indices of years) whose next year is known and that had the fewest years a forecast needs."""
    return list(range(max(FEWEST_YEARS - 1, series.shape[1] - 1 - count), series.shape[1] - 1))


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


def _half_widths(series: Array, made: Array, pace: Pace) -> tuple[Array, Array]:
    """Half the widths [series, horizon] of the 80 % and 95 % intervals after the last year.

    The quantile of the absolute misses that forecasts made at earlier years are known to have had, over all series,
    those of late and of a like level counting more. A width never shrinks with the horizon; beyond the horizon that
    could be judged it grows as the square root.
    """
    years, horizon = series.shape[1], made.shape[2]
    bins = level_bins(series)
    age = np.cumsum(~np.isnan(series), axis=1)
    curve = closeness(_WIDTH)
    wanted, mine = np.unique(bins[:, -1], return_inverse=True)
    half = np.full((2, len(series), horizon), np.nan)
    judged = 0
    for step in range(1, min(horizon, years - 1) + 1):
        miss = np.abs(series[:, step:] - made[:, : years - step, step - 1])
        usable = ~np.isnan(miss) & (age[:, : years - step] >= pace.settled)
        if not usable.any():
            break
        judged = step
        misses, at = miss[usable], bins[:, : years - step][usable]
        faded = 0.5 ** ((years - step - 1 - np.nonzero(usable)[1]) / pace.interval_half_life)
        ordered = np.argsort(misses, kind="stable")
        weights = curve[wanted][:, at[ordered]] * faded[ordered]
        for place, (share, normal) in enumerate(_CENTRAL.items()):
            half[place, :, step - 1] = _width(misses[ordered], weights, share, normal)[mine]
    for step in range(judged, horizon):
        if judged:
            half[:, :, step] = half[:, :, judged - 1] * np.sqrt((step + 1) / judged)
    return np.maximum.accumulate(half[0], axis=1), np.maximum.accumulate(half[1], axis=1)


def _width(misses: Array, weights: Array, share: float, normal: float) -> Array:
    """For each row of weights the miss that `share` of them do not pass. `misses` ascend."""
    total = weights.sum(axis=1)
    if len(misses) < _ENOUGH_MISSES:
        return np.asarray(normal * np.sqrt((weights * misses**2).sum(axis=1) / total))
    running = np.cumsum(weights, axis=1)
    place = [int(np.searchsorted(row, share * whole)) for row, whole in zip(running, total, strict=True)]
    return np.asarray(misses[np.minimum(place, len(misses) - 1)])


def _papers(value: float, factor: float) -> float:
    return round(max(float(np.expm1(value)) * float(factor), 0.0), 1)


def _all_papers(values: Array, factors: Array) -> list[float]:
    return [_papers(value, factor) for value, factor in zip(values, factors, strict=True)]
