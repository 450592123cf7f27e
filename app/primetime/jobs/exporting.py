"""Large exports as jobs: read from the database, put into the exports bucket as they come, told as they go.

Killed at any moment, an export is begun again and the parts of the dead upload are forgotten; one that fails, or that
is deleted on the way, leaves nothing in the bucket.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import structlog
from procrastinate import App, JobContext, RetryStrategy
from psycopg.types.json import Jsonb

from primetime.articles.exporting.formats import ExportFormat, export_pieces, extension_of, media_type_of
from primetime.articles.exporting.selection import ExportRow
from primetime.buckets.bucket import open_bucket
from primetime.database.connection import connect
from primetime.database.locks import exclusive
from primetime.errors import BadInput, NotFound, PrimeTimeError, StorageUnavailable
from primetime.exports.selection import Selection, look_up
from primetime.exports.storing import QUERIES, fail_export, forget_expired
from primetime.settings import Settings
from primetime.telemetry.metrics import EXPORTS_GENERATED

EXPORT_TASK = "export"
EXPORT_ATTEMPTS = 3
_AGAIN_SECONDS = 60
_FORGET = "forget_exports"
_TELL_EVERY = 1.0  # seconds

log = structlog.get_logger(__name__)


class DeletedError(Exception):
    """Somebody has deleted the export while it was made."""


def add_export_task(queue: App, settings: Settings, *, queue_name: str) -> None:
    """Let the queue's worker make exports, one at a time."""

    @queue.task(
        name=EXPORT_TASK,
        queue=queue_name,
        lock=EXPORT_TASK,
        retry=RetryStrategy(max_attempts=EXPORT_ATTEMPTS - 1, wait=_AGAIN_SECONDS),
        pass_context=True,
    )
    def export(context: JobContext, export_id: int) -> None:
        try:
            run_export(settings, export_id)
        except (NotFound, BadInput) as error:
            # The search or the collection is gone: another attempt would find the same.
            _end(settings, export_id, error)
        except Exception as error:
            if context.job.attempts + 1 >= EXPORT_ATTEMPTS:
                _end(settings, export_id, error)
            else:
                problem = f"{_told(error)}; it is tried again in a minute"
                with connect(settings) as connection:
                    connection.execute(QUERIES["tell_problem"], {"id": export_id, "problem": problem})
            raise

    @queue.periodic(cron="*/5 * * * *", periodic_id="exports")
    @queue.task(name=_FORGET, queue=queue_name, queueing_lock=_FORGET, lock=_FORGET)
    def forget_exports(timestamp: int) -> None:
        del timestamp
        try:
            forget_expired_exports(settings)
        except StorageUnavailable as error:
            # No failure of the job's: five minutes later it is tried again, for as long as it takes.
            log.warning("files of exports are not deleted yet", problem=str(error), remedy=error.remedy)


def enqueue_export(
    queue: App, connection: psycopg.Connection, selection: Selection, format_: ExportFormat, *, account_id: int
) -> int:
    """Ask the queue for an export, in one transaction; its id. Raises NotFound, and BadInput for one of nothing."""
    selected = look_up(connection, selection, account_id=account_id)
    if not selected.articles:
        raise BadInput("there are no articles to export", remedy="export something that has some")
    file_name = f"prime-time-{datetime.now(UTC):%Y%m%d-%H%M}.{extension_of(format_)}"
    values = {
        "account_id": account_id,
        "format": format_.value,
        "selection": Jsonb(selection.as_json()),
        "title": selected.title[:300],
        "file_name": file_name,
        # Nobody who knows one key can guess another.
        "object_key": f"{uuid4()}/{file_name}",
        "articles": selected.articles,
    }
    with connection.transaction():
        row = connection.execute(QUERIES["add_export"], values).fetchone()
        assert row is not None
        export_id = int(row[0])
        job_id = queue.configure_task(EXPORT_TASK, connection=connection).defer(export_id=export_id)
        connection.execute(QUERIES["set_job"], {"id": export_id, "job_id": job_id})
    return export_id


def run_export(settings: Settings, export_id: int) -> None:
    """Make an export. Returns at once when it was deleted, or has ended.

    Raises StorageUnavailable, Busy while another process makes it, and NotFound for a search or a collection that is
    gone, or is no longer shared.
    """
    bucket = open_bucket(settings)
    with (
        connect(settings) as connection,
        connect(settings) as telling,
        exclusive(connection, f"export {export_id}"),
    ):
        telling.autocommit = True
        begun = telling.execute(QUERIES["begin"], {"id": export_id}).fetchone()
        if begun is None:
            return
        account_id, format_name, stored, file_name, key = begun
        format_ = ExportFormat(format_name)
        teller = _Teller(telling, export_id)
        bucket.clear(key)  # what an attempt that died has left
        try:
            selected = look_up(connection, Selection.of_json(stored), account_id=account_id)
            teller.tell("note_articles", articles=selected.articles)
            pieces = export_pieces(teller.counted(selected.rows), format_, selected.context)
            size = bucket.upload(key, pieces, media_type=media_type_of(format_), file_name=file_name)
            teller.tell("finish", written=teller.written, bytes=size, days=settings.exports_days)
        except DeletedError:
            bucket.clear(key)
            log.info("an export was deleted while it was made", export_id=export_id)
            return
    EXPORTS_GENERATED.inc()


def forget_expired_exports(settings: Settings) -> None:
    """Delete the files whose export was deleted or whose link has ended. Raises StorageUnavailable."""
    if settings.exports_bucket:
        with connect(settings) as connection:
            forget_expired(connection, open_bucket(settings), days=settings.exports_days)


def end_export(settings: Settings, export_id: int, *, failure: str, remedy: str) -> None:
    """End an export that cannot be made, and leave nothing of it."""
    with connect(settings) as connection:
        fail_export(connection, open_bucket(settings), export_id, failure=failure, remedy=remedy)


class _Teller:
    """Writes down how an export stands, on a connection of its own."""

    def __init__(self, connection: psycopg.Connection, export_id: int) -> None:
        self.written = 0
        self._connection = connection
        self._id = export_id
        self._told = time.monotonic()

    def tell(self, query: str, **values: object) -> None:
        """Raises DeletedError where there is no such export any more."""
        if self._connection.execute(QUERIES[query], {"id": self._id, **values}).fetchone() is None:
            raise DeletedError

    def counted(self, rows: Iterator[ExportRow]) -> Iterator[ExportRow]:
        for row in rows:
            yield row
            self.written += 1
            if time.monotonic() - self._told > _TELL_EVERY:
                self._told = time.monotonic()
                self.tell("note_written", written=self.written)


def _end(settings: Settings, export_id: int, error: Exception) -> None:
    failure, remedy = _told(error), error.remedy if isinstance(error, PrimeTimeError) else ""
    end_export(settings, export_id, failure=failure, remedy=remedy)


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, PrimeTimeError) else f"unexpected {type(error).__name__}"
