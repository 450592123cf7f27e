"""Searches of PubMed: started, looked at, cancelled, compared."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from primetime.accounts.people import require_owner
from primetime.analysis.storing import forget_scope, search_scope
from primetime.api.filters import FilterQuestion, filters_of
from primetime.api.pages import ListQuestion, PageQuestion
from primetime.api.search_shapes import (
    CitationsOut,
    ComparedArticle,
    Comparison,
    SearchBody,
    SearchedArticle,
    SearchedPage,
    SearchOut,
    SearchPage,
    SearchStarted,
    UnavailableList,
    UnavailableOut,
)
from primetime.api.services import Connection, Researcher, Services, ServicesOf
from primetime.api.shapes import Summary
from primetime.api.summaries import with_topics
from primetime.articles.listing import summaries_of
from primetime.cursors import write_cursor
from primetime.jobs.searching import enqueue_search
from primetime.keywords.query import build
from primetime.searches import storing
from primetime.searches.record import Order
from primetime.sources.citations import citations_of

router = APIRouter(prefix="/api/v1/searches", tags=["searches"])
SearchId = Annotated[int, Path(ge=1, le=2**63 - 1)]
OtherId = Annotated[int | None, Query(ge=1, le=2**63 - 1)]
_COMPARED = 100


class SearchesQuestion(PageQuestion):
    """Of which saved search, and which page, as query parameters."""

    saved: int | None = Field(default=None, ge=1, le=2**63 - 1)


class ResultsQuestion(PageQuestion, FilterQuestion):
    """Which of a search's articles, in which order, as query parameters."""

    sort: storing.Sort = "rank"
    only_new: bool = False
    also_in: int | None = Field(default=None, ge=1, le=2**63 - 1)
    not_in: int | None = Field(default=None, ge=1, le=2**63 - 1)


@router.post("", status_code=202)
def start(asked: SearchBody, account: Researcher, connection: Connection) -> SearchStarted:
    """Plan a search; a worker carries it out. Its progress: `GET /api/v1/searches/{id}/events`."""
    concepts = tuple(concept.as_concept() for concept in asked.concepts)
    limits = asked.limits.as_limits()
    order = Order(
        query=asked.query.strip() or build(concepts, limits),
        max_results=asked.max_results,
        idea=" ".join(asked.idea.replace("\0", " ").split()),
        keywords="; ".join(concept.name for concept in concepts).replace("\0", " "),
        concepts=concepts,
        limits=limits,
    )
    search_id = storing.create_search(connection, order, account_id=account.id)
    enqueue_search(connection, search_id)
    return SearchStarted(search_id=search_id)


@router.get("")
def searches(question: Annotated[SearchesQuestion, Query()], shared: ServicesOf, connection: Connection) -> SearchPage:
    """Newest first: all, or the runs of a saved one. By `cursor` none is missed when others are started meanwhile."""
    before = question.number()
    found, total = storing.list_searches(
        connection,
        saved_search_id=question.saved,
        before=before,
        limit=question.page_size + 1,
        offset=0 if before is not None else question.offset(),
        model_hash=model_hash_of(shared),
    )
    shown = found[: question.page_size]
    return SearchPage(
        items=[SearchOut.model_validate(one) for one in shown],
        total=total,
        page=question.number_shown,
        page_size=question.page_size,
        next=write_cursor((shown[-1].id,)) if len(found) > len(shown) else None,
    )


@router.get("/{search_id}")
def search(search_id: SearchId, shared: ServicesOf, connection: Connection) -> SearchOut:
    return SearchOut.model_validate(storing.find_search(connection, search_id, model_hash=model_hash_of(shared)))


@router.post("/{search_id}/cancel", status_code=204)
def cancel(search_id: SearchId, _account: Researcher, connection: Connection) -> Response:
    """What was fetched stays. 409 for a search that has ended."""
    storing.cancel_search(connection, search_id)
    return Response(status_code=204)


@router.delete("/{search_id}", status_code=204)
def delete(search_id: SearchId, account: Researcher, connection: Connection) -> Response:
    """Forget the search and the analyses of it alone; its articles stay stored. 409 while it is under way, 403 for
    somebody else's.
    """
    require_owner(account, storing.owner_of(connection, search_id), f"search {search_id}")
    storing.delete_search(connection, search_id)
    forget_scope(connection, search_scope(search_id))
    return Response(status_code=204)


@router.get("/{search_id}/articles")
def articles(
    search_id: SearchId, question: Annotated[ResultsQuestion, Query()], connection: Connection
) -> SearchedPage:
    """The search's stored articles, with PubMed's rank, the likeness to the idea, and what is known of citations: all,
    or those that pass the filters, and that another search has also, or has not. Those whose likeness, date or
    citations are unknown come last where the order goes by them.
    """
    found, total = storing.results_of(
        connection,
        search_id,
        sort=question.sort,
        only_new=question.only_new,
        also_in=question.also_in,
        not_in=question.not_in,
        filters=filters_of(question, connection),
        limit=question.page_size,
        offset=question.offset(),
    )
    pmids = [one.pmid for one in found]
    summaries = _summaries(connection, pmids)
    known = citations_of(connection, pmids)
    items = [
        SearchedArticle(
            **summaries[one.pmid],
            rank=one.rank,
            similarity=one.similarity,
            is_new=one.is_new,
            citations=[CitationsOut.model_validate(answer) for answer in known.get(one.pmid, [])],
        )
        for one in found
        if one.pmid in summaries
    ]
    return SearchedPage(
        items=items,
        total=total,
        page=question.number_shown,
        page_size=question.page_size,
        next=question.following(total),
    )


@router.get("/{search_id}/unavailable")
def unavailable(
    search_id: SearchId, question: Annotated[ListQuestion, Query()], connection: Connection
) -> UnavailableList:
    """The articles that PubMed found and gave no readable record of, and why; by rank."""
    storing.require(connection, search_id)
    found = storing.unavailable_of(connection, search_id, after=question.number(), limit=question.limit + 1)
    shown, following = question.page(found, lambda one: (one.rank,))
    return UnavailableList(items=[UnavailableOut.model_validate(one) for one in shown], next=following)


@router.get("/{search_id}/compare/{other_id}")
def compare(search_id: SearchId, other_id: SearchId, connection: Connection) -> Comparison:
    """What two searches share. The counts are of all articles, the items the first hundred of each kind."""
    shared = storing.compare(connection, search_id, other_id)
    only_one = [each for each in shared if each.rank_in_other is None]
    only_other = [each for each in shared if each.rank_in_one is None]
    both = [each for each in shared if each.rank_in_one is not None and each.rank_in_other is not None]
    shown = [*only_one[:_COMPARED], *only_other[:_COMPARED], *both[:_COMPARED]]
    summaries = _summaries(connection, [each.pmid for each in shown])
    return Comparison(
        one=search_id,
        other=other_id,
        only_one=len(only_one),
        only_other=len(only_other),
        both=len(both),
        items=[
            ComparedArticle(**summaries[each.pmid], rank_in_one=each.rank_in_one, rank_in_other=each.rank_in_other)
            for each in shown
            if each.pmid in summaries
        ],
    )


def model_hash_of(shared: Services) -> str | None:
    return shared.encoder.manifest.hash if shared.encoder else None


def _summaries(connection: Connection, pmids: list[int]) -> dict[int, dict[str, Any]]:
    found: list[Summary] = with_topics(connection, summaries_of(connection, pmids))
    return {summary.pmid: summary.model_dump() for summary in found}
