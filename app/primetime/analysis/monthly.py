"""Papers in each complete month, and their forecast: the season taken out, the rest forecast, the season put back.

Months are numbered from year 0: 12 * year + month - 1. A paper of which only the year is printed has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.arima import Order
from primetime.analysis.counted_forecast import Forecast, assembled, forecasts_of_all
from primetime.analysis.forecast import Model, Refused, ahead, standing
from primetime.analysis.forecast_error import Expected, Measured, beside, measured_at
from primetime.analysis.smoothing import MONTHLY

Array = NDArray[np.float64]

# A month needs half of the papers a month of the year before it: below, its records are still arriving.
COVERED_SHARE = 0.5
FEWEST_MONTHS = 48
# Three papers a month of the last two years, so that a month is more than a paper or none.
LATE_MONTHS, FEWEST_LATE = 24, 72
# Of the papers of its late years: how many must have a month.
KNOWN_SHARE = 0.8
# What is older tells nothing of the months to come, and costs.
LONGEST = 240
_SEASON_YEARS = 10
# Papers of a calendar month that its factor is shrunk by, towards 1.
_SHRINKAGE = 10
# The earlier origins at which error and coverage are measured, a year apart.
_CHECKED = 3


@dataclass(frozen=True, kw_only=True)
class Months:
    """A topic's papers by month up to the last complete one."""

    counts: Mapping[int, int]
    """consecutive months from the first with a paper; empty: none"""
    known: float
    """of the papers of the last complete years, the share that have a month"""


def last_complete_month(months: NDArray[np.int64], this_month: int) -> int | None:
    """The last month whose papers can all be there, of a corpus's months (unknown ones are 0); None: there is none.

    Never the newest month, nor the current one or what some journals print beyond it; and none with less than half of
    the papers a month of the year before it.
    """
    dated = months[(months > 0) & (months <= this_month)]
    if not len(dated):
        return None
    first = int(dated.min())
    counts = np.bincount(dated - first)
    newest = min(int(months.max()), this_month) - first
    for month in range(newest - 1, 0, -1):
        before = counts[max(month - 12, 0) : month].mean()
        if counts[month] >= COVERED_SHARE * before and counts[month] > 0:
            return first + month
    return None


def months_of(months: NDArray[np.int64], years: NDArray[np.int64], last: int) -> Months:
    """Papers in each month to `last` of articles with `months` and `years` [n] (0: unknown), those without any as 0."""
    dated = months[(months > 0) & (months <= last)]
    late = (years > last // 12 - LATE_MONTHS // 12) & (years <= last // 12)
    known = float((months[late] > 0).mean()) if late.any() else 0.0
    if not len(dated):
        return Months(counts={}, known=known)
    first = max(int(dated.min()), last + 1 - LONGEST)
    counts = np.bincount(dated[dated >= first] - first, minlength=last + 1 - first)
    return Months(counts={first + place: int(count) for place, count in enumerate(counts)}, known=known)


def season(field: Mapping[int, int], last: int) -> Array:
    """Of each calendar month [12] the papers over those of a mean month, in the ten years of months up to `last`."""
    first = last + 1 - 12 * _SEASON_YEARS
    own, mean = np.zeros(12), np.zeros(12)
    for start in range(first, last + 1, 12):
        year = np.asarray([field.get(month, 0) for month in range(start, start + 12)], dtype=float)
        own[np.arange(start, start + 12) % 12] += year
        mean += year.mean()
    factors = (own + _SHRINKAGE) / (mean + _SHRINKAGE)
    return np.asarray(factors * 12 / factors.sum())


def forecast_months(
    topics: Sequence[Months], field: Mapping[int, int], *, model: Model = "automatic", order: Order, horizon: int
) -> tuple[list[Forecast | Refused], Measured | None]:
    """Forecast the papers a month of several topics, whose last month is the same, with the season of the whole field.

    The points' `year` is the month's number. Second what the model did one, two and three years before, each time with
    the season as it was known then; None where no topic has enough.
    """
    refused = [_refusal(one) for one in topics]
    usable = [number for number, reason in enumerate(refused) if reason is None]
    forecasts: list[Forecast | Refused] = [Refused(reason=reason or "") for reason in refused]
    if not usable:
        return forecasts, None
    last = max(topics[usable[0]].counts)
    first = min(min(topics[number].counts) for number in usable)
    papers = np.full((len(usable), last + 1 - first), np.nan)
    for row, number in enumerate(usable):
        for month, count in topics[number].counts.items():
            papers[row, month - first] = count
    factors = season(field, last)
    series = _without_season(papers, first, factors)
    chosen = standing(series, model, MONTHLY)
    found = forecasts_of_all(series, horizon, order, MONTHLY)
    coming = factors[np.arange(last + 1, last + 1 + horizon) % 12]
    for row, number in enumerate(usable):
        forecasts[number] = assembled(row, last, found, chosen, coming)
    return forecasts, _measure(papers, first, field, chosen, order, horizon)


def month_name(month: int) -> str:
    """2019-03"""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _measure(
    papers: Array, first: int, field: Mapping[int, int], model: Model, order: Order, horizon: int
) -> Measured | None:
    moments, others = [], dict[Model, list[Expected]]()
    months = papers.shape[1]
    for origin in range(months - 1 - 12 * _CHECKED, months - 12, 12):
        if origin + 1 < FEWEST_MONTHS:
            continue
        known = season(field, first + origin)
        series = _without_season(papers, first, known)
        until = series[:, : origin + 1]
        if standing(until, model, MONTHLY) != model:
            continue
        truth = series[:, origin + 1 : origin + 1 + horizon]
        for one in beside(until, model, MONTHLY):
            here = ahead(until, horizon, one, order, MONTHLY)
            if one == model:
                moments.append((here, until[:, -1:], truth))
            else:
                others.setdefault(one, []).append((here.expected, until[:, -1:], truth))
    return measured_at(moments, others) if moments else None


def _without_season(papers: Array, first: int, factors: Array) -> Array:
    """[series, months] on the scale log(1 + papers of a month without season)."""
    return np.asarray(np.log1p(papers / factors[np.arange(first, first + papers.shape[1]) % 12]))


def _refusal(topic: Months) -> str | None:
    counts = topic.counts
    if len(counts) < FEWEST_MONTHS:
        return f"{len(counts)} complete months are too few, {FEWEST_MONTHS} are needed"
    last = max(counts)
    late = sum(counts[month] for month in range(last + 1 - LATE_MONTHS, last + 1))
    if late < FEWEST_LATE:
        return f"{late} articles in the last {LATE_MONTHS} complete months are too few, {FEWEST_LATE} are needed"
    if topic.known < KNOWN_SHARE:
        return f"of {1 - topic.known:.0%} of its late articles only the year of publication is known, not the month"
    return None
