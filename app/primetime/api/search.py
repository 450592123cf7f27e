"""Semantic search: the articles whose meaning is nearest to a question, alone or fused with its words."""

import time
from collections.abc import Sequence
from typing import Annotated, Literal

import psycopg
from fastapi import APIRouter, Query
from pydantic import Field

from primetime.api.filters import FilterQuestion, filters_of
from primetime.api.services import Connection, Services, ServicesOf
from primetime.api.shapes import Model, SearchResult
from primetime.api.summaries import ranked
from primetime.articles.listing import Filters
from primetime.errors import BadInput
from primetime.telemetry.metrics import ML_PROCESSING_TIME, SEARCH_DURATION, SEARCHES_COMPLETED
from primetime.vectors.hybrid import Found, hybrid_search
from primetime.vectors.nearest import Neighbour, nearest_articles

router = APIRouter(prefix="/api/v1/search", tags=["search"])
Mode = Literal["meaning", "hybrid"]


class SearchQuestion(FilterQuestion):
    """A question, how to look, and the filters, as query parameters."""

    q: str = Field(min_length=1, max_length=1000)
    mode: Mode = "meaning"
    limit: int = Field(default=25, ge=1, le=1000)


@router.get("")
def search(question: Annotated[SearchQuestion, Query()], shared: ServicesOf, connection: Connection) -> SearchResult:
    began = time.perf_counter()
    manifest = shared.require_encoder().manifest
    filters = filters_of(question, connection)
    with SEARCH_DURATION.time():
        found = nearest_to_text(
            shared, connection, question.q, limit=question.limit, filters=filters, mode=question.mode
        )
    SEARCHES_COMPLETED.inc()
    return SearchResult(
        query=question.q,
        items=ranked(connection, found),
        model=Model.model_validate(manifest),
        milliseconds=round((time.perf_counter() - began) * 1000, 1),
    )


def nearest_to_text(
    shared: Services,
    connection: psycopg.Connection,
    text: str,
    *,
    limit: int,
    filters: Filters,
    mode: Mode,
) -> Sequence[Neighbour | Found]:
    """Raises BadInput for a text of white space, ModelProblem without an encoder."""
    if not text.strip():
        raise BadInput("the question is empty", remedy="write what you are looking for")
    encoder = shared.require_encoder()
    with ML_PROCESSING_TIME.labels("search").time():
        vector = encoder.encode([text])[0]
    model_hash = encoder.manifest.hash
    if mode == "hybrid":
        return hybrid_search(connection, text, vector, model_hash=model_hash, limit=limit, filters=filters)
    return nearest_articles(connection, vector, model_hash=model_hash, limit=limit, filters=filters)
