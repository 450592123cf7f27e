"""A listing, a search or a collection as a file, streamed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import psycopg
from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import StreamingResponse

from primetime.accounts.people import Account
from primetime.api.articles import ArticleQuestion
from primetime.api.filters import filters_of, filters_without_topic
from primetime.api.search import Mode, nearest_to_text
from primetime.api.services import Services, ServicesOf, StreamingConnection, Visitor
from primetime.articles.exporting.formats import ExportFormat, export_pieces, extension_of, media_type_of
from primetime.articles.exporting.selection import Context, ExportRow, select_ranked
from primetime.exports.selection import Selection, look_up, with_topics
from primetime.screening.collections import Mark

router = APIRouter(prefix="/api/v1/export", tags=["export"])
Number = Annotated[int | None, Field(ge=1, le=2**63 - 1)]
FILE = {"schema": {"type": "string", "format": "binary"}}
CSV_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": FILE}}}
_KINDS = [media_type_of(one).partition(";")[0] for one in ExportFormat]
_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": dict.fromkeys(_KINDS, FILE)}}


class SelectionQuestion(ArticleQuestion):
    """A listing's filters; or `search_id`, a search of PubMed in its rank, of it what the filters leave, what was
    `only_new`, what another search has also, or has not; or `collection_id`, of which `mark`, `unmarked` and `disputed`
    leave as much as on its page, and which comes by `sort`, or `as_added`. Of the filters `q` alone counts for a
    collection. Tables say of a collection's articles what each reviewer decided.
    """

    search_id: Number = None
    only_new: bool = False
    also_in: Number = None
    not_in: Number = None
    collection_id: Number = None
    mark: Mark | None = None
    unmarked: bool = False
    disputed: bool = False
    as_added: bool = False

    @property
    def selection(self) -> Selection:
        return Selection(
            search_id=self.search_id,
            only_new=self.only_new,
            also_in=self.also_in,
            not_in=self.not_in,
            collection_id=self.collection_id,
            mark=self.mark,
            unmarked=self.unmarked,
            disputed=self.disputed,
            as_added=self.as_added,
            filters=filters_without_topic(self, q=self.q),
            topic=self.topic,
            sort=self.sort,
        )


class ExportQuestion(SelectionQuestion):
    """What is exported; or `search`, a text: what `GET /api/v1/search` lists by `mode`, `limit` and the filters."""

    search: str | None = Field(default=None, min_length=1, max_length=1000)
    mode: Mode = "meaning"
    limit: int = Field(default=100, ge=1, le=1000)


@router.get("", response_class=StreamingResponse, responses=_ANSWER)
def export(
    question: Annotated[ExportQuestion, Query()],
    shared: ServicesOf,
    connection: StreamingConnection,
    account: Visitor,
    format: ExportFormat = ExportFormat.CSV,  # noqa: A002 (the parameter's name)
) -> StreamingResponse:
    """All articles of a listing, a search or a collection, as a file; any number of them."""
    return _file(question, format, shared, connection, account)


@router.get("/csv", response_class=StreamingResponse, responses=CSV_ANSWER)
def csv(
    question: Annotated[ExportQuestion, Query()],
    shared: ServicesOf,
    connection: StreamingConnection,
    account: Visitor,
) -> StreamingResponse:
    """The same as CSV."""
    return _file(question, ExportFormat.CSV, shared, connection, account)


def _file(
    question: ExportQuestion,
    format_: ExportFormat,
    shared: Services,
    connection: psycopg.Connection,
    account: Account | None,
) -> StreamingResponse:
    if question.search is not None and question.search_id is None and question.collection_id is None:
        rows, context = _nearest(question, question.search, shared, connection)
    else:
        selected = look_up(connection, question.selection, account_id=account.id if account else None)
        rows, context = selected.rows, selected.context
    name = f"prime-time-{datetime.now(UTC):%Y%m%d-%H%M}.{extension_of(format_)}"
    return StreamingResponse(
        export_pieces(rows, format_, context),
        media_type=media_type_of(format_),
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _nearest(
    question: ExportQuestion, text: str, shared: Services, connection: psycopg.Connection
) -> tuple[Iterator[ExportRow], Context]:
    neighbours = nearest_to_text(
        shared,
        connection,
        text,
        limit=question.limit,
        filters=filters_of(question, connection),
        mode=question.mode,
    )
    about: dict[str, object] = {
        "Idea": text,
        "Max Results": question.limit,
        "Search Timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    pmids = [neighbour.pmid for neighbour in neighbours]
    return with_topics(connection, select_ranked(connection, pmids)), Context(about=about)
