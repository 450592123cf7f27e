"""Carrying out a search. It may be killed at any moment and begun again: each step looks at what is done first."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import psycopg
import structlog
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from primetime.database.locks import exclusive
from primetime.encoder.serving import Encoder
from primetime.errors import Busy
from primetime.keywords.mesh import learn
from primetime.searches.fetching import fetch_missing, missing_pmids
from primetime.searches.pace import Rate, seconds_left
from primetime.searches.record import Step
from primetime.searches.scoring import score_search, store_similarities
from primetime.searches.storing import QUERIES, fetched_pmids
from primetime.settings import Settings
from primetime.sources.opening import Sources
from primetime.sources.refreshing import refresh_citations
from primetime.sources.slicing import plan_search
from primetime.telemetry.metrics import ML_PROCESSING_TIME, SEARCH_DURATION, SEARCHES_COMPLETED
from primetime.vectors.storing import encode_missing

# How often a search looks whether it was cancelled, while it encodes (seconds).
_LOOK_EVERY = 1.0
# Somebody else encodes: for at most this long a search waits for its turn (seconds).
_LONGEST_WAIT = 900.0

log = structlog.get_logger(__name__)


class CancelledError(Exception):
    """Somebody has cancelled the search."""


class InterruptedSearchError(Exception):
    """The process is to end; the search goes on in another."""


class RunsElsewhereError(Exception):
    """Another process carries the search out, or has died and PostgreSQL has not noticed yet."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """What a search is carried out with."""

    settings: Settings
    sources: Sources
    encoder: Encoder
    pace: Callable[[float], None] | None = None  # told after each run of the model how long it took, and rests
    stop: Callable[[], bool] = bool  # whether this process is to end


def run_search(connection: psycopg.Connection, means: Means, search_id: int) -> None:
    """Plan, fetch, look up citations, encode, score. Returns at once when the search has ended.

    Raises SourceUnavailable, Busy or ModelProblem where it cannot go on now, InterruptedSearchError when the process is
    to end: called again it goes on. Raises RunsElsewhereError while another process carries it out.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive(connection, f"search {search_id}"))
        except Busy as error:
            raise RunsElsewhereError from error
        with connection.cursor(row_factory=dict_row) as cursor:
            begun = cursor.execute(QUERIES["begin_search"], {"id": search_id}).fetchone()
        connection.commit()
        if begun is None:
            return
        try:
            _Run(connection, means, search_id).whole(begun)
        except CancelledError:
            log.info("search cancelled", search_id=search_id)


class _Run:
    """One search in this process."""

    def __init__(self, connection: psycopg.Connection, means: Means, search_id: int) -> None:
        self._connection = connection
        self._means = means
        self._id = search_id
        row = connection.execute(QUERIES["known_rates"]).fetchone()
        connection.commit()
        fetched, encoded = row or (None, None)
        self._fetching, self._encoding = Rate(fetched), Rate(encoded)
        self._looked = 0.0

    def whole(self, search: dict[str, object]) -> None:
        began = time.monotonic()
        if search["articles_found"] is None:
            self._plan(str(search["query"]), int(str(search["max_results"])))
        with self._step("fetching"):
            self._fetching.begin()
            fetch_missing(
                self._connection,
                self._means.sources,
                self._id,
                max_age_days=self._means.settings.article_max_age_days,
                go_on=self._go_on,
                stored=self._stored,
            )
        pmids = fetched_pmids(self._connection, self._id)
        self._connection.commit()
        with self._step("citations"):
            problem = self._look_up_citations(pmids)
        with self._step("embedding"), ML_PROCESSING_TIME.labels("search of PubMed").time():
            self._encode(pmids)
        with self._step("scoring"):
            text = str(search["idea"]) or str(search["keywords"]) or str(search["query"])
            self._score(text, pmids, str(search["idea"]))
        self._connection.execute(QUERIES["finish_search"], {"id": self._id, "problem": problem})
        self._connection.commit()
        SEARCHES_COMPLETED.inc()
        SEARCH_DURATION.observe(time.monotonic() - began)
        log.info("search done", search_id=self._id, articles=len(pmids))

    @contextmanager
    def _step(self, step: Step) -> Iterator[None]:
        self._go_on()
        self._connection.execute(QUERIES["enter_step"], {"id": self._id, "step": step})
        self._connection.commit()
        self._note()
        yield

    def _plan(self, query: str, limit: int) -> None:
        sources = self._means.sources
        row = self._connection.execute(QUERIES["day_before_last_run"], {"id": self._id}).fetchone()
        self._connection.commit()
        since = row[0] if row else None
        today = datetime.now(UTC).date()
        plan = sources.portal.call(
            partial(plan_search, sources.pubmed, query, limit=limit, today=today, entered_since=since)
        )
        with self._connection.transaction():
            self._connection.execute(
                QUERIES["store_plan"],
                {
                    "id": self._id,
                    "articles_found": plan.found.count,
                    "query_understood": plan.found.query.replace("\0", ""),
                    "beyond_reach": plan.beyond_reach,
                },
            )
            self._connection.execute(QUERIES["store_planned_articles"], {"id": self._id, "pmids": list(plan.pmids)})
            learn(self._connection, plan.found.translations)
        self._connection.commit()

    def _stored(self, articles: int) -> None:
        self._fetching.add(articles)
        self._note()

    def _look_up_citations(self, pmids: list[int]) -> str:
        means = self._means
        reports = refresh_citations(
            self._connection,
            means.sources.portal,
            means.sources.transport,
            means.settings,
            pmids=pmids,
            go_on=self._go_on,
        )
        told = [report.problem for report in reports if report.problem]
        return f"Some citations are unknown: {'; '.join(told)}" if told else ""

    def _encode(self, pmids: list[int]) -> None:
        deadline = time.monotonic() + _LONGEST_WAIT
        encoded = 0

        def progress(done: int, _total: int) -> None:
            nonlocal encoded
            self._encoding.add(done - encoded)
            encoded = done
            self._note()

        while True:
            self._go_on()
            self._encoding.begin()
            encoded = 0
            try:
                encode_missing(self._connection, self._means.encoder, pmids=pmids, progress=progress, pace=self._pace)
            except Busy:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)
            else:
                return

    def _pace(self, took: float) -> None:
        if self._means.pace is not None:
            self._means.pace(took)
        if time.monotonic() - self._looked > _LOOK_EVERY:
            self._go_on()

    def _score(self, text: str, pmids: list[int], idea: str) -> None:
        encoder = self._means.encoder
        store_similarities(self._connection, encoder, self._id, text, pmids)
        self._go_on()
        scores = score_search(self._connection, self._means.settings, encoder, pmids, idea)
        self._connection.execute(
            QUERIES["store_scores"], {"id": self._id, "scores": Jsonb(scores), "model_hash": encoder.manifest.hash}
        )
        self._connection.commit()

    def _go_on(self) -> None:
        """Raises when the search was cancelled, or the process is to end."""
        self._looked = time.monotonic()
        if self._means.stop():
            raise InterruptedSearchError
        row = self._connection.execute(QUERIES["state_of"], {"id": self._id}).fetchone()
        self._connection.commit()
        if row is None or row[0] != "running":
            raise CancelledError

    def _note(self) -> None:
        """Write down how fast it goes and how long it still takes."""
        to_fetch = len(missing_pmids(self._connection, self._id))
        model_hash = self._means.encoder.manifest.hash
        row = self._connection.execute(QUERIES["to_encode"], {"id": self._id, "model_hash": model_hash}).fetchone()
        # Most of what is to be fetched will be new to the encoder as well.
        to_encode = (row[0] if row else 0) + to_fetch
        left = seconds_left(to_fetch, self._fetching.best, to_encode, self._encoding.best)
        parameters = {
            "id": self._id,
            "seconds_left": left,
            "fetch_rate": self._fetching.measured,
            "encode_rate": self._encoding.measured,
        }
        self._connection.execute(QUERIES["note"], parameters)
        self._connection.commit()
