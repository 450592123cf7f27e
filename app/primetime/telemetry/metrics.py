"""Metrics for Prometheus, the first document's among them, handed out on a port of the loopback alone.

That document's names have dots, which Prometheus writes as underscores with the unit or `_total` behind:
`prime_time.search.duration` is `prime_time_search_duration_seconds`. What processes that soon end do (an import by
hand, a night's analysis) is counted in the database, which knows it all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog
from prometheus_client import REGISTRY, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from primetime.errors import BadInput

LOOPBACK = "127.0.0.1"

REQUEST_DURATION = Histogram(
    "prime_time_request_duration_seconds",
    "Answering a request, by its route's pattern",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.02, 0.06, 0.15, 0.5, 1, 2, 5, 15),
)
SEARCH_DURATION = Histogram(
    "prime_time_search_duration_seconds",
    "prime_time.search.duration: a search by meaning, or one of PubMed, from question to articles",
    buckets=(0.01, 0.02, 0.06, 0.15, 0.5, 1, 2, 5, 15, 60, 300),
)
ML_PROCESSING_TIME = Histogram(
    "prime_time_ml_processing_time_seconds",
    "prime_time.ml.processing_time: the encoder's and the analysis' work, by what it is for",
    ["work"],
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300, 1800),
)
SEARCHES_COMPLETED = Counter("prime_time_searches_completed", "prime_time.searches.completed: searches that succeeded")
EXPORTS_GENERATED = Counter("prime_time_exports_generated", "prime_time.exports.generated: exports sent to their end")
KEPT_ANSWERS = Counter("prime_time_kept_answers", "Answers that may be kept: found, or made", ["how"])
POOL_CONNECTIONS = Gauge("prime_time_pool_connections", "Connections to PostgreSQL", ["state"])

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class LastRun:
    """The newest run of a kind of work that ended in one way."""

    work: str  # analysis, night, backtest
    outcome: str  # done, failed, lost
    ended_at: float  # seconds since 1970; of a lost run its beginning, as nobody knows its end
    seconds: float | None  # None: it was lost
    peak_memory: int | None  # bytes; None: the system did not tell


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What the database counts."""

    articles_last_hour: int
    scores: int
    sessions: int
    mails_waiting: int
    mails_given_up: int


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the database tells at one scrape."""

    totals: Totals
    runs: list[LastRun]


class DatabaseTotals(Collector):
    """Asks the database at each scrape; a database that is away leaves its metrics out."""

    def __init__(self, read: Callable[[], Told | None]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        told = self._read()
        if told is None:
            return
        totals = told.totals
        yield from _of_runs(told.runs)
        yield GaugeMetricFamily(
            "prime_time_articles_ingested",
            "prime_time.articles.ingested: articles stored or changed in the last hour",
            value=totals.articles_last_hour,
        )
        yield CounterMetricFamily(
            "prime_time_opportunity_score_calculated",
            "prime_time.opportunity.score_calculated: scores in the stored analyses",
            value=totals.scores,
        )
        yield GaugeMetricFamily(
            "prime_time_users_active", "prime_time.users.active: sessions that have not ended", value=totals.sessions
        )
        mails = GaugeMetricFamily("prime_time_mails", "E-mails of the last 90 days that did not go", labels=["state"])
        mails.add_metric(["waiting"], totals.mails_waiting)
        mails.add_metric(["given up"], totals.mails_given_up)
        yield mails

    def describe(self) -> Iterator[Metric]:
        # Registering must not ask a database that is not up yet.
        return iter(())


def _of_runs(runs: list[LastRun]) -> list[Metric]:
    labels = ["work", "outcome"]
    ended = GaugeMetricFamily(
        "prime_time_run_last_timestamp_seconds",
        "When the last run of a kind of work ended so; the last success is that of outcome done",
        labels=labels,
    )
    took = GaugeMetricFamily("prime_time_run_duration_seconds", "How long that run took", labels=labels)
    peak = GaugeMetricFamily("prime_time_run_peak_memory_bytes", "Its resident memory at most", labels=labels)
    for run in runs:
        ended.add_metric([run.work, run.outcome], run.ended_at)
        if run.seconds is not None:
            took.add_metric([run.work, run.outcome], run.seconds)
        if run.peak_memory is not None:
            peak.add_metric([run.work, run.outcome], run.peak_memory)
    return [ended, took, peak]


def serve_metrics(port: int, told: Callable[[], Told | None] | None = None) -> Callable[[], None]:
    """Answer scrapes at 127.0.0.1:`port` until the returned function is called.

    Raises BadInput when the port is taken.
    """
    try:
        server, thread = start_http_server(port, addr=LOOPBACK)
    except OSError as error:
        raise BadInput(
            f"cannot serve metrics on {LOOPBACK}:{port}: {error.strerror or error}",
            remedy="stop what uses that port, or set PRIMETIME_METRICS_PORT",
        ) from error
    collector = DatabaseTotals(told) if told else None
    if collector:
        REGISTRY.register(collector)

    def stop() -> None:
        if collector:
            REGISTRY.unregister(collector)
        server.shutdown()
        server.server_close()
        thread.join()

    return stop
