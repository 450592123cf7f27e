import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.sources import slicing
from primetime.sources.eutils import MOST_OF_ONE_SEARCH, Period, PubMed
from primetime.sources.eutils_replies import Found

MOST = 5
TODAY = date(2026, 2, 28)
FIRST = date(2000, 1, 1)
LAST_DAY = 400
PERIOD = Period(first=FIRST, last=FIRST + timedelta(days=LAST_DAY))
DAYS = st.integers(0, LAST_DAY)
# Few days are crowded where all are as likely.
CROWDED = st.sampled_from([0, 1, 2, 200, LAST_DAY - 1, LAST_DAY])


class Literature:
    """Articles by day, as PubMed hands them out: so many at most of one search, newest first."""

    def __init__(self, days: Sequence[int | tuple[int, int]], *, most: int = MOST) -> None:
        self._most = most
        # An article of print and of the web is of two days.
        self.days = {
            pmid: sorted({FIRST + timedelta(days=day) for day in (of if isinstance(of, tuple) else (of,))})
            for pmid, of in enumerate(days, 1)
        }
        self.asked: list[tuple[Period, int]] = []

    async def search(self, period: Period, most: int) -> Found:
        inside = sorted(
            (
                (found[-1], pmid)
                for pmid, days in self.days.items()
                if (found := [day for day in days if period.first <= day <= period.last])
            ),
            reverse=True,
        )
        self.asked.append((period, len(inside)))
        pmids = tuple(pmid for _, pmid in inside[: min(most, self._most)])
        return Found(count=len(inside), pmids=pmids, query="", translations=(), not_found=())

    @property
    def newest(self) -> list[int]:
        return sorted(self.days, key=lambda pmid: (self.days[pmid][-1], pmid), reverse=True)

    @property
    def taken(self) -> list[Period]:
        """The parts that were not halved, newest first."""
        return [part for part, count in self.asked if count <= MOST or part.first == part.last]


def newest(literature: Literature, limit: int) -> tuple[list[int], int]:
    before = slicing.MOST_OF_ONE_SEARCH
    slicing.MOST_OF_ONE_SEARCH = MOST
    try:
        return asyncio.run(slicing.newest(literature.search, PERIOD, limit=limit))
    finally:
        slicing.MOST_OF_ONE_SEARCH = before


@given(st.lists(DAYS | CROWDED, max_size=60), st.integers(1, 70))
def test_the_newest_come_each_once_in_order(days: list[int], limit: int) -> None:
    literature = Literature(days)
    pmids, beyond = newest(literature, limit)
    dates = [literature.days[pmid][-1] for pmid in pmids]
    assert len(pmids) == len(set(pmids)) <= limit
    assert dates == sorted(dates, reverse=True)
    if not beyond:
        assert pmids == literature.newest[:limit]


@given(st.lists(DAYS | CROWDED, max_size=60))
def test_what_does_not_come_is_counted(days: list[int]) -> None:
    pmids, beyond = newest(Literature(days), 1_000)
    crowded = sum(max(0, count - MOST) for count in Counter(days).values())
    assert (len(pmids), beyond) == (len(days) - crowded, crowded)


@given(st.lists(DAYS | CROWDED, max_size=60), st.integers(1, 70))
def test_no_day_is_left_out_and_none_is_taken_twice(days: list[int], limit: int) -> None:
    literature = Literature(days)
    pmids, _ = newest(literature, limit)
    taken = literature.taken
    assert taken[0].last == PERIOD.last
    for newer, older in pairwise(taken):
        assert older.last == newer.first - timedelta(days=1)
    if len(pmids) < limit:
        assert taken[-1].first == PERIOD.first
    assert len(literature.asked) == len({(part.first, part.last) for part, _ in literature.asked})


@given(st.lists(st.tuples(DAYS, DAYS), max_size=40))
def test_an_article_of_two_days_comes_once(days: list[tuple[int, int]]) -> None:
    literature = Literature(days)
    pmids, beyond = newest(literature, 1_000)
    assert len(pmids) == len(set(pmids))
    if not beyond:
        assert set(pmids) == set(literature.days)


@pytest.mark.parametrize("day", [0, LAST_DAY // 2, LAST_DAY])
def test_one_day_with_more_than_a_search_hands_out_is_told(day: int) -> None:
    pmids, beyond = newest(Literature([day] * 9), 100)
    assert (len(pmids), beyond) == (MOST, 4)


def test_days_that_are_not_reached_are_not_told() -> None:
    assert newest(Literature([0] * 9 + [LAST_DAY] * 3), 3)[1] == 0


def test_what_fits_is_asked_for_once() -> None:
    literature = Literature([1, 2, 3])
    assert len(newest(literature, 100)[0]) == 3
    assert len(literature.asked) == 1


class Asked:
    """PubMed with so many articles, the newest of the last day that a plan looks at, the oldest the most relevant."""

    def __init__(self, count: int) -> None:
        last = (date(2028, 12, 31) - FIRST).days
        self.literature = Literature([last - number // 3_000 for number in range(count)], most=MOST_OF_ONE_SEARCH)
        self.orders: list[str] = []
        self.entered: list[tuple[Period, int]] = []

    async def search(self, query: str, *, limit: int, order: str = "relevance", period: Period | None = None) -> Found:
        assert (query, limit <= MOST_OF_ONE_SEARCH) == ("asthma", True)
        self.orders.append(order)
        if period is not None and period.of == "edat":
            self.entered.append((period, limit))
            found = tuple(self.literature.newest[:limit])
            return Found(count=len(found), pmids=found, query="", translations=(), not_found=())
        if period is not None:
            return await self.literature.search(period, limit)
        pmids = tuple(self.literature.newest[::-1][:limit])
        return Found(count=len(self.literature.days), pmids=pmids, query="", translations=(), not_found=())

    def plan(self, limit: int, entered_since: date | None = None) -> slicing.Plan:
        pubmed = cast(PubMed, cast(Any, self))
        return asyncio.run(slicing.plan_search(pubmed, "asthma", limit=limit, today=TODAY, entered_since=entered_since))


@pytest.mark.parametrize(("count", "limit"), [(0, 10_000), (9_999, 10_000), (12_000, 9_999), (12_000, 1)], ids=str)
def test_what_one_search_hands_out_is_asked_for_by_relevance(count: int, limit: int) -> None:
    asked = Asked(count)
    plan = asked.plan(limit)
    assert asked.orders == ["relevance"]
    assert (plan.found.count, len(plan.pmids), plan.beyond_reach) == (count, min(count, limit), 0)


@pytest.mark.parametrize("count", [10_000, 12_000, 25_000])
def test_after_the_most_relevant_that_one_search_hands_out_come_the_newest_others(count: int) -> None:
    asked = Asked(count)
    plan = asked.plan(10_000)
    assert set(asked.orders[1:]) == {"pub_date"}
    assert (plan.found.count, plan.beyond_reach) == (count, 0)
    best = asked.literature.newest[::-1][:MOST_OF_ONE_SEARCH]
    others = [pmid for pmid in asked.literature.newest if pmid not in set(best)]
    assert list(plan.pmids) == [*best, *others][:10_000]


def test_what_came_since_follows_where_the_best_are_not_all() -> None:
    since = date(2026, 2, 20)
    asked = Asked(100)
    best = asked.literature.newest[::-1]
    assert list(asked.plan(5, since).pmids) == [*best[:5], *best[::-1][:5]]
    assert asked.entered == [(Period(first=since, last=TODAY, of="edat"), 5)]
    assert list(asked.plan(98, since).pmids) == [*best[:98], best[99], best[98]], "each once"
    assert len(asked.plan(100, since).pmids) == 100
    assert len(asked.entered) == 2, "all had come already"
