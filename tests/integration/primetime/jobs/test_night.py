"""A night over too few articles, and what one tells of several failures; with the real encoder."""

import psycopg
import pytest
from click.testing import CliRunner

from primetime.cli import main
from primetime.commands.runs import runs_command
from primetime.errors import BadInput, ModelProblem
from primetime.jobs.analysing import run_analysis
from primetime.jobs.history import work_runs
from primetime.jobs.night import run_night
from primetime.jobs.planning import plan_lines, plan_night
from primetime.jobs.queue import analyse_if_changed, analysis_jobs
from primetime.settings import Settings
from tests.integration.primetime.jobs.conftest import Store


@pytest.mark.parametrize("articles", [0, 12])
def test_a_corpus_too_small_for_topics_is_no_failure(
    connection: psycopg.Connection,
    with_encoder: Settings,
    store: Store,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    articles: int,
) -> None:
    store(each=articles // 6)
    lacks = f"{articles} of 30 articles that topics need"
    assert f"  {lacks}" in plan_lines(plan_night(connection, with_encoder))
    night = run_night(connection, with_encoder, asked_by="cron")
    assert f"topics are skipped: {lacks}" in night.told
    (run,) = work_runs(connection)
    assert (run.outcome, run.cause) == ("done", "")
    assert ("topics", lacks) in [(step.name, step.cause) for step in run.steps if step.outcome == "skipped"]
    assert {step.outcome for step in run.steps} <= {"done", "skipped"}
    assert connection.execute("SELECT count(*) FROM alerts").fetchone() == (0,)
    monkeypatch.setenv("PRIMETIME_DATABASE_URL", database_url)
    assert any(
        line.split()[:2] == ["topics", "skipped"] and line.endswith(lacks)
        for line in CliRunner().invoke(runs_command).output.splitlines()
    )
    # Nor does each search that brought some add a failed analysis.
    assert analyse_if_changed(connection, with_encoder) is None
    assert analysis_jobs(connection) == []


def test_who_asks_for_an_analysis_of_too_few_articles_is_told_so(
    connection: psycopg.Connection,
    with_encoder: Settings,
    store: Store,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store(each=2)
    connection.commit()
    monkeypatch.setenv("PRIMETIME_DATABASE_URL", database_url)
    monkeypatch.setenv("PRIMETIME_MODEL_DIR", str(with_encoder.model_directory))
    with pytest.raises(SystemExit) as ended:
        main(["analyse"])
    assert ended.value.code == BadInput.exit_status
    assert "12 articles with a vector cannot be grouped into topics, 30 can; import more" in capsys.readouterr().err


def test_articles_to_be_encoded_count_in_the_plan(
    connection: psycopg.Connection, with_encoder: Settings, store: Store
) -> None:
    store(each=5)
    plan = plan_night(connection, with_encoder)
    assert {step.name: step.amount for step in plan.steps}["topics"] == 30
    told = run_night(connection, with_encoder, asked_by="cron").told
    assert any("topics among 30 articles" in line for line in told)


def test_a_night_ends_with_the_gravest_failure_and_records_all(
    connection: psycopg.Connection, with_encoder: Settings, store: Store
) -> None:
    store()
    unusable = with_encoder.model_copy(update={"novelty_weight": 0.0, "velocity_weight": 0.0, "recency_weight": 0.0})
    with pytest.raises(BadInput, match="weights"):
        run_night(connection, unusable, asked_by="cron")
    connection.execute(
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not write: no space left on device'; END $$"""
    )
    connection.execute("CREATE TRIGGER full_disk BEFORE DELETE ON alerts EXECUTE FUNCTION refuse()")
    connection.commit()
    with pytest.raises(psycopg.errors.RaiseException):
        run_night(connection, unusable, asked_by="cron")
    cause = work_runs(connection)[0].cause
    assert cause.startswith("RaiseException: could not write: no space left on device; besides: ")
    assert "weights" in cause


def test_what_several_parts_lack_is_told_once(connection: psycopg.Connection, settings: Settings, store: Store) -> None:
    store(each=2)
    with pytest.raises(ModelProblem):
        run_night(connection, settings, asked_by="cron")
    (run,) = work_runs(connection)
    assert run.cause.count("no encoder") == 1
    assert "besides: nothing is encoded" in run.cause


def test_an_analysis_stands_when_most_of_its_articles_are_deleted(
    connection: psycopg.Connection, with_encoder: Settings, store: Store
) -> None:
    store()
    run_analysis(connection, with_encoder)
    connection.execute("DELETE FROM articles WHERE pmid > 10")
    connection.commit()
    assert (
        "topics are skipped: 10 of 30 articles that topics need"
        in run_night(connection, with_encoder, asked_by="cron").told
    )
