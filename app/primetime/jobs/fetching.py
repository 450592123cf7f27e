"""Fetching what an imported list of PMIDs asks for, and telling with the import what PubMed did not know."""

import tempfile
from pathlib import Path

import structlog
from procrastinate import App, JobContext, RetryStrategy
from psycopg.types.json import Jsonb

from primetime.articles.parallel_reading import read_rows
from primetime.articles.storing import unknown_articles
from primetime.database.connection import connect
from primetime.database.queries import load_queries
from primetime.errors import line_of_job
from primetime.jobs.importing import FETCH_QUEUE, FETCH_TASK, PROBLEMS, imports, kept_file
from primetime.searches.wanted import fetch_wanted
from primetime.settings import Settings
from primetime.sources.opening import open_sources

_ATTEMPTS = 5
_AGAIN_SECONDS = 60
_QUERIES = load_queries("primetime.jobs", "imports.sql")

log = structlog.get_logger(__name__)


def add_fetch_task(queue: App, settings: Settings) -> None:
    """Let the queue's worker fetch the articles of lists of PMIDs."""

    @queue.task(
        name=FETCH_TASK,
        queue=FETCH_QUEUE,
        lock=FETCH_TASK,
        retry=RetryStrategy(max_attempts=_ATTEMPTS - 1, wait=_AGAIN_SECONDS),
        pass_context=True,
    )
    def fetch(context: JobContext, import_id: int) -> None:
        try:
            fetch_list(settings, import_id)
        except Exception as error:
            again = context.job.attempts + 1 < _ATTEMPTS
            tell_fetch_problem(settings, import_id, line_of_job(error), again=again)
            raise


def tell_fetch_problem(settings: Settings, import_id: int, problem: str, *, again: bool) -> None:
    """Let an import say why its list is not fetched, and whether it is tried again."""
    _tell(settings, import_id, {"fetch_problem": problem, "fetch_again": again})


def fetch_list(settings: Settings, import_id: int) -> None:
    """Fetch and store everything wanted, and tell of what in this import's list there is no article.

    Raises SourceUnavailable. Run again after it was killed, it fetches what is missing; what it has told stays.
    """
    with connect(settings) as connection, open_sources(settings) as sources, tempfile.TemporaryDirectory() as folder:
        found = imports(connection, import_id=import_id)
        connection.commit()
        if not found or found[0].report is None or "fetched" in found[0].report:  # forgotten, or told already
            return
        report = found[0].report
        fetch_wanted(connection, sources)
        path = Path(folder) / "file"
        kept_file(connection, import_id, path)
        asked = {pmid for rows in read_rows(path) for pmid in rows.wanted}
        # Asked for now, by an attempt before this one, or with another list since this one came.
        without = unknown_articles(connection, asked)
    unknown = [pmid for pmid, problem in without.items() if not problem]
    problems = [f"PMID {pmid}: {problem}" for pmid, problem in without.items() if problem]
    log.info("a list of PMIDs is fetched", import_id=import_id, asked=len(asked), without_article=len(without))
    told = {
        "fetched": len(asked) - len(without),
        "unknown": len(unknown),
        "unknown_pmids": unknown[:PROBLEMS],
        "skipped": report["skipped"] + len(problems),
        "problems": [*report["problems"], *problems][:PROBLEMS],
        "fetch_problem": "",
        "fetch_again": False,
    }
    _tell(settings, import_id, told)


def _tell(settings: Settings, import_id: int, told: dict[str, object]) -> None:
    with connect(settings) as connection:
        connection.execute(_QUERIES["tell_fetched"], {"import_id": import_id, "told": Jsonb(told)})
        if "fetched" in told:
            connection.execute(_QUERIES["forget_pieces"], {"import_id": import_id})
