"""Asking PubMed again for stored articles: a retraction or a correction comes after the article."""

from dataclasses import dataclass

import psycopg
import structlog

from primetime.articles.identifiers import LARGEST_PMID
from primetime.errors import SourceUnavailable
from primetime.searches.fetching import store_in_turn
from primetime.searches.storing import QUERIES
from primetime.settings import Settings
from primetime.sources.eutils import BATCH, pmids_of
from primetime.sources.opening import Sources

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Renewed:
    """What PubMed was asked for again."""

    asked: int
    changed: int
    without_record: int  # they stay as they are
    problem: str = ""  # why it was not asked to the end


def count_to_renew(connection: psycopg.Connection, settings: Settings) -> int:
    """How many articles the next night asks for again."""
    return len(_to_renew(connection, settings))


def renew_articles(connection: psycopg.Connection, sources: Sources, settings: Settings) -> Renewed:
    """Fetch the articles that PubMed was not asked for in so many days, longest ago first, as many as a night may.

    Commits after every page of 200. When PubMed is unavailable, what came before stays. Raises Busy.
    """
    pmids = _to_renew(connection, settings)
    connection.commit()
    asked = changed = without_record = 0
    for start in range(0, len(pmids), BATCH):
        batch = pmids[start : start + BATCH]
        try:
            records = sources.portal.call(sources.pubmed.fetch_articles, batch)
        except SourceUnavailable as error:
            log.warning("stored articles not asked for again", cause=str(error))
            return Renewed(asked=asked, changed=changed, without_record=without_record, problem=str(error))
        changed += store_in_turn(connection, records, lambda: None, asked=batch).updated
        asked += len(batch)
        without_record += len(set(batch) - pmids_of(records))
    return Renewed(asked=asked, changed=changed, without_record=without_record)


def _to_renew(connection: psycopg.Connection, settings: Settings) -> list[int]:
    rows = connection.execute(
        QUERIES["to_renew"],
        {
            "days": settings.article_max_age_days,
            "largest_pmid": LARGEST_PMID,
            "limit": settings.articles_a_night,
        },
    )
    return [pmid for (pmid,) in rows]
