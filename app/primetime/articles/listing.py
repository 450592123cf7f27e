"""Finding stored articles: filters, full text, paging; one query a page, never one a row."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

import psycopg
from psycopg import sql
from psycopg.rows import class_row, dict_row

from primetime.database.queries import load_queries

QUERIES = load_queries("primetime.articles")
EXPORT_COLUMNS = QUERIES["export_columns"].format(citations=QUERIES["citations"])
Sort = Literal["newest", "oldest", "title", "relevance"]
_EXCERPT = 280
# The column that an order goes by, before the PMID.
_KEYS: dict[Sort, str] = {
    "newest": "publication_date",
    "oldest": "publication_date",
    "title": "title",
    "relevance": "search_document",
}
# A list is counted so far, and estimated beyond. Counting takes 0.1 µs an article where an index has all that is asked
# for, and twenty times that where each match is visited in the table, as words, headings and types need.
INDEXED_AT_MOST = 200_000
VISITED_AT_MOST = 10_000
_WORDS_FOR_ONE = 4  # so many are visited in the table of words as soon as one in that of articles


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

    @property
    def visit_matches(self) -> bool:
        """Whether only the table can tell which articles pass, once an index has told the likely ones."""
        return bool(self.q or self.publication_type or self.mesh)


# What was counted of filters; None: more than is counted.
Counts = MutableMapping[Filters, int | None]


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
    total_is_estimate: bool = False


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
    connection: psycopg.Connection,
    filters: Filters,
    *,
    sort: Sort = "newest",
    limit: int = 25,
    offset: int = 0,
    counts: Counts | None = None,
) -> Page:
    """A page of articles and how many there are in all; about so many where counting would take long.

    What stands in `counts`, of the present state of the data, is not counted again, and what is counted is put there.
    """
    page = {"limit": limit, "offset": offset}
    if filters.visit_matches:
        pmids, counted = _page_of_few(connection, filters, sort, page)
    else:
        pmids = page_of_pmids(connection, select_articles("list_pmids", filters, sort), filters, page)
        counted = _counted(connection, filters, counts)
    items = summaries_of(connection, pmids)
    if counted is not None:
        return Page(items=items, total=counted)
    shown = offset + len(items)
    if items and len(items) < limit:  # it is the last page
        return Page(items=items, total=shown)
    return Page(items=items, total=max(_expected(connection, filters, sort), shown), total_is_estimate=True)


def page_of_pmids(
    connection: psycopg.Connection, query: sql.Composed, filters: Filters, page: Mapping[str, object]
) -> list[int]:
    # Never prepared: a plan made for any parameters could not leave out the filters that are not used.
    return [row[0] for row in connection.execute(query, {**vars(filters), **page}, prepare=False)]


def _counted(connection: psycopg.Connection, filters: Filters, counts: Counts | None) -> int | None:
    """How many articles there are, by an index alone; None: more than INDEXED_AT_MOST."""
    keep = counts is not None and filters.pmids is None  # a list is no key
    if counts is not None and keep and filters in counts:
        return counts[filters]
    row = connection.execute(
        QUERIES["count_at_most"].format(filter=QUERIES["filter"]),
        {**vars(filters), "enough": INDEXED_AT_MOST + 1},
        prepare=False,
    ).fetchone()
    found = int(row[0]) if row else 0
    counted = found if found <= INDEXED_AT_MOST else None
    if counts is not None and keep:
        counts[filters] = counted
    return counted


def _page_of_few(
    connection: psycopg.Connection, filters: Filters, sort: Sort, page: Mapping[str, object]
) -> tuple[list[int], int | None]:
    """The page's PMIDs, and how many articles there are: each match is visited once, to be counted and put in order."""
    at_most = _counted_at_most(filters, sort)
    with connection.transaction(force_rollback=True):  # the settings end with it
        connection.execute(QUERIES["by_matches"])
        row = connection.execute(
            select_articles("page_of_few", filters, sort),
            {**vars(filters), **page, "at_most": at_most},
            prepare=False,
        ).fetchone()
    assert row is not None
    counted, pmids = row
    if counted <= at_most:
        return pmids, counted
    # So many pass that the order's own index comes upon a page of them soon.
    return page_of_pmids(connection, select_articles("list_pmids", filters, sort), filters, page), None


def _words_suffice(filters: Filters, sort: Sort) -> bool:
    """Whether the table of words, which is small, tells which articles pass and in which order."""
    return bool(filters.q) and not (filters.journal or filters.publication_type or filters.mesh or sort == "title")


def _counted_at_most(filters: Filters, sort: Sort) -> int:
    if not filters.visit_matches:
        return INDEXED_AT_MOST
    return VISITED_AT_MOST * _WORDS_FOR_ONE if _words_suffice(filters, sort) else VISITED_AT_MOST


def _expected(connection: psycopg.Connection, filters: Filters, sort: Sort) -> int:
    """What PostgreSQL's planner expects of its statistics of values and words, to two digits."""
    # They do not know of duplicates, of which it would expect half of all.
    row = connection.execute(
        QUERIES["plan_of_filter"].format(filter=QUERIES["filter"]),
        vars(replace(filters, duplicates=True)),
        prepare=False,
    ).fetchone()
    expected = int(row[0][0]["Plan"]["Plan Rows"]) if row else 0
    return max(_counted_at_most(filters, sort), round(expected, 2 - len(str(expected))))


def count_articles(connection: psycopg.Connection, filters: Filters) -> int:
    """How many articles the filters leave."""
    counted = connection.execute(
        QUERIES["count_articles"].format(filter=QUERIES["filter"]), vars(filters), prepare=False
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
    order: Sort = "newest" if sort == "relevance" and filters.q is None else sort
    return QUERIES[name].format(
        filter=QUERIES["filter"],
        order=QUERIES[order],
        key=sql.Identifier(_KEYS[order]),
        visited=QUERIES["article_words" if _words_suffice(filters, sort) else "articles"],
        columns=EXPORT_COLUMNS,
    )


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
