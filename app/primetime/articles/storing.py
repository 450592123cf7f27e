"""Storing articles: a file is stored whole or not at all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import psycopg

from primetime.articles.record import Record, SkippedRecord
from primetime.articles.rows import Row, Rows, rows_of
from primetime.database.locks import transaction_lock
from primetime.database.queries import load_queries

_QUERIES = load_queries("primetime.articles")
_BATCH = 1_000


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What became of the records read: `read` is new, updated, unchanged, wanted and skipped together."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0  # stored already as it came, in a newer version, or from a source that tells more
    wanted: int = 0  # PMIDs of a list, stored already or to be fetched
    skipped: int = 0
    deleted: int = 0  # stored articles that the file says PubMed has withdrawn
    problems: list[SkippedRecord] = field(default_factory=list)  # the skipped ones


def store_articles(
    connection: psycopg.Connection,
    records: Iterable[Record],
    *,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Insert what is new, update what has changed, delete what is withdrawn, in one transaction.

    What an article was before it was updated or deleted stays in `article_revisions`. `progress` is told after every
    batch how many records were read. When `records` raises (BadInput in the middle of a file), nothing of them is
    stored. Raises Busy when another import is running: two of them could wait for each other's rows.
    """
    return store_rows(connection, rows_of(records, size=_BATCH), progress=progress)


def store_rows(
    connection: psycopg.Connection, runs: Iterable[Rows], *, progress: Callable[[int], None] | None = None
) -> ImportReport:
    """As `store_articles`, of records that were made into rows elsewhere."""
    read = new = updated = deleted = wanted = 0
    problems: list[SkippedRecord] = []
    with connection.transaction():
        transaction_lock(connection, "import")
        connection.execute(_QUERIES["create_incoming"])
        for rows in runs:
            if rows.articles:
                inserted, changed = _store(connection, rows.articles.values())
                new += inserted
                updated += changed
            if rows.deleted:
                deleted += connection.execute(_QUERIES["delete_articles"], {"pmids": list(rows.deleted)}).rowcount
            if rows.wanted:
                want_articles(connection, rows.wanted)
                wanted += len(rows.wanted)
            read += rows.read
            problems += rows.problems
            if progress is not None:
                progress(read)
        connection.execute(_QUERIES["forget_wanted"])
    return ImportReport(
        read=read,
        new=new,
        updated=updated,
        unchanged=read - new - updated - wanted - len(problems),
        wanted=wanted,
        skipped=len(problems),
        deleted=deleted,
        problems=problems,
    )


def want_articles(connection: psycopg.Connection, pmids: Iterable[int]) -> int:
    """Remember PMIDs that are to be fetched, but for those that are stored. How many were not to be fetched before."""
    return connection.execute(_QUERIES["want_articles"], {"pmids": list(pmids)}).rowcount


def wanted_articles(
    connection: psycopg.Connection, *, limit: int = 10_000, unknown_days: int | None = None
) -> list[int]:
    """The PMIDs that are wanted and not stored, longest waiting first.

    With `unknown_days` those are left out of which PubMed had no article within so many days.
    """
    values = {"limit": limit, "unknown_days": unknown_days}
    return [pmid for (pmid,) in connection.execute(_QUERIES["wanted_articles"], values)]


def note_unknown(connection: psycopg.Connection, unknown: Mapping[int, str]) -> None:
    """Remember of wanted PMIDs that PubMed has no article of them today: why not, empty where it has no record."""
    values = {"pmids": list(unknown), "problems": list(unknown.values())}
    connection.execute(_QUERIES["note_unknown"], values)


def unknown_articles(connection: psycopg.Connection, pmids: Iterable[int]) -> dict[int, str]:
    """Those of the PMIDs that are wanted and of which PubMed had no article when it was last asked, with the reason."""
    return dict(connection.execute(_QUERIES["unknown_articles"], {"pmids": list(pmids)}).fetchall())


def _store(connection: psycopg.Connection, rows: Iterable[Row]) -> tuple[int, int]:
    connection.execute(_QUERIES["empty_incoming"])
    with connection.cursor().copy(_QUERIES["copy_incoming"]) as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute(_QUERIES["forget_unchanged"])
    connection.execute(_QUERIES["keep_replaced"])
    found = connection.execute(_QUERIES["upsert_incoming"]).fetchone()
    assert found is not None
    return found[0], found[1]
