"""How far forecasts were out at earlier moments of the same series, and how often their intervals held what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.arima import Order
from primetime.analysis.forecast import (
    FEWEST_YEARS,
    MODELS,
    Ahead,
    Array,
    Model,
    ahead,
    half_widths,
    rolling,
    standing,
)
from primetime.analysis.smoothing import YEARLY, Pace

# The earlier years at which a model's error and its intervals' coverage are measured.
CHECKED_ORIGINS = 10
Expected = tuple[Array, Array, Array]
"""What was forecast of S series [S, horizon], their last value then [S, 1], and what came, [S, up to horizon]"""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a model did at earlier origins of the same series, each forecast made from the years up to its origin."""

    origins: int
    error_of_naive: float | None
    """mean absolute error over the naive forecast's; None where naive never missed"""
    others: dict[str, float | None]
    """the same of each other model that had enough to tell from, naive left out"""
    coverage80: float
    coverage95: float


def measure(series: Array, horizon: int, model: Model, order: Order, origins: Sequence[int]) -> Measured:
    """Error and coverage at `origins`, indices of years; each forecast sees the years up to its origin alone."""
    made = {one: rolling(series, horizon, one) for one in beside(series, model, YEARLY) if one != "arima"}
    moments, others = [], {one: list[Expected]() for one in beside(series, model, YEARLY) if one != model}
    for origin in origins:
        until, truth = series[:, : origin + 1], series[:, origin + 1 : origin + 1 + horizon]
        if model == "arima":
            here = ahead(until, horizon, model, order)
        else:
            half80, half95 = half_widths(until, made[model][:, : origin + 1], YEARLY)
            here = Ahead(expected=made[model][:, origin], half80=half80, half95=half95)
        moments.append((here, until[:, -1:], truth))
        for one, judged in others.items():
            expected = ahead(until, horizon, one, order).expected if one == "arima" else made[one][:, origin]
            judged.append((expected, until[:, -1:], truth))
    return measured_at(moments, others)


def measured_at(moments: Sequence[tuple[Ahead, Array, Array]], others: Mapping[Model, Sequence[Expected]]) -> Measured:
    """Error and coverage of forecasts at earlier moments, each with what `Expected` has, and the error of `others`."""
    within: dict[float, list[NDArray[np.bool_]]] = {0.80: [], 0.95: []}
    for here, _, truth in moments:
        steps = slice(0, truth.shape[1])
        judged = ~np.isnan(here.expected[:, steps]) & ~np.isnan(truth)
        error = np.abs(truth - here.expected[:, steps])[judged]
        within[0.80].append(error <= here.half80[:, steps][judged])
        within[0.95].append(error <= here.half95[:, steps][judged])
    return Measured(
        origins=len(moments),
        error_of_naive=_error_of_naive([(here.expected, last, truth) for here, last, truth in moments]),
        others={one: _error_of_naive(judged) for one, judged in others.items()},
        coverage80=float(np.concatenate(within[0.80]).mean()),
        coverage95=float(np.concatenate(within[0.95]).mean()),
    )


def checkable_origins(series: Array, count: int = CHECKED_ORIGINS) -> list[int]:
    """The last origins (indices of years) whose next year is known and that had the fewest years a forecast needs."""
    return list(range(max(FEWEST_YEARS - 1, series.shape[1] - 1 - count), series.shape[1] - 1))


def beside(series: Array, model: Model, pace: Pace) -> list[Model]:
    """The models whose error is told: `model`, and the others that have enough to tell from, naive left out."""
    return [one for one in MODELS if one == model or (one != "naive" and one == standing(series, one, pace))]


def _error_of_naive(moments: Sequence[Expected]) -> float | None:
    missed = base = 0.0
    for expected, last, truth in moments:
        here = expected[:, : truth.shape[1]]
        judged = ~np.isnan(here) & ~np.isnan(truth)
        missed += float(np.abs(truth - here)[judged].sum())
        base += float(np.abs(truth - last)[judged].sum())
    return missed / base if base > 0 else None
