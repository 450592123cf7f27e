"""Published runs, for whoever shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from psycopg import Connection
from psycopg.rows import class_row, dict_row

from primetime.analysis.storing import EVERYTHING
from primetime.analysis.topic_lives import QUERIES as LIVES
from primetime.database.queries import load_queries
from primetime.errors import NotFound

QUERIES = load_queries("primetime.analysis")
# A screen shows no more apart, and a reply of more would be megabytes.
MOST_DRAWN = 20_000


@dataclass(frozen=True, kw_only=True)
class Run:
    """One published analysis."""

    id: int
    started_at: datetime
    finished_at: datetime
    model_hash: str
    release_id: str
    snapshot: str
    articles: int
    topics: int
    outliers: int
    parameters: dict[str, Any]
    goes_on: bool
    """whether an analysis of the same scope was before"""
    status: str = "published"


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One topic of a run, with its forecast and opportunity as published."""

    id: int
    name: str
    terms: list[str]
    articles: int
    x: float
    y: float
    growth: float | None
    """a year's growth of its share of the corpus's papers, last three complete years against the three before"""
    years: list[dict[str, int]]
    forecast: dict[str, Any]
    opportunity: dict[str, Any]
    recommendation: str
    receipt: dict[str, Any] | None
    representative: list[int]
    """PMIDs, nearest to the topic's centre first"""
    key: int | None
    """the topic's number for life; None in runs of older releases"""
    stability: float | None
    """0..1, agreement with what is found among 80 % of the articles; None: not measured"""
    agreement: float | None
    """Jaccard index with its former self; None: new"""
    theme: int | None
    """the finest theme that it is part of"""
    months: dict[str, Any] | None
    """papers a month and their forecast, or why there is none; None in runs of older releases"""
    citations: dict[str, Any] | None
    """citations a year, likewise"""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A theme (level 1 and up, coarser and coarser) or a subtopic (level -1)."""

    level: int
    id: int
    parent: int | None
    """at the next coarser level; of a subtopic its topic"""
    name: str
    terms: list[str]
    articles: int
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Change:
    """What became of a topic from one run to the next."""

    run_id: int
    finished_at: datetime
    kind: str
    """born, split, merged, died"""
    topic_key: int
    topic_name: str
    other_key: int | None
    other_name: str | None
    share: float | None


@dataclass(frozen=True, kw_only=True)
class MapTopic:
    id: int
    name: str
    x: float
    y: float
    articles: int
    theme: int | None


@dataclass(frozen=True, kw_only=True)
class TopicMap:
    """The articles' places, as columns of equal length by ascending PMID; topic -1 is none."""

    topics: list[MapTopic]
    articles: int
    """that have a place; of very many an even share of each topic and subtopic is drawn"""
    pmid: list[int]
    x: list[float]
    y: list[float]
    topic: list[int]
    subtopic: list[int]
    groups: list[Group]


@dataclass(frozen=True, kw_only=True)
class UnscoredTopic:
    """A topic without a score, and why."""

    topic_id: int
    name: str
    articles: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ScoredTopic:
    """One row of the opportunities, best first."""

    topic_id: int
    name: str
    articles: int
    score: float
    label: str
    novelty: float
    velocity: float
    recency: float
    recommendation: str
    receipt: dict[str, Any]
    """without the articles' own figures, which the topic's receipt has"""
    low: float | None = None
    """the score's 95 % interval; None in runs of earlier releases"""
    high: float | None = None


def runs(connection: Connection[Any], *, limit: int = 20, scope: str = EVERYTHING) -> list[Run]:
    """Published runs of a scope, newest first."""
    with connection.cursor(row_factory=class_row(Run)) as cursor:
        return cursor.execute(QUERIES["runs"], {"limit": limit, "scope": scope, "id": None}).fetchall()


def latest_run(connection: Connection[Any], scope: str = EVERYTHING) -> Run | None:
    """The newest published run of a scope; None before the first."""
    return next(iter(runs(connection, limit=1, scope=scope)), None)


def run(connection: Connection[Any], run_id: int) -> Run:
    """One run, of whatever scope. Raises NotFound."""
    with connection.cursor(row_factory=class_row(Run)) as cursor:
        found = cursor.execute(QUERIES["runs"], {"limit": 1, "scope": None, "id": run_id}).fetchone()
    if found is None:
        raise NotFound(f"there is no run {run_id}", remedy="open the list of topics again")
    return found


def topics(connection: Connection[Any], run_id: int) -> list[Topic]:
    """A run's topics, largest first."""
    return _topics(connection, run_id, None)


def topic(connection: Connection[Any], run_id: int, topic_id: int) -> Topic:
    """One topic. Raises NotFound."""
    found = _topics(connection, run_id, topic_id)
    if not found:
        raise NotFound(f"run {run_id} has no topic {topic_id}", remedy="open the list of topics again")
    return found[0]


def topic_map(connection: Connection[Any], run_id: int, *, most: int = MOST_DRAWN) -> TopicMap:
    """The map of a run, with at most so many points; none for a run whose articles' places were already forgotten."""
    rows = connection.execute(QUERIES["places"], {"run_id": run_id, "most": most}).fetchall()
    return TopicMap(
        topics=[
            MapTopic(id=one.id, name=one.name, x=one.x, y=one.y, articles=one.articles, theme=one.theme)
            for one in _topics(connection, run_id, None)
        ],
        articles=rows[0][5] if rows else 0,
        pmid=[row[0] for row in rows],
        x=[float(np.round(row[1], 3)) for row in rows],
        y=[float(np.round(row[2], 3)) for row in rows],
        topic=[row[3] for row in rows],
        subtopic=[-1 if row[4] is None else row[4] for row in rows],
        groups=groups(connection, run_id),
    )


def groups(connection: Connection[Any], run_id: int) -> list[Group]:
    """A run's subtopics and themes, finest level first."""
    with connection.cursor(row_factory=class_row(Group)) as cursor:
        return cursor.execute(LIVES["groups"], {"run_id": run_id}).fetchall()


def changes(
    connection: Connection[Any],
    *,
    topic_key: int | None = None,
    run_id: int | None = None,
    limit: int = 100,
    scope: str = EVERYTHING,
) -> list[Change]:
    """Births, splits, merges and deaths, newest first: all, those of one topic, or those that one run found."""
    with connection.cursor(row_factory=class_row(Change)) as cursor:
        return cursor.execute(
            LIVES["changes"], {"topic_key": topic_key, "run_id": run_id, "limit": limit, "scope": scope}
        ).fetchall()


def opportunities(connection: Connection[Any], run_id: int) -> list[ScoredTopic]:
    """A run's scored topics, highest score first."""
    return _scored(_topics(connection, run_id, None))


def ranking(connection: Connection[Any], run_id: int) -> tuple[list[ScoredTopic], list[UnscoredTopic]]:
    """A run's scored topics, highest score first, and those without a score."""
    found = _topics(connection, run_id, None)
    without = [
        UnscoredTopic(topic_id=one.id, name=one.name, articles=one.articles, reason=one.opportunity["refused"])
        for one in found
        if "refused" in one.opportunity
    ]
    return _scored(found), without


def _scored(topics: list[Topic]) -> list[ScoredTopic]:
    scored = [
        ScoredTopic(
            topic_id=one.id,
            name=one.name,
            articles=one.articles,
            recommendation=one.recommendation,
            receipt={key: value for key, value in one.receipt.items() if key != "sample"},
            **one.opportunity,
        )
        for one in topics
        if one.receipt is not None
    ]
    return sorted(scored, key=lambda one: (-one.score, one.topic_id))


def _topics(connection: Connection[Any], run_id: int, topic_id: int | None) -> list[Topic]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(QUERIES["topics"], {"run_id": run_id, "topic_id": topic_id}).fetchall()
    return [Topic(**row) for row in rows]
