"""A listing or a search as a file, streamed."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import StreamingResponse

from primetime.api.articles import ArticleQuestion, filters_of
from primetime.api.search import nearest_to_text
from primetime.api.services import ServicesOf, StreamingConnection
from primetime.api.summaries import topic_names
from primetime.articles.exporting.formats import ExportFormat, export_pieces, extension_of, media_type_of
from primetime.articles.exporting.selection import Context, select_filtered, select_ranked
from primetime.articles.listing import Filters
from primetime.searches.record import Search
from primetime.searches.storing import fetched_pmids, find_search

router = APIRouter(prefix="/api/v1/export", tags=["export"])


class ExportQuestion(ArticleQuestion):
    """A listing's filters; or `search_id`, a search of PubMed in its rank, for which no filter counts; or `search`, the
    nearest articles, for which of the filters the years count.
    """

    search_id: int | None = Field(default=None, ge=1, le=2**63 - 1)
    search: str | None = Field(default=None, min_length=1, max_length=1000)
    limit: int = Field(default=100, ge=1, le=1000)


@router.get("", response_class=StreamingResponse)
def export(
    question: Annotated[ExportQuestion, Query()],
    shared: ServicesOf,
    connection: StreamingConnection,
    format: ExportFormat = ExportFormat.CSV,  # noqa: A002 (the parameter's name)
) -> StreamingResponse:
    """All articles of a listing or of a search, as a file; any number of them."""
    return _file(question, format, shared, connection)


@router.get("/csv", response_class=StreamingResponse)
def csv(
    question: Annotated[ExportQuestion, Query()], shared: ServicesOf, connection: StreamingConnection
) -> StreamingResponse:
    """The same as CSV."""
    return _file(question, ExportFormat.CSV, shared, connection)


def _file(
    question: ExportQuestion, format_: ExportFormat, shared: ServicesOf, connection: StreamingConnection
) -> StreamingResponse:
    about: dict[str, object] = {}
    if question.search_id is not None:
        asked = find_search(connection, question.search_id)
        rows = select_ranked(connection, fetched_pmids(connection, asked.id))
        about = _about(asked)
    elif question.search is not None:
        neighbours = nearest_to_text(
            shared,
            connection,
            question.search,
            limit=question.limit,
            filters=Filters(year_from=question.year_from, year_to=question.year_to),
        )
        rows = select_ranked(connection, [neighbour.pmid for neighbour in neighbours])
        about = {
            "Idea": question.search,
            "Max Results": question.limit,
            "Search Timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    else:
        rows = select_filtered(connection, filters_of(question, connection), sort=question.sort)
    context = Context(about=about, topics=topic_names(connection))
    name = f"prime-time-{datetime.now(UTC):%Y%m%d-%H%M}.{extension_of(format_)}"
    return StreamingResponse(
        export_pieces(rows, format_, context),
        media_type=media_type_of(format_),
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _about(asked: Search) -> dict[str, object]:
    """The prototype's columns that say what the search was and how it scored; a score that is refused stays empty."""
    scores = asked.scores or {}
    return {
        "Idea": asked.idea,
        "Keywords": asked.keywords,
        "Max Results": asked.max_results,
        "Search Timestamp": asked.requested_at.isoformat(timespec="seconds"),
        "Novelty Score": scores.get("novelty"),
        "Citation Rate Score": scores.get("citation"),
        "Recency Score": scores.get("recency"),
        "Opportunity Score": scores.get("score"),
    }
