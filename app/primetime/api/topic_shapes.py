"""The JSON of topics beyond one analysis: their lives, and how the models of forecasts did at earlier years."""

from datetime import datetime

from primetime.api.shapes import ChangeOut, Shape


class AppearanceOut(Shape):
    run_id: int
    finished_at: datetime
    topic_id: int  # in that run
    name: str
    articles: int
    agreement: float | None  # null: new
    score: float | None  # null: not scored
    low: float | None
    high: float | None


class TopicLife(Shape):
    items: list[AppearanceOut]  # newest first


class ChangeList(Shape):
    items: list[ChangeOut]


class ModelError(Shape):
    model: str
    origins: int  # earlier years, each forecast made from the years up to then
    error_of_naive: float | None  # mean absolute error over the naive forecast's; null where naive never missed
    coverage80: float
    coverage95: float


class ForecastErrors(Shape):
    run_id: int
    arima_order: str
    papers: list[ModelError]  # a year; empty where nothing is forecast
    citations: list[ModelError]
