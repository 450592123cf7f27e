"""More results than one ESearch hands out: the publication dates are halved until every part fits."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

from primetime.sources.eutils import MOST_OF_ONE_SEARCH, Period, PubMed
from primetime.sources.eutils_replies import Found

# PubMed's oldest articles are of 1781; the newest are dated when their issue will appear.
OLDEST = date(1780, 1, 1)
YEARS_AHEAD = 2


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a search is to fetch, in order."""

    found: Found  # of the whole query: its count is PubMed's, whatever the limit
    pmids: tuple[int, ...]
    beyond_reach: int = 0  # articles of single days with more than one search hands out


Search = Callable[[Period, int], Awaitable[Found]]


async def plan_search(
    pubmed: PubMed, query: str, *, limit: int, today: date, entered_since: date | None = None
) -> Plan:
    """The first `limit` articles: the best by PubMed's relevance; where that list ends before, the newest others.

    Where that is not all, up to `limit` of those follow that came into PubMed on `entered_since` or later.
    """

    async def search(period: Period, most: int) -> Found:
        return await pubmed.search(query, limit=most, order="pub_date", period=period)

    found = await pubmed.search(query, limit=min(limit, MOST_OF_ONE_SEARCH))
    pmids, beyond = found.pmids, 0
    if limit > MOST_OF_ONE_SEARCH and found.count > MOST_OF_ONE_SEARCH:
        published = Period(first=OLDEST, last=date(today.year + YEARS_AHEAD, 12, 31))
        others, beyond = await newest(search, published, limit=limit)
        pmids = tuple(dict.fromkeys([*pmids, *others]))[:limit]
    if entered_since is not None and found.count > len(pmids):
        entered = await search(Period(first=entered_since, last=today, of="edat"), min(limit, MOST_OF_ONE_SEARCH))
        pmids = tuple(dict.fromkeys([*pmids, *entered.pmids]))
    return Plan(found=found, pmids=pmids, beyond_reach=beyond)


async def newest(search: Search, period: Period, *, limit: int) -> tuple[list[int], int]:
    """The newest `limit` PMIDs of a period, each once, and how many of single days were out of reach."""
    waiting = [period]
    pmids: dict[int, None] = {}
    beyond = 0
    while waiting and len(pmids) < limit:
        part = waiting.pop()
        found = await search(part, MOST_OF_ONE_SEARCH)
        if found.count > MOST_OF_ONE_SEARCH and part.first < part.last:
            middle = part.first + (part.last - part.first) // 2
            # The newer half comes next.
            waiting.append(Period(first=part.first, last=middle))
            waiting.append(Period(first=middle + timedelta(days=1), last=part.last))
            continue
        beyond += max(0, found.count - MOST_OF_ONE_SEARCH)
        pmids.update(dict.fromkeys(found.pmids))
    return list(pmids)[:limit], beyond
