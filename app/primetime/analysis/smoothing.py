"""Exponential smoothing of many series at once, and the automatic choice among its members by rolling origin.

A member is a damped linear trend (Gardner & McKenzie 1985) with fixed parameters: level l, trend b, and

    forecast  l + (phi + phi² + … + phi^h) b        error  e = y - (l + phi b)
    level     l + phi b + alpha e                   trend  phi b + beta e

beta = 0 is simple smoothing, alpha = 1 with it the naive forecast, phi = 1 is Holt's linear trend. The filter reads a
series forwards, one year after the other, so a forecast made at a year cannot know a later one.

Series are float arrays [series, years] on the scale log(1 + papers), NaN before a series begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Of the members, those with the least past error: how many are averaged.
BEST = 5
# Past errors of series at another level (in log units) count less by a normal curve of these widths. The forecasts of
# all memories, each width with each of a pace's half-lives, are averaged: none has to be chosen.
WIDTHS = (0.5, 1.0, 2.0)
# Earlier forecasts that must have been judged before a choice is made of them.
ENOUGH = 30
# Levels are binned for the memory: e^(60 * 0.25) is three million papers a year.
STEP = 0.25
BINS = 60


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What follows from how long a period is; all in periods."""

    members: Array
    """[members, (alpha, beta, phi)]"""
    half_lives: tuple[float, ...]
    """with which past errors are forgotten where members are chosen"""
    interval_half_life: float
    """and where intervals are made of them"""
    judged: int
    """the horizons whose errors choose; fixed, so that a longer forecast does not change its beginning"""
    settled: int
    """a member's state means something after so many of a series"""
    drift: int
    """that half-drift looks back"""

    @property
    def damped(self) -> NDArray[np.int64]:
        """The members with a damped trend."""
        return np.flatnonzero((self.members[:, 1] > 0) & (self.members[:, 2] < 1))

    @property
    def spent(self) -> Array:
        """Parameters beyond the level's that each member spends: Akaike's price for a trend, and for its damping."""
        return np.asarray((self.members[:, 1] > 0).astype(float) + (self.members[:, 2] < 1))


def _members(alphas: Sequence[float], betas: Sequence[float], phis: Sequence[float]) -> Array:
    """A trend that is damped from nothing (beta = 0) is one member, whatever its phi."""
    return np.asarray(
        [
            (alpha, beta, phi)
            for alpha, beta, phi in product(alphas, betas, phis)
            if beta <= alpha and (beta > 0 or phi == 1.0)
        ]
    )


YEARLY = Pace(
    members=_members((0.5, 0.75, 1.0), (0.0, 0.1, 0.2, 0.35, 0.5), (0.6, 0.8, 0.9, 1.0)),
    half_lives=(3.0, 5.0, 10.0),
    interval_half_life=3.0,
    judged=3,
    settled=4,
    drift=3,
)
# A month's count is noisier than a year's, so levels follow it more slowly.
MONTHLY = Pace(
    members=_members((0.05, 0.1, 0.2, 0.35, 0.5, 1.0), (0.0, 0.01, 0.03, 0.1), (0.9, 0.97, 1.0)),
    half_lives=(36.0, 60.0, 120.0),
    interval_half_life=36.0,
    judged=12,
    settled=12,
    drift=36,
)


def level_bins(series: Array) -> NDArray[np.int64]:
    """The memory's bin of each value; NaN falls into the first."""
    return np.clip(np.nan_to_num(series) / STEP, 0, BINS - 1).astype(np.int64)


def closeness(width: float) -> Array:
    """Weights [bins, bins] of what was seen at one level for another: a normal curve of `width` log units.

    A millionth reaches everywhere, so that a level where nothing was seen hears from all.
    """
    distance = (np.arange(BINS)[:, None] - np.arange(BINS)) * STEP
    return np.asarray(np.exp(-0.5 * (distance / width) ** 2) + 1e-6)


def states(series: Array, pace: Pace) -> Iterator[tuple[Array, Array, Array]]:
    """For each year the members' (level, trend, one-step error), each [members, series]; NaN before a series begins."""
    alpha, beta, phi = (column[:, None] for column in pace.members.T)
    level = np.full((len(pace.members), len(series)), np.nan)
    trend = np.full_like(level, np.nan)
    seen = np.zeros(len(series))
    for value in series.T:
        ahead = level + phi * trend
        error = value - ahead
        begins = np.isnan(level) & ~np.isnan(value)
        seen += ~np.isnan(value)
        # A slow level begins as the mean of what was seen: else the first value would stand for long.
        level = np.where(begins, value, ahead + np.maximum(alpha, 1 / np.maximum(seen, 1)) * error)
        trend = np.where(begins, 0.0, phi * trend + beta * error)
        yield level, trend, error


def trend_reach(horizon: int, pace: Pace) -> Array:
    """phi + … + phi^h of each member, [members, horizon]."""
    return np.cumsum(pace.members[:, 2][:, None] ** np.arange(1, horizon + 1), axis=1)


def fitted(series: Array, horizon: int, members: NDArray[np.int64], pace: Pace) -> Array:
    """Forecasts [series, years, horizon] by the member that fits each series's own past best, made at every year.

    Least one-step squared error so far with Akaike's penalty for the parameters of trend and damping, as automatic ETS
    (Hyndman et al. 2002) chooses.
    """
    made = np.full((*series.shape, horizon), np.nan)
    squared = np.zeros((len(members), len(series)))
    reach = trend_reach(horizon, pace)
    judged = np.zeros(len(series))
    for year, (level, trend, error) in enumerate(states(series, pace)):
        known = ~np.isnan(error[0])
        squared[:, known] += error[members][:, known] ** 2
        judged += known
        criterion = judged * np.log(squared / np.maximum(judged, 1) + 1e-9) + 2 * pace.spent[members][:, None]
        best = members[np.argmin(criterion, axis=0)]
        one = np.arange(len(series))
        made[:, year] = level[best, one][:, None] + trend[best, one][:, None] * reach[best]
    return made


def enough_judged(series: Array, pace: Pace) -> bool:
    """Whether so many forecasts could be judged by the last year that the automatic choice is one."""
    settled = np.cumsum(~np.isnan(series), axis=1) >= pace.settled
    return sum(int(settled[:, :-ahead].sum()) for ahead in range(1, pace.judged + 1)) >= ENOUGH


def automatic(series: Array, horizon: int, pace: Pace) -> Array:
    """Forecasts [series, years, horizon] by the members that were best so far, made at every year.

    At each year the members are ranked by their mean absolute errors one to three years ahead in the years before, over
    all series, those of a like level and of late counting more; the best five are averaged. Rolling origin throughout:
    an error counts from the year in which it could be known. NaN until enough was judged.
    """
    made = np.full((*series.shape, horizon), np.nan)
    reach = trend_reach(max(horizon, pace.judged), pace)
    bins = level_bins(series)
    age = np.cumsum(~np.isnan(series), axis=1)
    near = [closeness(width) for width in WIDTHS]
    kept = 0.5 ** (1 / np.asarray(pace.half_lives))
    error_sum = np.zeros((len(kept), pace.judged, len(pace.members), BINS))
    weight_sum = np.zeros((len(kept), pace.judged, BINS))
    judged = 0
    before: list[tuple[Array, Array]] = []  # the states of the last years, newest last
    for year, (level, trend, _) in enumerate(states(series, pace)):
        error_sum *= kept[:, None, None, None]
        weight_sum *= kept[:, None, None]
        for ahead in range(1, min(pace.judged, len(before)) + 1):
            settled = np.flatnonzero(age[:, year - ahead] >= pace.settled)
            old_level, old_trend = (state[:, settled] for state in before[-ahead])
            error = np.abs(series[settled, year] - old_level - old_trend * reach[:, ahead - 1][:, None])
            at = np.zeros((len(settled), BINS))
            at[np.arange(len(settled)), bins[settled, year - ahead]] = 1
            error_sum[:, ahead - 1] += error @ at
            weight_sum[:, ahead - 1] += at.sum(axis=0)
            judged += len(settled)
        before = [*before, (level, trend)][-pace.judged :]
        if judged >= ENOUGH:
            made[:, year] = _by_the_best(level, trend, bins[:, year], reach[:, :horizon], error_sum, weight_sum, near)
    return made


def _by_the_best(
    level: Array,
    trend: Array,
    bins: NDArray[np.int64],
    reach: Array,
    error_sum: Array,
    weight_sum: Array,
    near: list[Array],
) -> Array:
    """One year's forecasts [series, horizon], averaged over the memories."""
    total = np.zeros((level.shape[1], reach.shape[1]))
    for errors, weights in zip(error_sum, weight_sum, strict=True):
        for curve in near:
            mean_error = ((errors @ curve) / np.maximum(weights @ curve, 1e-300)[:, None]).sum(axis=0)
            best = np.argsort(mean_error, axis=0, kind="stable")[:BEST][:, bins]
            levels, trends = np.take_along_axis(level, best, axis=0), np.take_along_axis(trend, best, axis=0)
            total += (levels[..., None] + trends[..., None] * reach[best]).mean(axis=0)
    return total / (len(error_sum) * len(near))
