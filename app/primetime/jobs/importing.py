"""Importing a file that somebody gave to the page: kept in the database, read by the queue, told as it goes."""

import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

import psycopg
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from primetime.articles.duplicates.linking import link_if_needed
from primetime.articles.formats.recognising import Format
from primetime.articles.parallel_reading import read_rows
from primetime.articles.storing import store_rows
from primetime.database.connection import connect
from primetime.database.queries import load_queries
from primetime.errors import BadInput, Busy, line_of_job
from primetime.jobs.deferring import DEFERRING, forget_attempt
from primetime.settings import Settings

_QUERIES = load_queries("primetime.jobs", "imports.sql")
IMPORT_TASK = "import_file"
FETCH_QUEUE = "searches"  # beside an analysis, which may take long
FETCH_TASK = "fetch_list"  # what an import of PMIDs is followed by
_PIECE = 1 << 20
_ATTEMPTS = 31
_AGAIN_SECONDS = 20
PROBLEMS = 200  # told; the count says how many there are

State = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True, kw_only=True)
class FileImport:
    """A file that was given to be imported, and how it stands."""

    id: int
    file_name: str
    format: str
    bytes: int
    state: State
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    records_read: int
    # new, updated, unchanged, wanted, skipped, deleted, duplicates, problems; of a list of PMIDs, once it is fetched,
    # also fetched, unknown, unknown_pmids, and fetch_problem with fetch_again while it cannot be
    report: dict[str, Any] | None
    failure: str | None  # why it was not carried through; nothing of it is stored where there is no report
    remedy: str | None


class _Patient(BaseRetryStrategy):
    """A database that is away is waited for ten minutes; another import, or a run over the duplicates, as long as that
    takes.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        away = isinstance(exception, psycopg.OperationalError) and job.attempts + 1 < _ATTEMPTS
        return RetryDecision(retry_in={"seconds": _AGAIN_SECONDS}) if away or isinstance(exception, Busy) else None


def add_import_task(queue: App, settings: Settings, *, queue_name: str) -> None:
    """Let the queue's worker import files."""
    patient = _Patient()

    @queue.task(
        name=IMPORT_TASK,
        queue=queue_name,
        lock=IMPORT_TASK,
        retry=patient,
        pass_context=True,
    )
    def import_file(context: JobContext, import_id: int) -> None:
        try:
            run_import(settings, import_id)
        except Exception as error:
            if isinstance(error, Busy):
                with connect(settings) as connection:
                    forget_attempt(connection, context.job)
            elif patient.get_retry_decision(exception=error, job=context.job) is None:
                end_import(settings, import_id, failure=line_of_job(error))
            raise


def enqueue_import(
    queue: App,
    connection: psycopg.Connection,
    stream: IO[bytes],
    *,
    file_name: str,
    format: Format,  # noqa: A002 (the field's own word)
    account_id: int | None,
) -> int:
    """Keep the file and ask the queue to import it, in one transaction; the import's id."""
    with connection.transaction(), connection.cursor() as cursor:
        size = stream.seek(0, 2)
        stream.seek(0)
        cursor.execute(
            _QUERIES["add_import"],
            {"file_name": file_name, "format": format.name, "bytes": size, "account_id": account_id},
        )
        (import_id,) = cursor.fetchone() or (0,)
        number = 0
        while data := stream.read(_PIECE):
            cursor.execute(_QUERIES["add_piece"], {"import_id": import_id, "number": number, "data": data})
            number += 1
        job_id = queue.configure_task(IMPORT_TASK, connection=connection).defer(import_id=import_id)
        cursor.execute(_QUERIES["set_job"], {"import_id": import_id, "job_id": job_id})
    return int(import_id)


def run_import(settings: Settings, import_id: int) -> None:
    """Read and store a kept file, whole or not at all; a file that cannot be read is told as such. The PMIDs of a list
    are then fetched by another job.

    Raises Busy while another import runs. Run again after it was killed, at whatever moment, it goes on: what is stored
    is stored with its counts in one transaction, and not read again.
    """
    with connect(settings) as connection, connect(settings) as telling, tempfile.TemporaryDirectory() as folder:
        telling.autocommit = True
        begun = telling.execute(_QUERIES["begin"], {"import_id": import_id}).fetchone()
        if begun is None:  # it has ended, or was forgotten
            return
        (report,) = begun
        if report is None:
            path = Path(folder) / "file"
            kept_file(connection, import_id, path)
            try:
                report = _store(connection, telling, import_id, path)
            except BadInput as error:
                failure = str(error).replace(str(path), "the file")
                _finish(connection, import_id, report=None, failure=failure, remedy=error.remedy)
                return
        with connection.transaction():
            linked = link_if_needed(connection)
            report["duplicates"] = linked.new if linked else 0
            if report["wanted"]:
                DEFERRING.configure_task(FETCH_TASK, queue=FETCH_QUEUE, lock=FETCH_TASK, connection=connection).defer(
                    import_id=import_id
                )
            _finish(connection, import_id, report=report, failure=None, remedy=None)


def end_import(settings: Settings, import_id: int, *, failure: str) -> None:
    """End an import that cannot go on, with the reason; what it had stored before stays."""
    with connect(settings) as connection:
        values = {"import_id": import_id, "failure": failure, "remedy": "give the file again"}
        connection.execute(_QUERIES["give_up"], values)
        connection.execute(_QUERIES["forget_pieces"], {"import_id": import_id})


def imports(connection: psycopg.Connection, *, import_id: int | None = None, limit: int = 20) -> list[FileImport]:
    """The files given, newest first; of `import_id` that one alone, or none."""
    with connection.cursor(row_factory=class_row(FileImport)) as cursor:
        return cursor.execute(_QUERIES["find_imports"], {"import_id": import_id, "limit": limit}).fetchall()


def forget_old_imports(connection: psycopg.Connection, *, hours: int) -> None:
    """Forget files given longer ago than this, with what was kept of them."""
    connection.execute(_QUERIES["forget_old"], {"hours": hours})


def kept_file(connection: psycopg.Connection, import_id: int, path: Path) -> None:
    """Write the file that was given to `path`."""
    with path.open("wb") as file, connection.transaction(), connection.cursor("pieces") as cursor:
        cursor.itersize = 4
        for (data,) in cursor.execute(_QUERIES["pieces"], {"import_id": import_id}):
            file.write(data)


def _store(connection: psycopg.Connection, telling: psycopg.Connection, import_id: int, path: Path) -> dict[str, Any]:
    """The counts, kept with what they count. Raises BadInput."""

    def tell(read: int) -> None:
        telling.execute(_QUERIES["set_progress"], {"import_id": import_id, "read": read})

    with connection.transaction():
        stored = store_rows(connection, read_rows(path), progress=tell)
        report = {name: count for name, count in asdict(stored).items() if name not in ("read", "problems")}
        report["problems"] = [str(problem) for problem in stored.problems[:PROBLEMS]]
        values = {"import_id": import_id, "read": stored.read, "report": Jsonb(report)}
        connection.execute(_QUERIES["note_stored"], values)
    connection.commit()
    return report


def _finish(
    connection: psycopg.Connection,
    import_id: int,
    *,
    report: dict[str, Any] | None,
    failure: str | None,
    remedy: str | None,
) -> None:
    with connection.transaction():
        connection.execute(
            _QUERIES["finish"],
            {
                "import_id": import_id,
                "report": Jsonb(report) if report is not None else None,
                "failure": failure,
                "remedy": remedy,
            },
        )
        # A list of PMIDs is read once more when they are fetched.
        if report is None or not report["wanted"]:
            connection.execute(_QUERIES["forget_pieces"], {"import_id": import_id})
