"""The backtest of the stored corpus as a recorded run."""

import time
from collections.abc import Callable

import psycopg

from primetime.analysis.backtests import backtest_stored
from primetime.analysis.corpus_backtest import CorpusBacktest
from primetime.jobs.analysing import rest_between_steps
from primetime.jobs.recording import recorded_run
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


def rest_between_origins(settings: Settings) -> Callable[[], None]:
    """Rests after each origin as between steps, since together they are the longest step there is."""
    pace = rest_between_steps(settings)
    before = time.process_time()

    def rest() -> None:
        nonlocal before
        pace(time.process_time() - before)
        before = time.process_time()

    return rest
