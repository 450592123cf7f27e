"""The night's work: saved searches, citations, renew, encode, change the model, analyse, judge the score, alert, tidy.

Each by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import psycopg
import structlog

from primetime.analysis.assigning import assign_new
from primetime.analysis.backtests import backtest_stored
from primetime.analysis.corpus import Corpus, load_corpus
from primetime.analysis.due import what_is_due
from primetime.analysis.reading import latest_run
from primetime.analysis.running import analyse
from primetime.analysis.words import Words
from primetime.errors import BadInput
from primetime.jobs.alerts import KEPT_DAYS as ALERTS_KEPT_DAYS
from primetime.jobs.alerts import QUERIES as ALERTS
from primetime.jobs.alerts import alert_of_new_papers, alert_of_topics
from primetime.jobs.analysing import change_model_step, encode_step, rest_between_steps
from primetime.jobs.backtesting import night_backtests, rest_between_origins
from primetime.jobs.recording import QUERIES, RunRecord, cause_of, recorded_run
from primetime.jobs.searching import enqueue_search
from primetime.searches.renewing import renew_articles
from primetime.searches.saved import run_again
from primetime.settings import Settings
from primetime.sources.opening import open_sources
from primetime.sources.refreshing import looks_up_citations, refresh_citations
from primetime.vectors.changing_model import new_model_waits
from primetime.vectors.serving_model import require_serving

# Records of runs are kept so long: a year, and the same season of the last for comparison.
KEPT_DAYS = 400

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Night:
    """What a night's work came to: a line for each part, in their order."""

    run_id: int
    told: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    corpus: Corpus | None = None
    """what the analysis read, until the backtest has had it"""


def run_night(connection: psycopg.Connection, settings: Settings, *, asked_by: str) -> Night:
    """Do the night's work; a part that fails leaves what those before it did and does not keep the others from theirs.

    Raises Busy while another run goes on, and at the end the gravest of the parts' errors, if any failed: the first
    that is no BadInput, else the first. The record has all.
    """
    with recorded_run(settings, kind="night", asked_by=asked_by, rest=rest_between_steps(settings)) as run:
        night = Night(run_id=run.id)
        _part(night, connection, lambda: _search_again(connection, run))
        _part(night, connection, lambda: _citations(connection, settings, run))
        _part(night, connection, lambda: _renew(connection, settings, run))
        _part(night, connection, lambda: _encode(connection, settings, run))
        _part(night, connection, lambda: _change_model(connection, settings, run))
        _part(night, connection, lambda: _analyse(night, connection, settings, run))
        _part(night, connection, lambda: _backtest(night, connection, settings, run))
        _part(night, connection, lambda: _alert(connection, run))
        _part(night, connection, lambda: _tidy(connection, run))
        if night.failures:
            gravest = min(night.failures, key=lambda error: isinstance(error, BadInput))
            # Parts that need what an earlier one had not done fail by the same cause.
            causes = dict.fromkeys(cause_of(error) for error in night.failures)
            run.besides = [cause for cause in causes if cause != cause_of(gravest)]
            raise gravest
    return night


def _part(night: Night, connection: psycopg.Connection, work: Callable[[], str]) -> None:
    try:
        night.told.append(work())
    except Exception as error:
        if connection.closed:
            raise
        connection.rollback()
        # Kept, and raised when the other parts have had their turn.
        night.failures.append(error)
        log.error("a part of the night's work failed", cause=cause_of(error), exc_info=error)


def _search_again(connection: psycopg.Connection, run: RunRecord) -> str:
    with run.step("saved searches") as told:
        planned = run_again(connection)
        for search_id in planned:
            enqueue_search(connection, search_id)
        connection.commit()
        told.counts["planned"] = len(planned)
    # The worker carries them out, and asks for an analysis where they changed the corpus.
    return f"saved searches planned: {len(planned)}"


def _citations(connection: psycopg.Connection, settings: Settings, run: RunRecord) -> str:
    if not looks_up_citations(settings):
        return "citations are not looked up"
    with run.step("citations") as told, open_sources(settings) as sources:
        reports = refresh_citations(
            connection, sources.portal, sources.transport, settings, limit=settings.citations_a_night
        )
        told.amount = sum(report.asked for report in reports)
        for report in reports:
            told.counts |= {f"{report.source} asked": report.asked, f"{report.source} known": report.known}
            # Tonight is no failure for it: what the source said before stays, with its date.
            told.counts |= {f"{report.source} away": 1} if report.problem else {}
    lines = [f"{one.source} asked about {one.asked}, knows {one.known}" for one in reports]
    return "citations: " + "; ".join([*lines, *(report.problem for report in reports if report.problem)])


def _renew(connection: psycopg.Connection, settings: Settings, run: RunRecord) -> str:
    if not settings.articles_a_night:
        return "stored articles are not asked for again"
    with run.step("renew") as told, open_sources(settings) as sources:
        renewed = renew_articles(connection, sources, settings)
        told.amount = renewed.asked
        told.counts |= {"changed": renewed.changed, "without a record": renewed.without_record}
        # As with the citations, the next night goes on.
        told.counts |= {"PubMed away": 1} if renewed.problem else {}
    line = (
        f"stored articles asked for again: {renewed.asked}, {renewed.changed} changed, "
        f"{renewed.without_record} without a record"
    )
    return f"{line}; {renewed.problem}" if renewed.problem else line


def _encode(connection: psycopg.Connection, settings: Settings, run: RunRecord) -> str:
    encoded = encode_step(connection, settings, run)
    return f"{encoded.encoded} articles newly encoded, {encoded.already} were already"


def _change_model(connection: psycopg.Connection, settings: Settings, run: RunRecord) -> str:
    if not new_model_waits(connection, settings.model_directory):
        return "the model that serves stays"
    encoded = change_model_step(connection, settings, run)
    return f"model {encoded.model_hash} serves from now on; {encoded.encoded} articles newly encoded with it"


def _analyse(night: Night, connection: psycopg.Connection, settings: Settings, run: RunRecord) -> str:
    model_hash = require_serving(connection)
    due = what_is_due(connection, model_hash, settings)
    connection.commit()
    if due.too_few:
        with run.step("topics") as told:
            told.skipped = due.why
        return f"topics are skipped: {due.why}"
    if due.run is not None:
        if not due.new:
            return due.why
        with run.step("assign", due.new) as told:
            assigned = assign_new(connection, model_hash)
            told.counts |= {"placed": assigned.articles, "in a topic": assigned.in_a_topic}
        return f"{due.why}; {assigned.articles} newly placed, {assigned.in_a_topic} in a topic"

    def read() -> Corpus:
        corpus = load_corpus(connection, model_hash)
        # The backtest is of the same articles, and needs no words.
        night.corpus = replace(corpus, words=Words())
        return corpus

    report = analyse(connection, model_hash=model_hash, settings=settings, record=run.step, read=read)
    return (
        f"analysis {report.run_id}: {report.topics} topics among {report.articles} articles, "
        f"{report.forecasts} forecasts, {report.opportunities} opportunities ({due.why})"
    )


def _backtest(night: Night, connection: psycopg.Connection, settings: Settings, run: RunRecord) -> str:
    model_hash = require_serving(connection)
    due = night_backtests(connection, model_hash, settings)
    connection.commit()
    if not due:
        return "the score was judged, or could not be, not long ago"
    corpus, night.corpus = night.corpus, None
    try:
        found = backtest_stored(
            connection,
            model_hash=model_hash,
            settings=settings,
            record=run.step,
            rest=rest_between_origins(settings),
            corpus=corpus,
        )
    except BadInput as error:
        # A young corpus is no failure of the night.
        return f"the score cannot be judged yet: {error}"
    return f"the score judged at {len(found.origins)} origins"


def _alert(connection: psycopg.Connection, run: RunRecord) -> str:
    with run.step("alerts") as told:
        newest = latest_run(connection)
        topics = alert_of_topics(connection, newest.id) if newest is not None else 0
        papers = alert_of_new_papers(connection)
        connection.commit()
        told.counts |= {"of topics": topics, "of new papers": papers}
    return f"new alerts: {topics} of topics, {papers} of new papers"


def _tidy(connection: psycopg.Connection, run: RunRecord) -> str:
    with run.step("tidy") as told:
        gone = connection.execute(QUERIES["forget_runs"], {"days": KEPT_DAYS}).rowcount
        alerts = connection.execute(ALERTS["forget_alerts"], {"days": ALERTS_KEPT_DAYS}).rowcount
        connection.commit()
        told.counts |= {"runs forgotten": gone, "alerts forgotten": alerts}
    return f"{gone} records of runs older than {KEPT_DAYS} days forgotten"
