"""What the night's work will cost, before it starts."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from primetime.analysis.running import STEPS
from primetime.analysis.storing import EVERYTHING
from primetime.jobs.analysing import run_analysis
from primetime.jobs.history import rates, work_runs
from primetime.jobs.planning import plan_night
from primetime.jobs.recording import recorded_run
from primetime.settings import Settings
from primetime.vectors.serving_model import serve_first

Store = Callable[..., None]
PLANNED = ("embed", *STEPS, "backtest")


def test_the_plan_tells_the_nights_work_and_its_cost(
    connection: psycopg.Connection, with_encoder: Settings, store: Store
) -> None:
    store()
    before = plan_night(connection, with_encoder)
    assert [(step.name, step.amount) for step in before.steps] == [(name, 180) for name in PLANNED]
    assert before.unknown == list(PLANNED)
    run_analysis(connection, with_encoder)
    nothing = plan_night(connection, with_encoder)
    assert {step.amount for step in nothing.steps if step.name != "backtest"} == {0}
    assert (nothing.cpu_seconds, nothing.unchanged_since) == (0, 1)
    store(each=30, first=1000)
    after = plan_night(connection, with_encoder)
    measured = {step.name: step.cpu_seconds for step in work_runs(connection)[0].steps}
    for step in after.steps:
        times = 1 if step.name == "embed" else 2
        assert step.amount == 180 * times
        if step.name == "backtest":
            assert step.cpu_seconds is None
            continue
        assert step.cpu_seconds == pytest.approx(measured[step.name] * times, abs=0.06)
    assert set(rates(connection)) == {"embed", *STEPS}


def test_the_plan_knows_the_burst_capacity(
    connection: psycopg.Connection, with_encoder: Settings, store: Store, tmp_path: Path
) -> None:
    store(each=1)
    reading_of_now = tmp_path / "burst"
    for left, share in (("60", 1.0), ("10", 0.2), ("no number", 0.2)):
        reading_of_now.write_text(left)
        found = plan_night(connection, with_encoder.model_copy(update={"burst_capacity_file": reading_of_now}))
        assert found.share == share
        assert found.burst_left == (float(left) if left.isdigit() else None)


def test_the_plan_is_of_the_model_that_comes_to_serve_in_the_night(
    connection: psycopg.Connection, with_encoder: Settings, store: Store
) -> None:
    store()
    connection.execute("INSERT INTO encoder_models (hash, source, dimension) VALUES ('before', 'planted', 384)")
    serve_first(connection, "before")
    connection.commit()
    amounts = {step.name: step.amount for step in plan_night(connection, with_encoder).steps}
    assert amounts == {"embed": 180, "change model": 180, **dict.fromkeys((*STEPS, "backtest"), 180)}


def test_a_selections_runs_are_no_measure_of_the_nights(connection: psycopg.Connection, settings: Settings) -> None:
    for scope, amount in ((EVERYTHING, 10), ("search 1", 1)):
        with recorded_run(settings, kind="analysis", asked_by="hand", scope=scope) as run, run.step("topics", amount):
            pass
    connection.execute("UPDATE work_steps SET cpu_seconds = 5")
    connection.commit()
    assert rates(connection) == {"topics": 0.5}
