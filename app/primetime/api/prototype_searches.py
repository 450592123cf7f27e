"""The prototype's searches, under its own paths and fields."""

from datetime import datetime
from typing import Annotated, Any

import structlog
from anyio import to_thread
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from primetime.api.searches import SearchId, model_hash_of
from primetime.api.services import Connection, Researcher, Services, ServicesOf
from primetime.api.shapes import Day, Shape
from primetime.errors import NotFound, SourceUnavailable
from primetime.jobs.searching import enqueue_search
from primetime.keywords.mesh import entry_terms
from primetime.keywords.query import Concept, Limits, Term, build, concepts_of_keywords, plain
from primetime.searches.record import Order, Search
from primetime.searches.storing import create_search, find_search, list_searches

# Entry terms of one keyword: a heading may have a hundred, and a query of many keywords would be too long.
_SYNONYMS = 20

router = APIRouter(prefix="/api", tags=["prototype"])
log = structlog.get_logger(__name__)


class PubMedSearch(BaseModel):
    keywords: str = Field(min_length=3, max_length=5_000)  # between semicolons
    idea_text: str = Field(min_length=10, max_length=1_000)
    max_results: int = Field(default=10, ge=1, le=10_000)
    start_date: Day | None = None
    end_date: Day | None = None


class PubMedSearchOut(Shape):
    search_id: int
    articles_found: int | None  # PubMed's whole count; null: it could not be asked now
    articles_added: int
    message: str
    query: str


class SearchHistoryItem(Shape):
    search_id: int
    idea_text: str
    keyword_text: str
    max_results: int
    timestamp: datetime
    state: str
    query: str
    articles_found: int | None
    articles_added: int


class SearchScores(Shape):
    search_id: int
    novelty_score: float | None
    citation_score: float | None  # iCite's mean percentile, 0..1; null: it knows none of the articles
    recency_score: float | None
    overall_score: float | None
    recommendation: str
    velocity_score: float | None
    label: str | None
    refused: str | None  # why there is no score
    citations_known: int
    receipt: dict[str, Any] | None


@router.post("/search/pubmed", status_code=202)
async def search_pubmed(asked: PubMedSearch, shared: ServicesOf, account: Researcher) -> PubMedSearchOut:
    """Plan a search of PubMed: OR within a keyword's forms, AND between keywords. A worker carries it out, as soon as
    PubMed answers; how many articles it has added tells `GET /api/searches`.
    """
    concepts = await to_thread.run_sync(_expanded, shared, asked.keywords)
    order = Order(
        query=build(concepts, Limits(first=asked.start_date, last=asked.end_date)),
        max_results=asked.max_results,
        idea=" ".join(asked.idea_text.replace("\0", " ").split()),
        keywords=asked.keywords.replace("\0", " "),
        concepts=concepts,
        limits=Limits(first=asked.start_date, last=asked.end_date),
    )
    search_id = await to_thread.run_sync(_plan, shared, order, account.id)
    count, message = await _counted(shared, order, search_id)
    return PubMedSearchOut(
        search_id=search_id, articles_found=count, articles_added=0, message=message, query=order.query
    )


@router.get("/searches")
def history(
    shared: ServicesOf, connection: Connection, limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> list[SearchHistoryItem]:
    """The newest searches, newest first."""
    found, _ = list_searches(connection, limit=limit, model_hash=model_hash_of(shared))
    return [_history_item(one) for one in found]


@router.get("/search/{search_id}/scores")
def scores(search_id: SearchId, connection: Connection) -> SearchScores:
    """The search's opportunity beside the topics of the newest analysis; never beside other searches."""
    search = find_search(connection, search_id)
    found = search.scores
    if found is None:
        raise NotFound(f"search {search_id} has no scores yet", remedy="wait until it is done")
    return SearchScores(
        search_id=search_id,
        novelty_score=found.get("novelty"),
        citation_score=found.get("citation"),
        recency_score=found.get("recency"),
        overall_score=found.get("score"),
        recommendation=found.get("recommendation") or f"Not scored: {found.get('refused')}",
        velocity_score=found.get("velocity"),
        label=found.get("label"),
        refused=found.get("refused"),
        citations_known=found.get("citations_known", 0),
        receipt=found.get("receipt"),
    )


def _expanded(shared: Services, keywords: str) -> tuple[Concept, ...]:
    concepts = concepts_of_keywords(keywords)
    with shared.pool.connection() as connection:
        known = entry_terms(connection, [concept.name for concept in concepts])
    return tuple(
        Concept(
            name=concept.name,
            terms=(*concept.terms, *(Term(text=text) for text in known[concept.name].terms[:_SYNONYMS] if plain(text))),
        )
        for concept in concepts
    )


async def _counted(shared: Services, order: Order, search_id: int) -> tuple[int | None, str]:
    """PubMed's count, if it is there to tell, and the message."""
    try:
        count = (await shared.pubmed.count(order.query)).count
    except SourceUnavailable as error:
        log.warning("search planned without a count", search_id=search_id, cause=str(error))
        message = f"Not counted: {error}; search {search_id} fetches up to {order.max_results} articles when it can"
        return None, message
    return count, f"Found {count} articles; search {search_id} fetches up to {order.max_results} of them"


def _plan(shared: Services, order: Order, account_id: int) -> int:
    with shared.pool.connection() as connection:
        search_id = create_search(connection, order, account_id=account_id)
        enqueue_search(connection, search_id)
        return search_id


def _history_item(search: Search) -> SearchHistoryItem:
    return SearchHistoryItem(
        search_id=search.id,
        idea_text=search.idea,
        keyword_text=search.keywords,
        max_results=search.max_results,
        timestamp=search.requested_at,
        state=search.state,
        query=search.query,
        articles_found=search.articles_found,
        articles_added=search.new,
    )
