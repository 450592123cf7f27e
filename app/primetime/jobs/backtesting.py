"""The backtest of the stored corpus as a recorded run."""

import time
from collections.abc import Callable

import psycopg

from primetime.analysis.backtests import backtest_due, backtest_stored
from primetime.analysis.corpus import count_articles
from primetime.analysis.corpus_backtest import CorpusBacktest
from primetime.jobs.analysing import rest_between_steps
from primetime.jobs.recording import QUERIES, recorded_run
from primetime.settings import Settings
from primetime.vectors.serving_model import require_serving


def run_backtest(
    connection: psycopg.Connection,
    settings: Settings,
    *,
    asked_by: str = "hand",
    first: int | None = None,
    last: int | None = None,
) -> CorpusBacktest:
    """Judge the score on the stored corpus and keep the result.

    Raises Busy while another run goes on, BadInput where nothing is encoded or the corpus allows no origin.
    """
    model_hash = require_serving(connection)
    connection.commit()
    with recorded_run(settings, kind="backtest", asked_by=asked_by, rest=rest_between_steps(settings)) as run:
        return backtest_stored(
            connection,
            model_hash=model_hash,
            settings=settings,
            record=run.step,
            first=first,
            last=last,
            rest=rest_between_origins(settings),
        )


def night_backtests(connection: psycopg.Connection, model_hash: str, settings: Settings) -> bool:
    """Whether a night has the score judged: it is due, and a corpus that allowed it no origin lately has grown."""
    if not backtest_due(connection, model_hash, settings):
        return False
    refused = connection.execute(QUERIES["backtest_refused"], {"days": settings.backtest_days}).fetchone()
    return refused is None or count_articles(connection) > (1 + settings.refit_share) * refused[0]


def rest_between_origins(settings: Settings) -> Callable[[], None]:
    """Rests after each origin as between steps, since together they are the longest step there is."""
    pace = rest_between_steps(settings)
    before = time.process_time()

    def rest() -> None:
        nonlocal before
        pace(time.process_time() - before)
        before = time.process_time()

    return rest
