"""Storing articles: a file is stored whole or not at all."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import orjson
import psycopg

from primetime.articles.pubmed_xml import SkippedRecord
from primetime.articles.record import Article
from primetime.database.locks import transaction_lock
from primetime.database.queries import load_queries

_QUERIES = load_queries("primetime.articles")
_BATCH = 1_000


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What became of the records read: `read` is the sum of the other four."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0  # stored already as it came, or in a newer version
    skipped: int = 0
    problems: list[SkippedRecord] = field(default_factory=list)  # the skipped ones


def store_articles(
    connection: psycopg.Connection,
    records: Iterable[Article | SkippedRecord],
    *,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Insert what is new and update what has changed, in one transaction.

    `progress` is told after every batch how many records were read. When `records` raises (BadInput in the middle
    of a file), nothing of them is stored. Raises Busy when another import is running: two of them could wait for
    each other's rows.
    """
    read = new = updated = skipped = 0
    problems: list[SkippedRecord] = []
    with connection.transaction():
        transaction_lock(connection, "import")
        connection.execute(_QUERIES["create_incoming"])
        for batch in _batches(records, _BATCH):
            articles = [record for record in batch if isinstance(record, Article)]
            unreadable = [record for record in batch if isinstance(record, SkippedRecord)]
            inserted, changed = _store_batch(connection, articles)
            read += len(batch)
            new += inserted
            updated += changed
            skipped += len(unreadable)
            problems += unreadable
            if progress is not None:
                progress(read)
    unchanged = read - new - updated - skipped
    return ImportReport(read=read, new=new, updated=updated, unchanged=unchanged, skipped=skipped, problems=problems)


def _store_batch(connection: psycopg.Connection, articles: list[Article]) -> tuple[int, int]:
    latest: dict[int, Article] = {}
    for article in articles:
        before = latest.get(article.pmid)
        if before is None or article.version >= before.version:
            latest[article.pmid] = article
    connection.execute(_QUERIES["empty_incoming"])
    with connection.cursor().copy(_QUERIES["copy_incoming"]) as copy:
        for article in latest.values():
            copy.write_row(_row(article))
    connection.execute(_QUERIES["forget_unchanged"])
    row = connection.execute(_QUERIES["upsert_incoming"]).fetchone()
    assert row is not None
    return row[0], row[1]


def _row(article: Article) -> tuple[object, ...]:
    return (
        article.pmid,
        article.version,
        article.title,
        article.abstract,
        _json(article.abstract_sections),
        article.journal,
        article.journal_abbreviation,
        article.publication_date.year,
        article.publication_date.first,
        article.publication_date.last,
        article.publication_date.printed,
        _json(article.authors),
        _json(article.mesh),
        list(article.publication_types),
        list(article.keywords),
        article.doi,
        article.pmc,
        list(article.languages),
        article.owner,
        article.content_hash,
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _batches(records: Iterable[Article | SkippedRecord], size: int) -> Iterator[list[Article | SkippedRecord]]:
    iterator = iter(records)
    while batch := list(islice(iterator, size)):
        yield batch
