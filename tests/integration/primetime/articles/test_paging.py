"""Pages by the last article's place, in a real PostgreSQL."""

import random
import string
from datetime import date
from typing import get_args

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from primetime.articles import listing
from primetime.articles.listing import Filters, Sort, list_articles
from primetime.articles.paging import Place, articles_after, place_of, read_place
from primetime.articles.record import Article, PublicationDate
from primetime.articles.storing import store_articles
from primetime.errors import BadInput

# Days and titles that several share, and some without a day.
DAYS = [None, date(2001, 5, 1), date(2001, 5, 1), date(1999, 1, 1), date(2010, 1, 2)]
TITLES = ["Asthma", "asthma", "Zoster", "Älter"]
ARTICLES = [
    Article(
        pmid=pmid,
        title=TITLES[pmid % len(TITLES)],
        abstract="heart" if pmid % 3 else "lung",
        publication_date=PublicationDate(printed="", first=DAYS[pmid % 5], last=DAYS[pmid % 5]),
    )
    for pmid in range(1, 38)
]


def pages(connection: psycopg.Connection, filters: Filters, sort: Sort, size: int) -> list[int]:
    """All PMIDs, the first page by number and the others by cursor."""
    first = list_articles(connection, filters, sort=sort, limit=size)
    found = [item.pmid for item in first.items]
    place = place_of(connection, found[-1], sort=sort, shown=len(found)) if found else None
    while place is not None:
        items, place = articles_after(connection, filters, read_place(str(place)), limit=size)
        assert items
        assert len(items) <= size
        found += [item.pmid for item in items]
        if len(found) >= first.total:
            assert place is None
    return found


@pytest.mark.parametrize("size", [1, 4, 36])
@pytest.mark.parametrize("sort", get_args(Sort))
def test_the_pages_are_the_whole_list_in_its_order(connection: psycopg.Connection, sort: Sort, size: int) -> None:
    store_articles(connection, ARTICLES)
    for filters in (Filters(), Filters(q="heart"), Filters(year_from=2000)):
        whole = [item.pmid for item in list_articles(connection, filters, sort=sort, limit=100).items]
        if len(whole) > size:
            assert pages(connection, filters, sort, size) == whole


@pytest.mark.parametrize("filters", [Filters(), Filters(q="heart"), Filters(q="heart", year_from=1900)])
def test_a_list_too_long_to_count_says_about_how_many(
    connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, filters: Filters
) -> None:
    store_articles(connection, ARTICLES)
    connection.execute("ANALYZE articles")
    whole = list_articles(connection, filters, limit=100)
    assert not whole.total_is_estimate
    monkeypatch.setattr(listing, "VISITED_AT_MOST", 4)
    monkeypatch.setattr(listing, "INDEXED_AT_MOST", 4)
    first = list_articles(connection, filters, limit=3)
    assert first.items == whole.items[:3]
    assert first.total_is_estimate
    assert 4 <= first.total <= 2 * whole.total
    last = list_articles(connection, filters, limit=3, offset=whole.total - 1)
    assert (last.items, last.total, last.total_is_estimate) == (whole.items[-1:], whole.total, False)
    beyond = list_articles(connection, filters, limit=3, offset=10 * whole.total)
    assert (beyond.items, beyond.total_is_estimate) == ([], True)


def test_what_is_counted_to_its_bound_is_exact(connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    store_articles(connection, ARTICLES)
    found = sum(article.abstract == "heart" for article in ARTICLES)
    monkeypatch.setattr(listing, "VISITED_AT_MOST", found)
    page = list_articles(connection, Filters(q="heart"), limit=2)
    assert (page.total, page.total_is_estimate) == (found, False)


def test_counting_leaves_the_connection_as_it_was(connection: psycopg.Connection) -> None:
    list_articles(connection, Filters(q="heart"))
    assert connection.execute("SHOW enable_seqscan").fetchone() == ("on",)


def test_titles_of_any_length_are_listed_in_order(connection: psycopg.Connection) -> None:
    generator = random.Random(1)
    long = "".join(generator.choices(string.ascii_letters, k=20_000))  # more than an index could take
    titles = {1: "B" + long, 2: "B" + long[:300], 3: "A" + long}
    store_articles(connection, [Article(pmid=pmid, title=title) for pmid, title in titles.items()])
    assert pages(connection, Filters(), "title", 1) == [3, 1, 2]


def test_what_comes_in_between_moves_nothing(connection: psycopg.Connection) -> None:
    store_articles(connection, ARTICLES)
    whole = [item.pmid for item in list_articles(connection, Filters(), limit=100).items]
    place = place_of(connection, whole[9], sort="newest", shown=10)
    newest = PublicationDate(printed="2020", first=date(2020, 1, 1), last=date(2020, 12, 31))
    store_articles(connection, [Article(pmid=500, title="New", publication_date=newest)])
    items, _ = articles_after(connection, Filters(), place, limit=10)
    assert [item.pmid for item in items] == whole[10:20]


def test_relevance_has_no_bottom_but_one(connection: psycopg.Connection) -> None:
    with pytest.raises(BadInput, match="so far down"):
        articles_after(
            connection, Filters(q="x"), Place(sort="relevance", part="ranked", key=None, pmid=10_001), limit=1
        )


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex()))
@example("WyJuZXdlc3QiLCJkYXRlZCIsbnVsbCwxXQ")  # ["newest","dated",null,1]
@example("WyJuZXdlc3QiLCJ0aXRsZWQiLCJ4IiwxXQ")  # ["newest","titled","x",1]
@example("WyJuZXdlc3QiLCJ1bmRhdGVkIixudWxsLC0xXQ")  # ["newest","undated",null,-1]
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadInput, match="cursor"):
        read_place(cursor)
