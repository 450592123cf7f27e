"""Which articles are exported, streamed from the database a batch at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from primetime.articles.listing import EXPORT_COLUMNS, QUERIES, Filters, Sort, select_articles
from primetime.articles.local_number import is_local

_BATCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportRow:
    """A stored article as exports need it; lists of objects as in the table's comments."""

    pmid: int  # the article's key; `pubmed_id` is what may be shown
    title: str
    abstract: str
    journal: str
    journal_abbreviation: str
    publication_year: int | None
    publication_date: date | None
    publication_date_printed: str
    authors: list[dict[str, Any]]
    mesh: list[dict[str, Any]]
    publication_types: list[str]
    keywords: list[str]
    doi: str | None
    pmc: str | None
    languages: list[str]
    owner: str
    volume: str
    issue: str
    pages: str
    details: dict[str, Any]
    retracted: bool
    citations: int | None  # None: unknown
    relative_citation_ratio: float | None
    topic: str | None = None  # the name of its topic, where somebody has looked it up

    @property
    def pubmed_id(self) -> int | None:
        return None if is_local(self.pmid) else self.pmid


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a table says besides the articles themselves. What is not known stays empty: unknown is not 0."""

    about: Mapping[str, object] = field(default_factory=dict)  # columns that are the same in each row: Idea, …
    scores: Mapping[int, Mapping[str, object]] = field(default_factory=dict)  # columns by article: Screening, …


def select_filtered(connection: psycopg.Connection, filters: Filters, *, sort: Sort = "newest") -> Iterator[ExportRow]:
    """The articles that the filters leave. The connection is in use until the iterator ends."""
    yield from _stream(connection, select_articles("export_articles", filters, sort), asdict(filters))


def select_ranked(connection: psycopg.Connection, pmids: list[int]) -> Iterator[ExportRow]:
    """These articles in this order, as of a search or a collection. The connection is used as above."""
    yield from _stream(connection, QUERIES["export_ranked"].format(columns=EXPORT_COLUMNS), {"pmids": pmids})


def _stream(
    connection: psycopg.Connection, query: sql.SQL | sql.Composed, parameters: dict[str, Any]
) -> Iterator[ExportRow]:
    with connection.transaction(), connection.cursor("export", row_factory=class_row(ExportRow)) as cursor:
        cursor.itersize = _BATCH
        cursor.execute(query, parameters)
        yield from cursor
