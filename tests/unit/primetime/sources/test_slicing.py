import asyncio
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from primetime.sources import slicing
from primetime.sources.eutils import Period
from primetime.sources.eutils_replies import Found

MOST = 5
FIRST = date(2000, 1, 1)


class Literature:
    """Articles by day, as PubMed hands them out: five at most of one search, newest first."""

    def __init__(self, days: list[int]) -> None:
        self.articles = sorted(((FIRST + timedelta(days=day), pmid) for pmid, day in enumerate(days, 1)), reverse=True)
        self.searches = 0

    async def search(self, period: Period, most: int) -> Found:
        self.searches += 1
        inside = [pmid for day, pmid in self.articles if period.first <= day <= period.last]
        return Found(count=len(inside), pmids=tuple(inside[:MOST]), query="", translations=(), not_found=())


def newest(literature: Literature, limit: int) -> tuple[list[int], int]:
    period = Period(first=FIRST, last=FIRST + timedelta(days=400))
    before = slicing.MOST_OF_ONE_SEARCH
    slicing.MOST_OF_ONE_SEARCH = MOST
    try:
        return asyncio.run(slicing.newest(literature.search, period, limit=limit))
    finally:
        slicing.MOST_OF_ONE_SEARCH = before


@given(st.lists(st.integers(0, 400), max_size=60), st.integers(1, 70))
def test_the_newest_come_each_once_in_order(days: list[int], limit: int) -> None:
    literature = Literature(days)
    pmids, beyond = newest(literature, limit)
    by_day = dict(map(reversed, literature.articles))  # type: ignore[arg-type]
    assert len(pmids) == len(set(pmids)) <= limit
    assert [by_day[pmid] for pmid in pmids] == sorted((by_day[pmid] for pmid in pmids), reverse=True)
    if not beyond:
        assert pmids == [pmid for _, pmid in literature.articles][:limit]


def test_one_day_with_more_than_a_search_hands_out_is_told() -> None:
    pmids, beyond = newest(Literature([3] * 9), 100)
    assert (len(pmids), beyond) == (MOST, 4)


def test_what_fits_is_asked_for_once() -> None:
    literature = Literature([1, 2, 3])
    assert len(newest(literature, 100)[0]) == 3
    assert literature.searches == 1
