"""Finding stored articles: filters, full text, paging; one query a page, never one a row."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

import psycopg
from psycopg import sql
from psycopg.rows import class_row, dict_row

from primetime.database.queries import load_queries

QUERIES = load_queries("primetime.articles")
Sort = Literal["newest", "oldest", "title", "relevance"]
_EXCERPT = 280


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a listing is narrowed to; None does not narrow."""

    q: str | None = None  # full text, as one writes it in a search engine: "quoted phrase" or -excluded
    year_from: int | None = None
    year_to: int | None = None
    journal: str | None = None
    publication_type: str | None = None
    mesh: str | None = None  # a heading's name
    pmids: list[int] | None = None
    duplicates: bool = False  # true: also those that are linked to another


@dataclass(frozen=True, kw_only=True)
class ArticleSummary:
    pmid: int
    title: str
    excerpt: str
    journal: str
    year: int | None
    date_printed: str
    authors: list[str]  # Smith J
    publication_types: list[str]
    made_up: bool
    retracted: bool


@dataclass(frozen=True, kw_only=True)
class Page:
    items: list[ArticleSummary]
    total: int


@dataclass(frozen=True, kw_only=True)
class StoredArticle:
    """An article with everything that is stored of it; lists of objects as in the table's comments."""

    pmid: int
    version: int
    title: str
    abstract: str
    abstract_sections: list[dict[str, Any]]
    journal: str
    journal_abbreviation: str
    year: int | None
    publication_date: date | None
    publication_date_last: date | None
    date_printed: str
    authors: list[dict[str, Any]]
    mesh: list[dict[str, Any]]
    publication_types: list[str]
    keywords: list[str]
    doi: str | None
    pmc: str | None
    languages: list[str]
    volume: str
    issue: str
    pages: str
    details: dict[str, Any]  # what of Details is not empty
    made_up: bool
    retracted: bool
    imported_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class EarlierVersion:
    """What an article was before it was replaced by a newer record, or withdrawn."""

    version: int
    title: str
    reason: str  # replaced, deleted
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The stored articles, counted."""

    articles: int
    with_abstract: int
    made_up: int
    years: list[dict[str, int]]  # [{year, articles}], oldest first
    journals: list[dict[str, Any]]  # [{name, articles}], largest first


def list_articles(
    connection: psycopg.Connection, filters: Filters, *, sort: Sort = "newest", limit: int = 25, offset: int = 0
) -> Page:
    """A page of articles and how many there are in all."""
    parameters = asdict(filters)
    with connection.cursor(row_factory=dict_row) as cursor:
        # Never prepared: a plan made for any parameters could not leave out the filters that are not used.
        rows = cursor.execute(
            select_articles("list_articles", filters, sort),
            {**parameters, "limit": limit, "offset": offset},
            prepare=False,
        ).fetchall()
    return Page(items=[_summary(row) for row in rows], total=count_articles(connection, filters))


def count_articles(connection: psycopg.Connection, filters: Filters) -> int:
    """How many articles the filters leave."""
    counted = connection.execute(
        QUERIES["count_articles"].format(filter=QUERIES["filter"]), asdict(filters), prepare=False
    ).fetchone()
    return int(counted[0]) if counted else 0


def summaries_of(connection: psycopg.Connection, pmids: list[int]) -> list[ArticleSummary]:
    """The summaries of these articles, in this order; those that are not stored are left out."""
    with connection.cursor(row_factory=dict_row) as cursor:
        found = {row["pmid"]: row for row in cursor.execute(QUERIES["summaries_of"], {"pmids": pmids})}
    return [_summary(found[pmid]) for pmid in pmids if pmid in found]


def find_article(connection: psycopg.Connection, pmid: int) -> StoredArticle | None:
    with connection.cursor(row_factory=class_row(StoredArticle)) as cursor:
        return cursor.execute(QUERIES["find_article"], {"pmid": pmid}).fetchone()


def earlier_versions(connection: psycopg.Connection, pmid: int) -> list[EarlierVersion]:
    """Newest first."""
    with connection.cursor(row_factory=class_row(EarlierVersion)) as cursor:
        return cursor.execute(QUERIES["earlier_versions"], {"pmid": pmid}).fetchall()


def describe_corpus(connection: psycopg.Connection, *, journals: int = 10) -> Corpus:
    """The stored articles, counted; each once, whatever its duplicates."""
    wanted = ("corpus_counts", "articles_by_year", "largest_journals")
    counts_of, by_year, largest = (QUERIES[name].format(counted=QUERIES["counted"]) for name in wanted)
    with connection.cursor(row_factory=dict_row) as cursor:
        counts = cursor.execute(counts_of).fetchone()
        assert counts is not None
        return Corpus(
            **counts,
            years=cursor.execute(by_year).fetchall(),
            journals=cursor.execute(largest, {"limit": journals}).fetchall(),
        )


def select_articles(name: str, filters: Filters, sort: Sort) -> sql.Composed:
    """A query of this room with the filters and the order put in; without a text, relevance means newest."""
    order = "newest" if sort == "relevance" and filters.q is None else sort
    return QUERIES[name].format(filter=QUERIES["filter"], order=QUERIES[order], columns=QUERIES["export_columns"])


def author_line(author: dict[str, Any]) -> str:
    """An author as a reference list prints it: Smith J, or the group's name."""
    if author.get("collective_name"):
        return str(author["collective_name"])
    return " ".join(part for part in (author.get("last_name"), author.get("initials")) if part)


def _summary(row: dict[str, Any]) -> ArticleSummary:
    authors = [author_line(author) for author in row.pop("authors")]
    excerpt = _excerpt(row.pop("beginning"))
    return ArticleSummary(**row, excerpt=excerpt, authors=authors)


def _excerpt(beginning: str) -> str:
    text = " ".join(beginning.split())
    if len(text) <= _EXCERPT:
        return text
    return text[:_EXCERPT].rsplit(" ", 1)[0].rstrip(",;:.") + " …"
