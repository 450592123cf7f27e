"""Semantic search: the articles whose meaning is nearest to a question."""

import time
from typing import Annotated

import psycopg
from fastapi import APIRouter, Query

from primetime.api.articles import Year
from primetime.api.services import Connection, Services, ServicesOf
from primetime.api.shapes import Model, SearchResult
from primetime.api.summaries import ranked
from primetime.errors import BadInput
from primetime.vectors.nearest import Neighbour, nearest_articles

router = APIRouter(prefix="/api/v1/search", tags=["search"])
Question = Annotated[str, Query(min_length=1, max_length=1000)]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("")
def search(
    q: Question,
    shared: ServicesOf,
    connection: Connection,
    limit: Limit = 25,
    year_from: Year = None,
    year_to: Year = None,
) -> SearchResult:
    began = time.perf_counter()
    manifest = shared.require_encoder().manifest
    neighbours = nearest_to_text(shared, connection, q, limit=limit, year_from=year_from, year_to=year_to)
    return SearchResult(
        query=q,
        items=ranked(connection, neighbours),
        model=Model.model_validate(manifest),
        milliseconds=round((time.perf_counter() - began) * 1000, 1),
    )


def nearest_to_text(
    shared: Services,
    connection: psycopg.Connection,
    text: str,
    *,
    limit: int,
    year_from: int | None,
    year_to: int | None,
) -> list[Neighbour]:
    """Raises BadInput for a text of white space, ModelProblem without an encoder."""
    if not text.strip():
        raise BadInput("the question is empty", remedy="write what you are looking for")
    encoder = shared.require_encoder()
    return nearest_articles(
        connection,
        encoder.encode([text])[0],
        model_hash=encoder.manifest.hash,
        limit=limit,
        year_from=year_from,
        year_to=year_to,
    )
