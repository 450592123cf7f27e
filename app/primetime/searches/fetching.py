"""From a plan of PMIDs to stored articles: page by page, each page and its mark in one transaction."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import psycopg

from primetime.articles.record import Article, Record, SkippedRecord
from primetime.articles.storing import ImportReport, store_articles
from primetime.database.locks import transaction_lock
from primetime.errors import Busy
from primetime.searches.storing import QUERIES
from primetime.sources.eutils import BATCH, pmids_of
from primetime.sources.opening import Sources

NO_RECORD = "PubMed found it and gave no record of it: withdrawn, merged into another, or a book"
# An import holds its lock for as long as its file takes.
_LONGEST_WAIT = 600.0

GoOn = Callable[[], None]
"""Called between steps; raises to stop"""


def fetch_missing(
    connection: psycopg.Connection,
    sources: Sources,
    search_id: int,
    *,
    max_age_days: int,
    go_on: GoOn,
    stored: Callable[[int], None],
) -> None:
    """Store every planned article that is not stored, or that PubMed was not asked for in `max_age_days`.

    `stored` is told after every page of how many. Done again after any interruption it goes on with what is missing.
    Raises SourceUnavailable, Busy.
    """
    connection.execute(QUERIES["link_stored"], {"id": search_id, "days": max_age_days})
    missing = missing_pmids(connection, search_id)
    connection.commit()
    if not missing:
        return
    history = sources.portal.call(sources.pubmed.post, missing)
    problems: dict[int, str] = {}
    for start in range(0, len(missing), BATCH):
        go_on()
        records = sources.portal.call(partial(sources.pubmed.fetch, history, start=start))
        _store(connection, search_id, records, problems, go_on)
        stored(len(records))
    # What did not come with the others is asked for by itself once more, before it is given up.
    left = missing_pmids(connection, search_id)
    connection.commit()
    for start in range(0, len(left), BATCH):
        go_on()
        batch = left[start : start + BATCH]
        _store(connection, search_id, sources.portal.call(sources.pubmed.fetch_articles, batch), problems, go_on)
    # Of which PubMed has no record any more stays as it is stored.
    connection.execute(QUERIES["link_stored"], {"id": search_id, "days": None})
    _give_up(connection, search_id, problems)


def missing_pmids(connection: psycopg.Connection, search_id: int) -> list[int]:
    """The planned PMIDs that are neither fetched nor given up, by rank."""
    return [pmid for (pmid,) in connection.execute(QUERIES["missing"], {"id": search_id})]


def store_in_turn(
    connection: psycopg.Connection,
    records: Sequence[Record],
    go_on: GoOn,
    mark: Callable[[list[int], list[int]], None] | None = None,
    asked: Sequence[int] = (),
) -> ImportReport:
    """Store what PubMed has given as soon as no import is running. Raises Busy after ten minutes of waiting.

    `mark` is called in the same transaction with the PMIDs read and those that were stored before. `asked` are those of
    which it may have given none.
    """
    deadline = time.monotonic() + _LONGEST_WAIT
    while True:
        go_on()
        try:
            with connection.transaction():
                # Taken before looking: between the look and the store nobody else may store the same article.
                transaction_lock(connection, "import")
                pmids = sorted(pmids_of(records))
                known = [pmid for (pmid,) in connection.execute(QUERIES["stored_among"], {"pmids": pmids})]
                report = store_articles(connection, [record for record in records if isinstance(record, Article)])
                connection.execute(QUERIES["note_checked"], {"pmids": [*pmids, *asked]})
                if mark is not None:
                    mark(pmids, known)
        except Busy:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.25)
        else:
            connection.commit()
            return report


def _store(
    connection: psycopg.Connection,
    search_id: int,
    records: Sequence[Record],
    problems: dict[int, str],
    go_on: GoOn,
) -> None:
    problems.update(problems_of(records))

    def mark(pmids: list[int], known: list[int]) -> None:
        connection.execute(QUERIES["mark_fetched"], {"id": search_id, "pmids": pmids, "known": known})

    store_in_turn(connection, records, go_on, mark)


def problems_of(records: Iterable[Record]) -> dict[int, str]:
    """Why no article could be made of a record, by its PMID."""
    skipped = (record for record in records if isinstance(record, SkippedRecord))
    return {record.pmid: record.reason for record in skipped if record.pmid is not None}


def _give_up(connection: psycopg.Connection, search_id: int, problems: dict[int, str]) -> None:
    for pmid in missing_pmids(connection, search_id):
        parameters = {"id": search_id, "pmids": [pmid], "problem": problems.get(pmid, NO_RECORD)}
        connection.execute(QUERIES["mark_unavailable"], parameters)
    connection.commit()
