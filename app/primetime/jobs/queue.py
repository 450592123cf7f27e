"""The queue and its tasks, on the platform's own PostgreSQL.

A job whose worker died is run again after 16 minutes without a sign of life (a search, an import, its fetching or an
export, which lose nothing by it, after one), at most three times; a job that failed for good stays in the table as the
dead letter that it is. What is finished is forgotten after 14 days.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued, JobAborted, UniqueViolation
from procrastinate.jobs import Job, Status
from psycopg.rows import class_row

from primetime.analysis.assigning import assign_new
from primetime.analysis.due import what_is_due
from primetime.analysis.storing import search_scope
from primetime.database.connection import APPLICATION_NAME, connect, database_url
from primetime.database.queries import load_queries
from primetime.errors import BadInput, Busy, NotFound
from primetime.jobs.alerts import alert_of_new_papers
from primetime.jobs.analysing import run_analysis
from primetime.jobs.deferring import DEFERRING, forget_attempt, same_waits
from primetime.jobs.exporting import EXPORT_TASK, add_export_task, end_export
from primetime.jobs.fetching import add_fetch_task, tell_fetch_problem
from primetime.jobs.importing import FETCH_TASK, IMPORT_TASK, add_import_task, end_import, forget_old_imports
from primetime.jobs.searching import (
    SEARCH_QUEUE,
    SEARCH_TASK,
    add_search_task,
    enqueue_forgotten_searches,
)
from primetime.jobs.told import told_by_id
from primetime.mail.outbox import forget_old_mails, send_waiting
from primetime.searches.storing import fail_search, fetched_pmids, require
from primetime.settings import Settings
from primetime.vectors.serving_model import serving_hash

VISIBILITY_SECONDS = 16 * 60
# Of jobs that lose nothing when they are begun again. A worker tells that it lives every ten seconds.
STALLED_SECONDS = 60
_BEGUN_AGAIN = (SEARCH_TASK, IMPORT_TASK, FETCH_TASK, EXPORT_TASK)
ATTEMPTS = 3
RETENTION_HOURS = 14 * 24
QUEUE = "analysis"
_ANALYSE = "analyse"
_AGAIN_SECONDS = 60
_QUERIES = load_queries("primetime.jobs")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class JobState:
    """One analysis that was asked for, and how it stands."""

    job_id: int
    status: str  # todo, doing, succeeded, failed, cancelled, aborted
    attempts: int
    requested_at: datetime | None
    finished_at: datetime | None


class _Patient(BaseRetryStrategy):
    """Tried three times in all; but while another run goes on, by hand or by cron, it waits as long as that takes."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, (BadInput, NotFound)):
            return None  # it would be so again
        if isinstance(exception, Busy) or job.attempts + 1 < ATTEMPTS:
            return RetryDecision(retry_in={"seconds": _AGAIN_SECONDS})
        return None


def create_queue(settings: Settings) -> App:
    """The queue with its tasks; open it before use (`with`, or `open_async`)."""
    queue = App(
        connector=PsycopgConnector(
            conninfo=database_url(settings),
            kwargs={"application_name": f"{APPLICATION_NAME}-worker"},
            min_size=1,
            max_size=4,
            timeout=settings.database_connect_seconds,
        ),
        worker_defaults={
            "stalled_worker_timeout": VISIBILITY_SECONDS,
            "shutdown_graceful_timeout": 30,
            "worker_middleware": [told_by_id],
        },
    )

    @queue.task(
        name=_ANALYSE,
        queue=QUEUE,
        lock=_ANALYSE,
        queueing_lock=_ANALYSE,
        retry=_Patient(),
        pass_context=True,
    )
    def analyse(context: JobContext, search_id: int | None = None) -> None:
        try:
            _analyse(settings, search_id)
        except Exception as error:
            with connect(settings) as connection:
                # It would hold the lock of all analyses.
                if same_waits(connection, context.job):
                    log.warning("an analysis gives way to the same asked for since", cause=str(error))
                    raise JobAborted from error
                if isinstance(error, Busy):
                    forget_attempt(connection, context.job)
            raise

    def after_search(connection: psycopg.Connection) -> None:
        alert_of_new_papers(connection)
        analyse_if_changed(connection, settings)

    add_search_task(queue, settings, then=after_search)

    @queue.periodic(cron="* * * * *", periodic_id="stalled")
    @queue.task(name="rescue_stalled_jobs", queue=QUEUE, queueing_lock="rescue_stalled_jobs", pass_context=True)
    async def rescue_stalled_jobs(context: JobContext, timestamp: int) -> None:
        del timestamp
        await rescue(context.app, settings)

    @queue.periodic(cron="17 3 * * *", periodic_id="retention")
    @queue.task(name="forget_old_jobs", queue=QUEUE, queueing_lock="forget_old_jobs", pass_context=True)
    async def forget_old_jobs(context: JobContext, timestamp: int) -> None:
        del timestamp
        await context.app.job_manager.delete_old_jobs(
            nb_hours=RETENTION_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )
        await asyncio.to_thread(_forget_old_imports, settings)
        await asyncio.to_thread(_forget_old_mails, settings)

    @queue.periodic(cron="* * * * *", periodic_id="mail")
    @queue.task(name="send_mails", queue=SEARCH_QUEUE, queueing_lock="send_mails", lock="send_mails")
    def send_mails(timestamp: int) -> None:
        del timestamp
        with connect(settings) as connection:
            send_waiting(connection, settings)

    add_import_task(queue, settings, queue_name=QUEUE)
    add_export_task(queue, settings, queue_name=QUEUE)
    add_fetch_task(queue, settings)
    return queue


async def rescue(queue: App, settings: Settings) -> None:
    """Let the jobs of workers that died be run again, or end them after their last attempt."""
    manager = queue.job_manager
    stalled = [*await manager.get_stalled_jobs(seconds_since_heartbeat=VISIBILITY_SECONDS)]
    for task in _BEGUN_AGAIN:
        stalled += await manager.get_stalled_jobs(task_name=task, seconds_since_heartbeat=STALLED_SECONDS)
    for job in {job.id: job for job in stalled}.values():
        log.warning("a job's worker died", job_id=job.id, task=job.task_name, attempts=job.attempts)
        if job.attempts + 1 < ATTEMPTS:
            try:
                await manager.retry_job(job)
            except UniqueViolation:
                # The same was asked for meanwhile and waits, which only one may: it does this one's work.
                await manager.finish_job(job, status=Status.ABORTED, delete_job=False)
            continue
        await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        died = f"the worker died in attempt {job.attempts + 1}, the last one; look at the worker's log"
        if job.task_name == IMPORT_TASK:
            import_id = int(str(job.task_kwargs["import_id"]))
            await asyncio.to_thread(end_import, settings, import_id, failure=died)
        elif job.task_name == SEARCH_TASK:
            await asyncio.to_thread(_end_search, settings, int(str(job.task_kwargs["search_id"])), died)
        elif job.task_name == FETCH_TASK:
            import_id = int(str(job.task_kwargs["import_id"]))
            await asyncio.to_thread(tell_fetch_problem, settings, import_id, died, again=False)
        elif job.task_name == EXPORT_TASK:
            export_id = int(str(job.task_kwargs["export_id"]))
            await asyncio.to_thread(
                end_export, settings, export_id, failure=died, remedy="export less, or ask for help"
            )
    await asyncio.to_thread(_remember_searches, settings)


def _analyse(settings: Settings, search_id: int | None) -> None:
    with connect(settings) as connection:
        if search_id is None:
            run_analysis(connection, settings, asked_by="queue")
            return
        require(connection, search_id)
        pmids = fetched_pmids(connection, search_id)
        connection.commit()
        run_analysis(connection, settings, asked_by="queue", scope=search_scope(search_id), pmids=pmids)


def _end_search(settings: Settings, search_id: int, problem: str) -> None:
    with connect(settings) as connection:
        fail_search(connection, search_id, problem)


def _remember_searches(settings: Settings) -> None:
    with connect(settings) as connection:
        enqueue_forgotten_searches(connection)


def enqueue_analysis(connection: psycopg.Connection, search_id: int | None = None) -> int:
    """Ask for an analysis, of everything or of one search's articles, in the caller's transaction; the job's id.

    Raises Busy when the same is waiting already.
    """
    # One search's analysis waits for itself alone, and is carried out in turn with all others.
    waits = _ANALYSE if search_id is None else f"{_ANALYSE} {search_scope(search_id)}"
    of = {} if search_id is None else {"search_id": search_id}
    asked = DEFERRING.configure_task(_ANALYSE, queue=QUEUE, lock=_ANALYSE, queueing_lock=waits, connection=connection)
    try:
        with connection.transaction():
            return int(asked.defer(**of))
    except AlreadyEnqueued as error:
        raise Busy("an analysis is waiting to run already", remedy="wait for it") from error


def analyse_if_changed(connection: psycopg.Connection, settings: Settings) -> int | None:
    """Do what is due, as after a search: place a few new articles, or ask for an analysis; its job's id. Commits.

    None where none is due, as while there are too few articles, and when one is waiting already: that one will see the
    change too.
    """
    model_hash = serving_hash(connection)
    due = None if model_hash is None else what_is_due(connection, model_hash, settings)
    connection.commit()
    if model_hash is None or due is None or due.too_few:
        return None
    try:
        if due.run is None:
            job_id = enqueue_analysis(connection)
            connection.commit()
            return job_id
        if due.new:
            assign_new(connection, model_hash)
    except Busy as error:
        # An analysis waits that will see the change, or one runs, and the next night places what it has not seen.
        log.info("left as it is", cause=str(error))
    return None


def analysis_jobs(connection: psycopg.Connection, *, limit: int = 20, search_id: int | None = None) -> list[JobState]:
    """The analyses asked for, of everything or of one search, newest first."""
    with connection.cursor(row_factory=class_row(JobState)) as cursor:
        return cursor.execute(
            _QUERIES["analysis_jobs"], {"task": _ANALYSE, "limit": limit, "search_id": search_id}
        ).fetchall()


def _forget_old_imports(settings: Settings) -> None:
    with connect(settings) as connection:
        forget_old_imports(connection, hours=RETENTION_HOURS)


def _forget_old_mails(settings: Settings) -> None:
    with connect(settings) as connection:
        forget_old_mails(connection)


async def work(queue: App, settings: Settings, *, wait: bool = True, **options: Any) -> None:
    """Run the queue's jobs until the process is told to stop, or, with `wait=False`, none is ready to run.

    Two at a time, so that a search need not wait for an analysis; there is never more than one analysis. Who does not
    wait does one at a time: the last has ended before another is looked for, and so what it asks for is done too.
    """
    concurrency = 2 if wait else 1
    async with queue.open_async():
        await rescue(queue, settings)
        await queue.run_worker_async(queues=[QUEUE, SEARCH_QUEUE], concurrency=concurrency, wait=wait, **options)
