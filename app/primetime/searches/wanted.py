"""Fetching the articles that somebody asked for by PMID."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from primetime.articles.storing import note_unknown, wanted_articles
from primetime.searches.fetching import problems_of, store_in_turn
from primetime.sources.eutils import BATCH, pmids_of
from primetime.sources.opening import Sources

# So long PubMed is not asked again for what it did not know, unless somebody wants it anew: a new PMID may be served by
# then, a withdrawn one never is.
UNKNOWN_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class FetchedWanted:
    fetched: int
    # Of the PMIDs asked for now; they stay wanted.
    unknown: list[int]  # PubMed gave no record
    problems: dict[int, str]  # it gave one that is no article, or cannot be read


def fetch_wanted(
    connection: psycopg.Connection, sources: Sources, *, progress: Callable[[int, int], None] | None = None
) -> FetchedWanted:
    """Fetch and store all wanted articles; each leaves the list when it is stored. Commits after every page.

    What PubMed did not know within the last days is not asked for, unless it was wanted anew since.

    Raises SourceUnavailable; what came before stays.
    """
    wanted = wanted_articles(connection, limit=1_000_000, unknown_days=UNKNOWN_DAYS)
    connection.commit()
    fetched = 0
    unknown: dict[int, str] = {}
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        records = sources.portal.call(sources.pubmed.fetch_articles, batch)
        store_in_turn(connection, records, lambda: None)
        came = pmids_of(records)
        fetched += len(came & set(batch))
        problems = problems_of(records)
        missing = {pmid: problems.get(pmid, "") for pmid in batch if pmid not in came}
        note_unknown(connection, missing)
        connection.commit()
        unknown |= missing
        if progress is not None:
            progress(start + len(batch), len(wanted))
    return FetchedWanted(
        fetched=fetched,
        unknown=[pmid for pmid, problem in unknown.items() if not problem],
        problems={pmid: problem for pmid, problem in unknown.items() if problem},
    )
