"""Articles: a filtered page of them, one of them, those like it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from primetime.accounts import audit
from primetime.api.filters import FilterQuestion, filters_of
from primetime.api.services import Address, Connection, Researcher, ServicesOf
from primetime.api.shapes import ArticleDetail, ArticlePage, CitationsOut, EarlierVersionOut, RankedList, Summary
from primetime.api.summaries import ranked, with_topics
from primetime.articles.duplicates.linking import duplicates_of, kept_for, undo
from primetime.articles.listing import Page, Sort, earlier_versions, find_article, list_articles, summaries_of
from primetime.articles.local_number import is_local
from primetime.articles.paging import articles_after, place_of, read_place
from primetime.errors import BadInput, NotFound
from primetime.sources.citations import citations_of
from primetime.vectors.nearest import similar_articles

router = APIRouter(prefix="/api/v1/articles", tags=["articles"])

Year = Annotated[int | None, Query(ge=0, le=9999)]
Pmid = Annotated[int, Path(ge=1, le=2**63 - 1)]


class ArticleQuestion(FilterQuestion):
    """A full text, filters and an order, as query parameters."""

    q: str | None = Field(default=None, max_length=1000)
    sort: Sort = "newest"


class ArticlePageQuestion(ArticleQuestion):
    page: int = Field(default=1, ge=1, le=1_000_000)
    page_size: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=4000)


@router.get("")
def articles(
    question: Annotated[ArticlePageQuestion, Query()], shared: ServicesOf, connection: Connection
) -> ArticlePage:
    """A page by its number; or by `cursor`, the `next` of the page before it, asked with the same filters and sort."""
    if question.cursor is not None:
        return _following(question, question.cursor, connection)
    counts = shared.counts.current()
    found = list_articles(
        connection,
        filters_of(question, connection, q=question.q),
        sort=question.sort,
        limit=question.page_size,
        offset=(question.page - 1) * question.page_size,
        counts=counts,
    )
    return ArticlePage(
        items=with_topics(connection, found.items),
        total=found.total,
        total_is_estimate=found.total_is_estimate,
        page=question.page,
        page_size=question.page_size,
        next=_place_after(question, connection, found),
    )


def _following(question: ArticlePageQuestion, cursor: str, connection: Connection) -> ArticlePage:
    place = read_place(cursor)
    if place.sort != question.sort:
        raise BadInput(f"the cursor is of a list by {place.sort}", remedy=f"ask with sort={place.sort}")
    items, following = articles_after(
        connection, filters_of(question, connection, q=question.q), place, limit=question.page_size
    )
    return ArticlePage(
        items=with_topics(connection, items),
        total=None,
        total_is_estimate=False,
        page=None,
        page_size=question.page_size,
        next=str(following) if following else None,
    )


def _place_after(question: ArticlePageQuestion, connection: Connection, found: Page) -> str | None:
    shown = (question.page - 1) * question.page_size + len(found.items)
    if not found.items or (shown >= found.total and not found.total_is_estimate):
        return None
    return str(place_of(connection, found.items[-1].pmid, sort=question.sort, shown=shown))


@router.get("/{pmid}")
def article(pmid: Pmid, connection: Connection) -> ArticleDetail:
    stored = find_article(connection, pmid)
    summaries: list[Summary] = with_topics(connection, summaries_of(connection, [pmid]))
    if stored is None or not summaries:
        raise NotFound(f"there is no article {pmid}", remedy="look for it in the list of articles")
    return ArticleDetail(
        **summaries[0].model_dump(),
        abstract=stored.abstract,
        abstract_sections=stored.abstract_sections,
        authors_full=stored.authors,
        mesh=stored.mesh,
        keywords=stored.keywords,
        doi=stored.doi,
        pmc=stored.pmc,
        languages=stored.languages,
        has_pmid=not is_local(pmid),
        version=stored.version,
        journal_abbreviation=stored.journal_abbreviation,
        volume=stored.volume,
        issue=stored.issue,
        pages=stored.pages,
        details=stored.details,
        duplicate_of=kept_for(connection, pmid),
        duplicates=duplicates_of(connection, pmid),
        earlier_versions=[EarlierVersionOut.model_validate(one) for one in earlier_versions(connection, pmid)],
        citations=[CitationsOut.model_validate(one) for one in citations_of(connection, [pmid]).get(pmid, [])],
        imported_at=stored.imported_at,
        updated_at=stored.updated_at,
    )


@router.delete("/{pmid}/duplicate", status_code=204)
def not_a_duplicate(pmid: Pmid, account: Researcher, connection: Connection, address: Address) -> None:
    """Say that this article is not the same as the one that it is linked to; it is not linked to that one again."""
    undo(connection, pmid)
    audit.record(connection, "duplicate undone", actor=account, subject=str(pmid), address=address)


@router.get("/{pmid}/similar")
def similar(
    pmid: Pmid, shared: ServicesOf, connection: Connection, limit: Annotated[int, Query(ge=1, le=100)] = 10
) -> RankedList:
    model_hash = shared.require_encoder().manifest.hash
    neighbours = similar_articles(connection, pmid, model_hash=model_hash, limit=limit)
    return RankedList(items=ranked(connection, neighbours))
