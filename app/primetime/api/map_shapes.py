"""The JSON of the topics' map."""

from primetime.api.shapes import RunOut, Shape


class MapTopicOut(Shape):
    id: int
    name: str
    x: float
    y: float
    articles: int
    theme: int | None


class MapGroupOut(Shape):
    """A theme (level 1 and up, coarser and coarser) or a subtopic (level -1)."""

    level: int
    id: int
    parent: int | None  # at the next coarser level; of a subtopic its topic
    name: str
    terms: list[str]
    articles: int
    x: float
    y: float


class MapPoints(Shape):
    pmid: list[int]
    x: list[float]
    y: list[float]
    topic: list[int]  # -1: none
    subtopic: list[int]


class TopicMapOut(Shape):
    run: RunOut
    topics: list[MapTopicOut]
    groups: list[MapGroupOut]
    articles: int  # that have a place
    drawn: int  # of them; each has its point
    points: MapPoints
