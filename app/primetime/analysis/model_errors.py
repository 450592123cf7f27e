"""How every model of forecasts did at earlier years of a run's topics: ARIMA beside naive and beside the one chosen.

A run keeps this figure of the model that forecasts alone. The others' come from the counts that it keeps, as that one's
came, so they are of the same topics, years and horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.arima import Order, read_order
from primetime.analysis.forecast import MODELS, Measured, Model, ahead, checkable_origins, measure, standing
from primetime.analysis.reading import Run, Topic

Counts = Mapping[int, int]
Errors = dict[Model, Measured]


def errors_of_run(run: Run, topics: Sequence[Topic]) -> tuple[Errors, Errors]:
    """Each model's error and coverage over the topics that have a forecast: of papers a year, of citations a year."""
    last = run.parameters.get("last_complete_year")
    papers = [(_papers(one, last), one.forecast) for one in topics if last is not None]
    citations = [
        ({each["year"]: each["citations"] for each in one.citations["counts"]}, one.citations["forecast"])
        for one in topics
        if one.citations is not None
    ]
    order = read_order(run.parameters.get("arima_order", "1,1,1"))
    return _errors(papers, order), _errors(citations, order)


def errors_of_models(counts: Sequence[Counts], *, order: Order, horizon: int) -> Errors:
    """Of each model that can forecast these counts, what it did at the ten years before; empty where none can be told.

    Every count goes to the same last year.
    """
    series = _series(counts)
    origins = checkable_origins(series)
    return {
        model: measure(series, horizon, model, order, origins)
        for model in MODELS
        if origins and model == standing(series, model) and _can_tell(series[:, : origins[-1] + 1], model, order)
    }


def _errors(found: Sequence[tuple[Counts, Mapping[str, Any]]], order: Order) -> Errors:
    made = [(counts, forecast["points"]) for counts, forecast in found if "points" in forecast]
    if not made:
        return {}
    return errors_of_models([counts for counts, _ in made], order=order, horizon=len(made[0][1]))


def _papers(topic: Topic, last: int) -> Counts:
    counts = {one["year"]: one["articles"] for one in topic.years if one["year"] <= last}
    return {year: counts.get(year, 0) for year in range(min(counts, default=last + 1), last + 1)}


def _series(counts: Sequence[Counts]) -> NDArray[np.float64]:
    first, last = min(min(one) for one in counts), max(max(one) for one in counts)
    papers = np.full((len(counts), last - first + 1), np.nan)
    for row, one in enumerate(counts):
        for year, value in one.items():
            papers[row, year - first] = value
    return np.asarray(np.log1p(papers))


def _can_tell(until: NDArray[np.float64], model: Model, order: Order) -> bool:
    """Whether the years are enough for the model's order, of one topic at least."""
    return not np.isnan(ahead(until, 1, model, order).expected).all()
