"""Topics of the newest analysis, their map, and the opportunities among them."""

from dataclasses import asdict
from typing import Annotated

import orjson
import psycopg
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from primetime.analysis import reading
from primetime.analysis.life import changes_of_all, life
from primetime.analysis.storing import EVERYTHING
from primetime.api.map_shapes import TopicMapOut
from primetime.api.services import Connection
from primetime.api.shapes import (
    ChangeOut,
    OpportunityList,
    OpportunityOut,
    RunOut,
    TopicDetail,
    TopicList,
    TopicOut,
    WithoutScore,
)
from primetime.api.summaries import with_topics
from primetime.api.topic_shapes import AppearanceOut, ChangeList, TopicLife
from primetime.articles.listing import summaries_of
from primetime.errors import NotFound

router = APIRouter(prefix="/api/v1", tags=["topics"])


TopicId = Annotated[int, Path(ge=0, le=2**31 - 1)]
Limit = Annotated[int, Query(ge=1, le=1000)]
Scope = Annotated[str, Query(min_length=1, max_length=100, description="`everything`, or what was analysed by itself")]


@router.get("/topics")
def topics(connection: Connection, scope: Scope = EVERYTHING) -> TopicList:
    run = newest_run(connection, scope)
    found = reading.topics(connection, run.id)
    # The first analysis bears every topic, which is no change.
    changes = reading.changes(connection, run_id=run.id, scope=scope) if run.goes_on else []
    return TopicList(
        run=RunOut.model_validate(run),
        items=[TopicOut.model_validate(topic) for topic in found],
        changes=[ChangeOut.model_validate(change) for change in changes],
    )


@router.get("/topics/map", responses={200: {"model": TopicMapOut}})
def topic_map(connection: Connection, scope: Scope = EVERYTHING) -> Response:
    """Topics, the themes above and the subtopics below them, and the articles' places.

    Points are columns of equal length. Of more than 20,000 articles that many are drawn, an even share of each topic
    and subtopic and the same ones each time; `articles` says how many there are.
    """
    run = newest_run(connection, scope)
    found = reading.topic_map(connection, run.id)
    body = {
        "run": RunOut.model_validate(run).model_dump(),
        "topics": [asdict(topic) for topic in found.topics],
        "groups": [asdict(group) for group in found.groups],
        "articles": found.articles,
        "drawn": len(found.pmid),
        "points": {
            "pmid": found.pmid,
            "x": found.x,
            "y": found.y,
            "topic": found.topic,
            "subtopic": found.subtopic,
        },
    }
    return Response(orjson.dumps(body), media_type="application/json")


@router.get("/topics/changes")
def changes(connection: Connection, scope: Scope = EVERYTHING, limit: Limit = 100) -> ChangeList:
    """Births, splits, merges and deaths of all analyses, newest first; those of the first are none."""
    newest_run(connection, scope)
    found = changes_of_all(connection, scope=scope, limit=limit)
    return ChangeList(items=[ChangeOut.model_validate(change) for change in found])


@router.get("/topics/{topic_id}/life")
def topic_life(topic_id: TopicId, connection: Connection, scope: Scope = EVERYTHING, limit: Limit = 100) -> TopicLife:
    """A topic of the newest analysis in all analyses that found it; what became of it between them is its history."""
    run = newest_run(connection, scope)
    key = reading.topic(connection, run.id, topic_id).key
    if key is None:  # an analysis of an older release gave its topics no number for life
        return TopicLife(items=[])
    found = life(connection, key, scope=scope, limit=limit)
    return TopicLife(items=[AppearanceOut.model_validate(one) for one in found])


@router.get("/topics/{topic_id}")
def topic(topic_id: TopicId, connection: Connection, scope: Scope = EVERYTHING) -> TopicDetail:
    run = newest_run(connection, scope)
    found = reading.topic(connection, run.id, topic_id)
    articles = with_topics(connection, summaries_of(connection, found.representative))
    history = [] if found.key is None else reading.changes(connection, topic_key=found.key, scope=scope)
    return TopicDetail.model_validate({**asdict(found), "representative": articles, "history": history})


@router.get("/opportunities")
def opportunities(connection: Connection, scope: Scope = EVERYTHING) -> OpportunityList:
    run = newest_run(connection, scope)
    scored, without = reading.ranking(connection, run.id)
    return OpportunityList(
        run=RunOut.model_validate(run),
        weights=run.parameters["weights"],
        items=[OpportunityOut.model_validate(item) for item in scored],
        refused=[WithoutScore.model_validate(item) for item in without],
    )


def newest_run(connection: psycopg.Connection, scope: str = EVERYTHING) -> reading.Run:
    """Raises NotFound before the first analysis of that scope."""
    run = reading.latest_run(connection, scope)
    if run is None and scope != EVERYTHING:
        raise NotFound(f"nothing was analysed as {scope}", remedy="leave `scope` out for the analysis of everything")
    if run is None:
        raise NotFound("no analysis has run yet", remedy="run `primetime analyse`, or start one from the analysis page")
    return run
