"""Searches in the database: made, looked up, cancelled, compared."""

from dataclasses import dataclass, replace
from typing import Literal

import psycopg
from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from primetime.articles.listing import QUERIES as ARTICLE_QUERIES
from primetime.articles.listing import Filters
from primetime.database.queries import load_queries
from primetime.errors import Busy, NotFound
from primetime.searches.record import Order, Result, Search, check, concepts_json, limits_json

QUERIES = load_queries("primetime.searches")
Sort = Literal["rank", "similarity", "newest", "citations"]
_ORDERS: dict[Sort, str] = {
    "rank": "by_rank",
    "similarity": "by_similarity",
    "newest": "by_date",
    "citations": "by_citations",
}


@dataclass(frozen=True, kw_only=True)
class Unavailable:
    """An article that PubMed found and would not give."""

    pmid: int
    rank: int
    problem: str


@dataclass(frozen=True, kw_only=True)
class Shared:
    """An article of two searches, or of one of them (the other's rank is None)."""

    pmid: int
    rank_in_one: int | None
    rank_in_other: int | None


def create_search(
    connection: psycopg.Connection,
    order: Order,
    *,
    account_id: int | None = None,
    saved_search_id: int | None = None,
) -> int:
    """A planned search; its id. Raises BadInput for an order that cannot be carried out."""
    order = check(order)
    row = connection.execute(
        QUERIES["create_search"],
        {
            "account_id": account_id,
            "idea": order.idea,
            "keywords": order.keywords,
            "query": order.query,
            "concepts": Jsonb(concepts_json(order.concepts)),
            "limits": Jsonb(limits_json(order.limits)),
            "max_results": order.max_results,
            "saved_search_id": saved_search_id,
        },
    ).fetchone()
    assert row is not None
    return int(row[0])


def find_search(connection: psycopg.Connection, search_id: int, *, model_hash: str | None = None) -> Search:
    """The search. `model_hash`: whose vectors count as embedded while it runs. Raises NotFound."""
    query = _with_progress("find_search")
    with connection.cursor(row_factory=class_row(Search)) as cursor:
        found = cursor.execute(query, {"id": search_id, "model_hash": model_hash}).fetchone()
    if found is None:
        raise not_found(search_id)
    return found


def list_searches(
    connection: psycopg.Connection,
    *,
    saved_search_id: int | None = None,
    before: int | None = None,
    limit: int = 25,
    offset: int = 0,
    model_hash: str | None = None,
) -> tuple[list[Search], int]:
    """A page of searches, newest first, those asked for before one if that is given, and how many there are: all, or
    the runs of a saved one.
    """
    query = _with_progress("list_searches")
    values = {
        "saved_search_id": saved_search_id,
        "before": before,
        "limit": limit,
        "offset": offset,
        "model_hash": model_hash,
    }
    with connection.cursor(row_factory=class_row(Search)) as cursor:
        page = cursor.execute(query, values).fetchall()
    counted = connection.execute(QUERIES["count_searches"], values).fetchone()
    return page, counted[0] if counted else 0


def results_of(
    connection: psycopg.Connection,
    search_id: int,
    *,
    sort: Sort = "rank",
    only_new: bool = False,
    also_in: int | None = None,
    not_in: int | None = None,
    filters: Filters | None = None,
    limit: int | None = 25,
    offset: int = 0,
) -> tuple[list[Result], int]:
    """A page of the search's stored articles, and how many there are; all, or those that pass the filters, and that
    another search has stored also, or has not. `limit` None: all at once. Raises NotFound.
    """
    for one in (search_id, also_in, not_in):
        if one is not None:
            require(connection, one)
    parameters = {
        # What a search has found is in it, whether it is linked to another or not.
        **vars(replace(filters or Filters(), duplicates=True)),
        "id": search_id,
        "only_new": only_new,
        "also_in": also_in,
        "not_in": not_in,
        "limit": limit,
        "offset": offset,
    }
    listed = QUERIES["listed"].format(filter=ARTICLE_QUERIES["filter"])
    order = QUERIES[_ORDERS[sort]].format(citations=ARTICLE_QUERIES["citations"])
    with connection.cursor(row_factory=class_row(Result)) as cursor:
        query = QUERIES["results"].format(listed=listed, order=order)
        page = cursor.execute(query, parameters, prepare=False).fetchall()
    counting = QUERIES["count_results"].format(listed=listed)
    counted = connection.execute(counting, parameters, prepare=False).fetchone()
    return page, counted[0] if counted else 0


def unavailable_of(
    connection: psycopg.Connection, search_id: int, *, after: int | None = None, limit: int | None = None
) -> list[Unavailable]:
    """The articles without a record, and why, by rank: all, or so many after one."""
    with connection.cursor(row_factory=class_row(Unavailable)) as cursor:
        values = {"id": search_id, "after": after, "limit": limit}
        return cursor.execute(QUERIES["unavailable"], values).fetchall()


def compare(connection: psycopg.Connection, one: int, other: int) -> list[Shared]:
    """Every article of two searches with its rank in each, best first. Raises NotFound."""
    for search_id in (one, other):
        require(connection, search_id)
    with connection.cursor(row_factory=class_row(Shared)) as cursor:
        return cursor.execute(QUERIES["compare"], {"one": one, "other": other}).fetchall()


def cancel_search(connection: psycopg.Connection, search_id: int) -> None:
    """End a search that has not ended: what is stored stays. Raises NotFound, Busy where it has ended already."""
    if connection.execute(QUERIES["cancel_search"], {"id": search_id}).fetchone() is None:
        require(connection, search_id)
        raise Busy(f"search {search_id} has ended already", remedy="there is nothing to cancel")


def delete_search(connection: psycopg.Connection, search_id: int) -> None:
    """Forget a search; its articles stay stored. Raises NotFound, Busy where it still runs."""
    if connection.execute(QUERIES["delete_search"], {"id": search_id}).fetchone() is None:
        require(connection, search_id)
        raise Busy(f"search {search_id} is under way", remedy="cancel it first")


def fail_search(connection: psycopg.Connection, search_id: int, problem: str) -> None:
    """End a search that cannot go on, with the reason."""
    connection.execute(QUERIES["fail_search"], {"id": search_id, "problem": problem})


def owner_of(connection: psycopg.Connection, search_id: int) -> int | None:
    """The account that asked for it; None: it is nobody's, as the command line's are. Raises NotFound."""
    row = connection.execute(QUERIES["owner_of"], {"id": search_id}).fetchone()
    if row is None:
        raise not_found(search_id)
    return None if row[0] is None else int(row[0])


def require(connection: psycopg.Connection, search_id: int) -> None:
    """Raises NotFound unless there is this search."""
    row = connection.execute(QUERIES["exists"], {"id": search_id}).fetchone()
    if row is None or not row[0]:
        raise not_found(search_id)


def not_found(search_id: int) -> NotFound:
    return NotFound(f"there is no search {search_id}", remedy="look for it in the list of searches")


def fetched_pmids(connection: psycopg.Connection, search_id: int) -> list[int]:
    """The PMIDs of the search's stored articles by rank."""
    return [pmid for (pmid,) in connection.execute(QUERIES["fetched_pmids"], {"id": search_id})]


def _with_progress(name: str) -> sql.Composed:
    return QUERIES[name].format(columns=QUERIES["search_columns"], tables=QUERIES["search_tables"])
