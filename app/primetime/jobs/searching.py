"""Searches as jobs. A search that loses its process goes on in another; one that cannot go on says why."""

from collections.abc import Callable
from threading import Lock

import psycopg
import structlog
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, JobAborted

from primetime.database.connection import connect
from primetime.database.queries import load_queries
from primetime.encoder.serving import Encoder
from primetime.errors import line_of_job
from primetime.jobs.analysing import bulk_pace
from primetime.jobs.deferring import DEFERRING, same_waits
from primetime.searches.running import InterruptedSearchError, Means, RunsElsewhereError, run_search
from primetime.searches.storing import QUERIES as SEARCH_QUERIES
from primetime.searches.storing import fail_search
from primetime.settings import Settings
from primetime.sources.opening import open_sources
from primetime.vectors.serving_encoder import open_serving
from primetime.vectors.serving_model import serving_hash

SEARCH_QUEUE = "searches"
SEARCH_TASK = "search"
SEARCH_ATTEMPTS = 3
_AGAIN_SECONDS = 60
_QUERIES = load_queries("primetime.jobs")

log = structlog.get_logger(__name__)


class OneEncoder:
    """The worker's encoder of the model that serves, opened when the first search needs it and kept while it does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._encoder: Encoder | None = None

    def get(self, connection: psycopg.Connection) -> Encoder:
        """Raises ModelProblem."""
        with self._lock:
            serving = serving_hash(connection)
            connection.commit()
            if self._encoder is None or serving not in (None, self._encoder.manifest.hash):
                self._encoder = None  # two might not fit in memory
                self._encoder = open_serving(
                    connection, self._settings.model_directory, threads=self._settings.encoder_threads
                )
            return self._encoder


def add_search_task(queue: App, settings: Settings, *, then: Callable[[psycopg.Connection], object]) -> None:
    """Let the queue know what a search is; `then` is called after one has ended, on its connection."""
    encoder = OneEncoder(settings)

    @queue.task(
        name=SEARCH_TASK,
        queue=SEARCH_QUEUE,
        retry=RetryStrategy(max_attempts=SEARCH_ATTEMPTS - 1, wait=_AGAIN_SECONDS),
        pass_context=True,
    )
    def search(context: JobContext, search_id: int) -> None:
        with connect(settings) as connection:
            try:
                with open_sources(settings) as sources:
                    means = Means(
                        settings=settings,
                        sources=sources,
                        encoder=encoder.get(connection),
                        pace=bulk_pace(settings),
                        stop=context.should_abort,
                    )
                    run_search(connection, means, search_id)
                then(connection)
            except (InterruptedSearchError, RunsElsewhereError) as error:
                delay = 0 if isinstance(error, InterruptedSearchError) else _AGAIN_SECONDS
                enqueue_search(connection, search_id, delay=delay)
            except Exception as error:
                connection.rollback()
                if same_waits(connection, context.job):
                    log.warning("a search gives way to the same asked for since", cause=str(error))
                    raise JobAborted from error
                told = line_of_job(error)
                if context.job.attempts + 1 >= SEARCH_ATTEMPTS:
                    fail_search(connection, search_id, told)
                else:
                    problem = f"{told}; it is tried again in a minute"
                    connection.execute(SEARCH_QUERIES["tell_problem"], {"id": search_id, "problem": problem})
                connection.commit()
                raise


def enqueue_search(connection: psycopg.Connection, search_id: int, *, delay: int = 0) -> None:
    """Let a worker carry out a planned search, in the transaction that plans it. Waiting already is as good."""
    name = f"{SEARCH_TASK} {search_id}"
    options = {"schedule_in": {"seconds": delay}} if delay else {}
    try:
        with connection.transaction():
            DEFERRING.configure_task(
                SEARCH_TASK,
                queue=SEARCH_QUEUE,
                lock=name,
                queueing_lock=name,
                connection=connection,
                **options,  # type: ignore[arg-type]
            ).defer(search_id=search_id)
    except AlreadyEnqueued:
        log.info("the search waits already", search_id=search_id)


def enqueue_forgotten_searches(connection: psycopg.Connection) -> list[int]:
    """Searches that have not ended and that no job is for, whatever became of it, get one again; their ids."""
    rows = connection.execute(_QUERIES["forgotten_searches"], {"task": SEARCH_TASK}).fetchall()
    forgotten = [row[0] for row in rows]
    for search_id in forgotten:
        enqueue_search(connection, search_id)
        log.warning("a search had no job", search_id=search_id)
    return forgotten
