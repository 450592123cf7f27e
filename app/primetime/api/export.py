"""CSV of a listing or of a search, streamed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import StreamingResponse

from primetime.api.articles import ArticleQuestion, filters_of
from primetime.api.search import nearest_to_text
from primetime.api.services import ServicesOf, StreamingConnection
from primetime.api.summaries import topic_names
from primetime.articles.csv_export import Search, export_filtered, export_search
from primetime.articles.listing import Filters

router = APIRouter(prefix="/api/v1/export", tags=["export"])


class ExportQuestion(ArticleQuestion):
    """A listing's filters; or `search`, which exports the nearest articles and of the filters knows the years."""

    search: str | None = Field(default=None, min_length=1, max_length=1000)
    limit: int = Field(default=100, ge=1, le=1000)


@router.get("/csv", response_class=StreamingResponse)
def csv(
    question: Annotated[ExportQuestion, Query()], shared: ServicesOf, connection: StreamingConnection
) -> StreamingResponse:
    topics = topic_names(connection)
    rows: Iterator[bytes]
    if question.search is not None:
        neighbours = nearest_to_text(
            shared,
            connection,
            question.search,
            limit=question.limit,
            filters=Filters(year_from=question.year_from, year_to=question.year_to),
        )
        pmids = [neighbour.pmid for neighbour in neighbours]
        rows = export_search(connection, Search(idea=question.search, limit=question.limit, pmids=pmids), topics=topics)
    else:
        rows = export_filtered(connection, filters_of(question, connection), sort=question.sort, topics=topics)
    name = f"prime-time-{datetime.now(UTC):%Y%m%d-%H%M}.csv"
    return StreamingResponse(
        rows,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
