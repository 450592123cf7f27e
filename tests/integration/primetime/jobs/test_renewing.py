"""The night asks PubMed again for stored articles."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from primetime.jobs.history import work_runs
from primetime.jobs.night import run_night
from primetime.jobs.planning import plan_night
from primetime.settings import Settings

if TYPE_CHECKING:
    from conftest import StandIn


def test_the_night_renews_the_stored_articles_that_are_due(
    connection: psycopg.Connection,
    literature_settings: Settings,
    literature: "StandIn",
    model_directory: Path,
    store: Callable[..., None],
) -> None:
    store(first=990_000_000)
    connection.execute("UPDATE articles SET updated_at = now() - interval '31 days' WHERE pmid < 990000150")
    connection.commit()
    night = literature_settings.model_copy(
        update={"model_dir": model_directory, "articles_a_night": 100, "citations_a_night": 0}
    )
    assert {step.name: step.amount for step in plan_night(connection, night).steps}["renew"] == 100
    told = run_night(connection, night, asked_by="cron").told
    assert told[2] == "stored articles asked for again: 100, 0 changed, 100 without a record"
    step = next(step for step in work_runs(connection)[0].steps if step.name == "renew")
    assert (step.outcome, step.amount, step.counts) == ("done", 100, {"changed": 0, "without a record": 100})

    # PubMed that is away is told of, and fails no night.
    literature.order({"path": "efetch", "status": 400})
    away = run_night(connection, night, asked_by="cron").told[2]
    assert away.startswith("stored articles asked for again: 0, 0 changed, 0 without a record; PubMed refuses")
    assert {step.name: step.amount for step in plan_night(connection, night).steps}["renew"] == 50

    off = night.model_copy(update={"articles_a_night": 0})
    assert "renew" not in {step.name for step in plan_night(connection, off).steps}
    assert run_night(connection, off, asked_by="cron").told[2] == "stored articles are not asked for again"
