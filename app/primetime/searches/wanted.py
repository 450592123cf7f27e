"""Fetching the articles that somebody asked for by PMID."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from primetime.articles.storing import note_unknown, wanted_articles
from primetime.searches.fetching import store_in_turn
from primetime.sources.eutils import BATCH, pmids_of
from primetime.sources.opening import Sources

# So long PubMed is not asked again for what it did not know, unless somebody wants it anew: a new PMID may be served by
# then, a withdrawn one never is.
UNKNOWN_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class FetchedWanted:
    fetched: int
    unknown: list[int]  # PMIDs asked for now that PubMed gave no record of; they stay wanted


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
    unknown: list[int] = []
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        records = sources.portal.call(sources.pubmed.fetch_articles, batch)
        store_in_turn(connection, records, lambda: None)
        came = pmids_of(records)
        fetched += len(came & set(batch))
        missing = [pmid for pmid in batch if pmid not in came]
        note_unknown(connection, missing)
        connection.commit()
        unknown += missing
        if progress is not None:
            progress(start + len(batch), len(wanted))
    return FetchedWanted(fetched=fetched, unknown=unknown)
