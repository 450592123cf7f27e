"""Topics of the newest analysis, their map, and the opportunities among them."""

from dataclasses import asdict
from typing import Annotated

import orjson
import psycopg
from fastapi import APIRouter, Path
from starlette.responses import Response

from primetime.analysis import reading
from primetime.api.services import Connection
from primetime.api.shapes import OpportunityList, OpportunityOut, RunOut, TopicDetail, TopicList, TopicOut
from primetime.api.summaries import with_topics
from primetime.articles.listing import summaries_of
from primetime.errors import NotFound

router = APIRouter(prefix="/api/v1", tags=["topics"])


@router.get("/topics")
def topics(connection: Connection) -> TopicList:
    run = newest_run(connection)
    found = reading.topics(connection, run.id)
    return TopicList(run=RunOut.model_validate(run), items=[TopicOut.model_validate(topic) for topic in found])


@router.get("/topics/map")
def topic_map(connection: Connection) -> Response:
    """{run, topics: [{id, name, x, y, articles}], points: {pmid, x, y, topic}}; columns, as there may be very many."""
    run = newest_run(connection)
    found = reading.topic_map(connection, run.id)
    body = {
        "run": RunOut.model_validate(run).model_dump(),
        "topics": [asdict(topic) for topic in found.topics],
        "points": {"pmid": found.pmid, "x": found.x, "y": found.y, "topic": found.topic},
    }
    return Response(orjson.dumps(body), media_type="application/json")


@router.get("/topics/{topic_id}")
def topic(topic_id: Annotated[int, Path(ge=0, le=2**31 - 1)], connection: Connection) -> TopicDetail:
    run = newest_run(connection)
    found = reading.topic(connection, run.id, topic_id)
    articles = with_topics(connection, summaries_of(connection, found.representative))
    return TopicDetail.model_validate({**asdict(found), "representative": articles})


@router.get("/opportunities")
def opportunities(connection: Connection) -> OpportunityList:
    run = newest_run(connection)
    scored = reading.opportunities(connection, run.id)
    return OpportunityList(
        run=RunOut.model_validate(run),
        weights=run.parameters["weights"],
        items=[OpportunityOut.model_validate(item) for item in scored],
    )


def newest_run(connection: psycopg.Connection) -> reading.Run:
    """Raises NotFound before the first analysis."""
    run = reading.latest_run(connection)
    if run is None:
        raise NotFound("no analysis has run yet", remedy="run `primetime analyse`, or start one from the analysis page")
    return run
