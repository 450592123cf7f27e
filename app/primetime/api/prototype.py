"""The paths and fields of the prototype that this platform replaces, for programs written against it.

Each answers with the prototype's fields and adds to them. Two things differ on purpose: a list is a page of at most
1,000 articles whose `Link` header leads to the next, and what is not known is null, never 0 or today.
"""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from psycopg import sql
from psycopg.rows import dict_row
from starlette.responses import StreamingResponse

from primetime.api.articles import Pmid
from primetime.api.export import CSV_ANSWER, ExportQuestion, csv
from primetime.api.health import database_state
from primetime.api.services import Connection, ServicesOf, SignedOutError, StreamingConnection, Visitor
from primetime.api.shapes import Shape
from primetime.api.summaries import QUERIES
from primetime.articles.listing import author_line
from primetime.articles.local_number import is_local
from primetime.errors import NotFound
from primetime.searches.storing import require

router = APIRouter(prefix="/api", tags=["prototype"])


class PrototypeArticle(Shape):
    id: int
    pmid: str  # empty: it has none
    title: str
    journal: str | None
    pub_date: date | None  # the first day of what is printed
    authors: list[str]
    citation_count: int | None  # null: not known
    doi: str | None
    abstract: str | None
    date_printed: str
    publication_types: list[str]


class DatabaseStatus(Shape):
    connected: bool
    message: str
    version: str | None
    tls: bool | None
    pgvector: str | None
    migration: str | None  # the newest that is applied
    pending: list[str] | None


@router.get("/database/status")
def database_status(shared: ServicesOf) -> DatabaseStatus:
    """Whether PostgreSQL answers; nothing here can change which database is used."""
    database, migrations = database_state(shared)
    ok = database["status"] == "ok"
    return DatabaseStatus(
        connected=ok,
        message=f"connected to PostgreSQL {database['version']}" if ok else f"the database is {database['status']}",
        version=database.get("version"),
        tls=database.get("tls"),
        pgvector=database.get("pgvector"),
        migration=migrations["applied"],
        pending=migrations["pending"],
    )


@router.get("/articles")
def articles(
    response: Response,
    connection: Connection,
    account: Visitor,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    search_id: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> list[PrototypeArticle]:
    """Articles by PMID, all or a search's; `after` is the last one of the page before, and so many of `offset` are
    passed over.
    """
    if search_id is not None:
        if account is None:
            raise SignedOutError("searches are shown to those who have an account", remedy="sign in first")
        require(connection, search_id)
    values = {"after": after, "offset": offset, "search_id": search_id, "limit": limit + 1}
    with connection.cursor(row_factory=dict_row) as cursor:
        # Never prepared: a plan made for any parameters would look through all articles for a search's.
        rows = cursor.execute(_query("prototype_articles"), values, prepare=False).fetchall()
    shown = [_article(row) for row in rows[:limit]]
    if len(rows) > limit:
        of_search = {} if search_id is None else {"search_id": search_id}
        following = urlencode({"limit": limit, "after": shown[-1].id, **of_search})
        response.headers["Link"] = f'</api/articles?{following}>; rel="next"'
    return shown


@router.get("/articles/{pmid}")
def article(pmid: Pmid, connection: Connection) -> PrototypeArticle:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_query("prototype_article"), {"pmid": pmid}).fetchone()
    if row is None:
        raise NotFound(f"there is no article with PMID {pmid}")
    return _article(row)


@router.get("/export/csv", response_class=StreamingResponse, responses=CSV_ANSWER)
def export_csv(
    question: Annotated[ExportQuestion, Query()],
    shared: ServicesOf,
    connection: StreamingConnection,
    account: Visitor,
) -> StreamingResponse:
    """As `/api/v1/export/csv`: the prototype's fifteen columns come first."""
    return csv(question, shared, connection, account)


def _query(name: str) -> sql.Composed:
    return QUERIES[name].format(columns=QUERIES["prototype_columns"])


def _article(row: dict[str, Any]) -> PrototypeArticle:
    return PrototypeArticle(
        id=row["pmid"],
        pmid="" if is_local(row["pmid"]) else str(row["pmid"]),
        title=row["title"],
        journal=row["journal"] or None,
        pub_date=row["publication_date"],
        authors=[author_line(author) for author in row["authors"]],
        citation_count=row["citations"],
        doi=row["doi"],
        abstract=row["abstract"] or None,
        date_printed=row["publication_date_printed"],
        publication_types=row["publication_types"],
    )
