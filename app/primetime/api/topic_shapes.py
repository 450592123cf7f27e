"""The JSON of topics beyond one analysis: their lives, and what became of them."""

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
