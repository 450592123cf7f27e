"""Papers a year, some years on: several models beside the naive one, with intervals from what each missed before.

Measured on PubMed's yearly rates of 53 terms (every origin 1985 to 2018, three years ahead, mean absolute error on the
scale log(1 + papers) over the naive forecast's): docs/analysis.md has the figures and the command.
"""

from __future__ import annotations

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


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """Forecasts after the last year of S series on the scale log(1 + papers), each [S, horizon]."""

    expected: Array
    half80: Array
    """half the width of the interval that is to hold 80 %"""
    half95: Array


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
    half80, half95 = half_widths(series, made, pace)
    return Ahead(expected=made[:, -1], half80=half80, half95=half95)


def half_widths(series: Array, made: Array, pace: Pace) -> tuple[Array, Array]:
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
