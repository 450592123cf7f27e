"""ARIMA(p, d, q) of many series at once, by conditional least squares (Box & Jenkins 1970, section 7.1).

All series take each step of a Levenberg-Marquardt search together, so a thousand cost little more than one.
Series are float arrays [series, years] on the scale log(1 + papers), NaN before a series begins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from primetime.errors import BadInput

Array = NDArray[np.float64]

_ITERATIONS = 25
# Roots of the stationary and of the invertible part stay inside this radius.
_RADIUS = 0.99
# Each search starts from these values of the first (autoregressive, moving-average) parameter; the best end is kept.
_STARTS = ((0.1, 0.1), (0.6, -0.4), (-0.4, 0.4))


@dataclass(frozen=True, kw_only=True)
class Order:
    autoregressive: int
    differences: int
    moving_average: int

    @property
    def parameters(self) -> int:
        return self.autoregressive + self.moving_average


def read_order(text: str) -> Order:
    """`p,d,q` as in `1,1,1`. Raises BadInput unless each is a whole number from 0 to 5 (differences to 2)."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise BadInput(f"ARIMA's order is {text!r}", remedy="write three numbers p,d,q such as 1,1,1")
    p, d, q = (int(part) for part in parts)
    if p > 5 or d > 2 or q > 5:
        raise BadInput(f"ARIMA's order {text} is too high", remedy="use at most 5,2,5")
    return Order(autoregressive=p, differences=d, moving_average=q)


def forecast_arima(series: Array, horizon: int, order: Order) -> tuple[Array, Array]:
    """Forecasts and their standard errors after the last year, each [series, horizon].

    Without a constant where it is differenced, with the mean otherwise, as statsmodels' default. A series with too few
    years for the order has NaN.
    """
    changes = series
    for _ in range(order.differences):
        changes = np.diff(changes, axis=1)
    mean = np.nanmean(changes, axis=1, keepdims=True) if order.differences == 0 else np.zeros((len(series), 1))
    known: NDArray[np.bool_] = ~np.isnan(changes)
    centred = np.where(known, changes - mean, 0.0)
    # The first p known changes are given, not explained.
    explained = known & (np.cumsum(known, axis=1) > order.autoregressive)
    parameters, errors = _fit(centred, explained, order)
    expected = _continue(centred, errors, parameters, horizon, order) + mean
    for step in range(order.differences, 0, -1):
        last = np.diff(series, n=step - 1, axis=1)[:, -1:]
        expected = last + np.cumsum(expected, axis=1)
    freedom = explained.sum(axis=1) - order.parameters
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(freedom > 0, (errors**2).sum(axis=1) / freedom, np.nan)
    spread = np.sqrt(variance[:, None] * np.cumsum(_responses(parameters, horizon, order) ** 2, axis=1))
    expected[freedom <= 0] = np.nan
    return expected, spread


def _fit(changes: Array, explained: NDArray[np.bool_], order: Order) -> tuple[Array, Array]:
    """Parameters [series, p + q] and errors [series, years] with the least sum of squares over all starts."""
    count = len(changes)
    if order.parameters == 0:
        return np.zeros((count, 0)), np.where(explained, changes, 0.0)
    begin = np.zeros((len(_STARTS), count, order.parameters))
    for start, (autoregressive, moving_average) in zip(begin, _STARTS, strict=True):
        if order.autoregressive:
            start[:, 0] = autoregressive
        if order.moving_average:
            start[:, order.autoregressive] = moving_average
    repeated, mask = np.tile(changes, (len(_STARTS), 1)), np.tile(explained, (len(_STARTS), 1))
    parameters, errors = _search(repeated, mask, begin.reshape(-1, order.parameters), order)
    squares = (errors**2).sum(axis=1).reshape(len(_STARTS), count)
    chosen = np.argmin(squares, axis=0) * count + np.arange(count)
    return parameters[chosen], errors[chosen]


def _search(changes: Array, explained: NDArray[np.bool_], start: Array, order: Order) -> tuple[Array, Array]:
    parameters = start.copy()
    errors, slopes = _errors(changes, explained, parameters, order)
    squares = (errors**2).sum(axis=1)
    damping = np.full(len(changes), 1e-2)
    for _ in range(_ITERATIONS):
        curvature = np.einsum("stp,stq->spq", slopes, slopes)
        downhill = np.einsum("stp,st->sp", slopes, errors)
        diagonal = np.einsum("spp->sp", curvature)
        diagonal += damping[:, None] * diagonal + 1e-9
        trial = parameters - np.linalg.solve(curvature, downhill[..., None])[..., 0]
        trial_errors, trial_slopes = _errors(changes, explained, trial, order)
        trial_squares = (trial_errors**2).sum(axis=1)
        better = _admissible(trial, order) & (trial_squares < squares)
        settled = np.where(better, squares - trial_squares, 0.0).max() <= 1e-8 * max(float(squares.max()), 1e-300)
        parameters[better], errors[better], slopes[better] = trial[better], trial_errors[better], trial_slopes[better]
        squares[better] = trial_squares[better]
        damping = np.clip(np.where(better, damping / 5, damping * 10), 1e-9, 1e9)
        if settled and better.any():
            break
    return parameters, errors


def _errors(changes: Array, explained: NDArray[np.bool_], parameters: Array, order: Order) -> tuple[Array, Array]:
    """One-step errors [series, years] and their derivatives [series, years, p + q]; 0 where nothing is explained."""
    p, q = order.autoregressive, order.moving_average
    count, years = changes.shape
    reach = max(p, q)
    # Years in front, so that the recursion needs no case for the first ones; time first, as it runs along time.
    past = np.zeros((years + reach, count))
    past[reach:] = changes.T
    errors = np.zeros((years + reach, count))
    slopes = np.zeros((years + reach, p + q, count))
    coefficients = parameters.T
    with np.errstate(over="ignore", invalid="ignore"):
        for year in range(reach, years + reach):
            lags = past[year - p : year][::-1]
            shocks = errors[year - q : year][::-1]
            error = past[year] - (coefficients[:p] * lags).sum(axis=0) - (coefficients[p:] * shocks).sum(axis=0)
            slope = -np.concatenate([lags, shocks])
            for back in range(q):
                slope -= coefficients[p + back] * slopes[year - 1 - back]
            here = explained[:, year - reach]
            errors[year] = np.where(here, error, 0.0)
            slopes[year] = np.where(here, slope, 0.0)
    # A trial far outside the admissible region overflows; it is refused there, and must only stay comparable here.
    return _bounded(errors[reach:].T), _bounded(slopes[reach:].transpose(2, 0, 1))


def _bounded(values: Array) -> Array:
    return np.clip(np.nan_to_num(values, nan=1e50), -1e50, 1e50)


def _admissible(parameters: Array, order: Order) -> NDArray[np.bool_]:
    p = order.autoregressive
    return _inside(parameters[:, :p]) & _inside(-parameters[:, p:])


def _inside(coefficients: Array) -> NDArray[np.bool_]:
    """Whether all roots of z^k - c1 z^(k-1) - … - ck lie inside the radius."""
    count, k = coefficients.shape
    if k == 0:
        return np.ones(count, dtype=bool)
    usable = np.asarray(np.isfinite(coefficients).all(axis=1))
    companion = np.zeros((count, k, k))
    companion[:, 0] = np.where(usable[:, None], coefficients, 0.0)
    companion[:, np.arange(1, k), np.arange(k - 1)] = 1.0
    return np.asarray(usable & (np.abs(np.linalg.eigvals(companion)).max(axis=1) < _RADIUS))


def _continue(changes: Array, errors: Array, parameters: Array, horizon: int, order: Order) -> Array:
    p, q = order.autoregressive, order.moving_average
    values = np.concatenate([np.zeros((len(changes), p)), changes], axis=1)
    shocks = np.concatenate([np.zeros((len(changes), q)), errors], axis=1)
    for _ in range(horizon):
        following = (parameters[:, :p] * values[:, ::-1][:, :p]).sum(axis=1)
        following += (parameters[:, p:] * shocks[:, ::-1][:, :q]).sum(axis=1)
        values = np.column_stack([values, following])
        shocks = np.column_stack([shocks, np.zeros(len(changes))])
    return values[:, values.shape[1] - horizon :]


def _responses(parameters: Array, horizon: int, order: Order) -> Array:
    """What a shock adds to the series 0, 1, … horizon - 1 years later, [series, horizon]."""
    p, q = order.autoregressive, order.moving_average
    count = len(parameters)
    response = np.zeros((count, horizon))
    for step in range(horizon):
        value = np.ones(count) if step == 0 else np.zeros(count)
        if 0 < step <= q:
            value = parameters[:, p + step - 1].copy()
        for back in range(1, min(p, step) + 1):
            value += parameters[:, back - 1] * response[:, step - back]
        response[:, step] = value
    for _ in range(order.differences):
        response = np.cumsum(response, axis=1)
    return response
