"""Pages that follow one another by the last article's place, not its number: nothing is missed or shown twice when
articles come in between, and a far page costs what the first does."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

import psycopg
from psycopg import sql

from primetime.articles.listing import QUERIES, ArticleSummary, Filters, Sort, page_of_pmids, summaries_of
from primetime.cursors import read_cursor, unknown_cursor, write_cursor
from primetime.database.queries import load_queries
from primetime.errors import BadInput

_PLACES = load_queries("primetime.articles", "paging.sql")
Part = Literal["dated", "undated", "titled", "ranked"]
# By relevance, articles have no place but their number, and each page ranks all that were found.
_DEEPEST_RANK = 10_000
_LARGEST_PMID = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a listing has come to."""

    sort: Sort
    part: Part
    key: str | None  # the last article's date or title
    pmid: int  # its PMID; by relevance, how many articles came before

    def __str__(self) -> str:
        """As a client hands it back: it is not for reading."""
        return write_cursor([self.sort, self.part, self.key, self.pmid])


def read_place(cursor: str) -> Place:
    """Raises BadInput for a cursor that no page has given."""
    try:
        sort, part, key, pmid = read_cursor(cursor)
        known = sort in get_args(Sort) and part in get_args(Part) and type(pmid) is int and 0 <= pmid <= _LARGEST_PMID
        if part == "dated":
            date.fromisoformat(key)
        elif part == "titled":
            known = known and isinstance(key, str)
        if not known or (part == "ranked") is not (sort == "relevance") or (part == "titled") is not (sort == "title"):
            raise ValueError("no such place")
    except (ValueError, TypeError) as error:
        raise unknown_cursor() from error
    return Place(sort=sort, part=part, key=key, pmid=pmid)


def place_of(connection: psycopg.Connection, pmid: int, *, sort: Sort, shown: int) -> Place:
    """The place after a stored article, which is the last of the `shown` first ones."""
    if sort == "relevance":
        return Place(sort=sort, part="ranked", key=None, pmid=shown)
    row = connection.execute(_PLACES["keys"], {"pmid": pmid}).fetchone()
    day, title = row or (None, "")
    if sort == "title":
        return Place(sort=sort, part="titled", key=title, pmid=pmid)
    if day is None:
        return Place(sort=sort, part="undated", key=None, pmid=pmid)
    return Place(sort=sort, part="dated", key=day.isoformat(), pmid=pmid)


def articles_after(
    connection: psycopg.Connection, filters: Filters, place: Place, *, limit: int
) -> tuple[list[ArticleSummary], Place | None]:
    """The articles after a place, at most `limit`, and the place after them; None: there are no more.

    Raises BadInput beyond the 10,000th by relevance.
    """
    pmids = _pmids_after(connection, filters, place, limit + 1)
    shown = pmids[:limit]
    if len(pmids) <= limit:
        return summaries_of(connection, shown), None
    following = place_of(connection, shown[-1], sort=place.sort, shown=place.pmid + limit)
    return summaries_of(connection, shown), following


def _pmids_after(connection: psycopg.Connection, filters: Filters, place: Place, limit: int) -> list[int]:
    if place.part == "ranked":
        if place.pmid > _DEEPEST_RANK:
            raise BadInput("there are no pages so far down by relevance", remedy="narrow the search, or sort by date")
        order = "newest" if filters.q is None else "relevance"
        return _select(connection, filters, sql.SQL("true"), order, {"limit": limit, "offset": place.pmid})
    values = {"key": place.key, "pmid": place.pmid, "limit": limit, "offset": 0}
    found = _select(connection, filters, _PLACES[f"{place.sort}_{place.part}"], place.sort, values)
    if place.part == "dated" and len(found) < limit:
        first = {"pmid": _LARGEST_PMID if place.sort == "newest" else -_LARGEST_PMID, "key": None}
        rest = {**first, "limit": limit - len(found), "offset": 0}
        found += _select(connection, filters, _PLACES[f"{place.sort}_undated"], place.sort, rest)
    return found


def _select(
    connection: psycopg.Connection, filters: Filters, place: sql.SQL, order: str, values: dict[str, Any]
) -> list[int]:
    narrowed = sql.Composed([QUERIES["filter"], sql.SQL(" AND "), place])
    query = QUERIES["list_pmids"].format(filter=narrowed, order=QUERIES[order])
    return page_of_pmids(connection, query, filters, values)
