"""Runs on a real PostgreSQL with the real encoder: recorded, resumed after a kill, planned, done at night."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psycopg
import pytest
from click.testing import CliRunner, Result

from primetime.analysis import backtests, reading
from primetime.analysis.backtests import backtest_due, latest_backtest
from primetime.analysis.due import what_is_due
from primetime.analysis.running import STEPS
from primetime.articles.local_number import local_number
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.commands.analysis import analyse_command
from primetime.commands.runs import nightly_command, runs_command
from primetime.database.locks import exclusive
from primetime.encoder.artifact import read_manifest
from primetime.encoder.pooling import to_unit_length
from primetime.encoder.serving import Encoder
from primetime.errors import BadInput, Busy, ModelProblem, NotFound
from primetime.jobs.analysing import run_analysis
from primetime.jobs.backtesting import run_backtest
from primetime.jobs.history import WorkRun, work_runs
from primetime.jobs.night import run_night
from primetime.jobs.planning import plan_night
from primetime.jobs.queue import analyse_if_changed, analysis_jobs
from primetime.jobs.recording import recorded_run
from primetime.jobs.searching import enqueue_search
from primetime.searches.record import Order
from primetime.searches.saved import save_search
from primetime.searches.storing import create_search, find_search
from primetime.settings import Settings
from primetime.vectors.halfvec import storage_of, to_parameter
from primetime.vectors.serving_encoder import encode_new
from primetime.vectors.serving_model import serve_first
from primetime.vectors.storing import encode_missing

if TYPE_CHECKING:
    from conftest import StandIn

Store = Callable[..., None]
SEARCHED = ("saved searches", "done")
LAST = [("alerts", "done"), ("tidy", "done")]
TOO_YOUNG = [("read", "done"), ("backtest", "skipped")]


def steps(run: WorkRun) -> list[tuple[str, str]]:
    return [(step.name, step.outcome) for step in run.steps]


def test_every_step_is_recorded_with_its_cost(
    connection: psycopg.Connection, with_encoder: Settings, store: Store
) -> None:
    store()
    _, report = run_analysis(connection, with_encoder, asked_by="queue")
    (run,) = work_runs(connection)
    assert (run.kind, run.asked_by, run.outcome, run.cause) == ("analysis", "queue", "done", "")
    assert steps(run) == [(name, "done") for name in ("embed", *STEPS)]
    assert run.finished_at is not None
    for step in run.steps:
        assert step.amount == 180
        assert step.finished_at is not None
        assert run.started_at <= step.started_at <= step.finished_at <= run.finished_at
        assert step.cpu_seconds is not None
        assert step.cpu_seconds >= 0
        # A Python process with NumPy in it is above that.
        assert step.peak_memory is None or step.peak_memory > 50e6
    counts = {step.name: step.counts for step in run.steps}
    assert counts["embed"] == {"encoded": 180, "already": 0}
    assert counts["topics"]["topics"] == report.topics
    assert counts["scores"] == {"scored": report.opportunities, "refused": report.topics - report.opportunities}


def test_a_failed_step_does_not_lose_the_ones_before(
    connection: psycopg.Connection, with_encoder: Settings, store: Store
) -> None:
    store(each=2)
    with pytest.raises(BadInput, match="12 articles with a vector"):
        run_analysis(connection, with_encoder)
    (run,) = work_runs(connection)
    assert run.outcome == "failed"
    assert "12 articles with a vector cannot be grouped" in run.cause
    assert steps(run) == [("embed", "done"), ("read", "done"), ("topics", "failed")]
    assert connection.execute("SELECT count(*) FROM article_vectors").fetchone() == (12,)
    assert reading.latest_run(connection) is None


def test_one_run_at_a_time(connection: psycopg.Connection, with_encoder: Settings, store: Store) -> None:
    store(each=2)
    with recorded_run(with_encoder, kind="analysis", asked_by="hand") as run:
        for work in (run_analysis, run_night):
            with pytest.raises(Busy, match="another analysis run"):
                work(connection, with_encoder, asked_by="cron")
        assert [one.outcome for one in work_runs(connection)] == ["running"]
    assert [(one.id, one.outcome) for one in work_runs(connection)] == [(run.id, "done")]


@pytest.mark.parametrize("fatal", ["topics", "publish"])
def test_a_kill_in_the_middle_leaves_the_earlier_result_served(
    connection: psycopg.Connection, with_encoder: Settings, store: Store, database_url: str, fatal: str
) -> None:
    store()
    _, first = run_analysis(connection, with_encoder)
    store(each=10, first=1000)
    script = Path(__file__).with_name("analyse_until_killed.py")
    process = subprocess.run(
        [sys.executable, str(script), database_url, str(with_encoder.model_directory), fatal],
        check=False,
        timeout=120,
        env={name: value for name, value in os.environ.items() if not name.startswith("PRIMETIME_")},
    )
    assert process.returncode == -signal.SIGKILL
    # PostgreSQL frees the dead process's lock when it notices that its connection has gone.
    until = time.monotonic() + 60
    while work_runs(connection)[0].outcome == "running" and time.monotonic() < until:
        connection.commit()
        time.sleep(0.1)
    lost = work_runs(connection)[0]
    assert lost.outcome == "lost"
    assert steps(lost)[-1] == (fatal, "lost")
    served = reading.latest_run(connection)
    assert served is not None
    if fatal == "publish":
        assert served.id == first.run_id + 1, "what was committed before the kill is there, whole"
        assert len(reading.topics(connection, served.id)) == served.topics
    else:
        assert served.id == first.run_id
        assert len(reading.topic_map(connection, served.id).pmid) == 180
    _, again = run_analysis(connection, with_encoder)
    assert again.articles == 240
    assert [run.outcome for run in work_runs(connection)] == ["done", "lost", "done"]
    assert work_runs(connection)[1].cause == "its process ended without a word"


def test_a_corpus_that_grows_while_it_is_analysed_waits_for_the_next_run(
    connection: psycopg.Connection, with_encoder: Settings, store: Store, database_url: str
) -> None:
    store()
    grown: list[int] = []

    def grow(done: int, _total: int) -> None:
        if done == 1:
            with psycopg.connect(database_url) as other:
                other.execute("DELETE FROM articles WHERE pmid = 7")
                other.execute("INSERT INTO articles (pmid, title, content_hash) VALUES (9000, 'Asthma anew', 'x')")
            grown.append(done)

    _, report = run_analysis(connection, with_encoder, analysing=grow)
    assert grown == [1]
    assert report.articles == 180
    places = reading.topic_map(connection, report.run_id).pmid
    assert len(places) == 179
    assert not {7, 9000} & set(places)
    _, after = run_analysis(connection, with_encoder)
    assert after.articles == 180
    assert after.snapshot != report.snapshot


def test_a_night_does_what_is_new_and_leaves_what_is_not(
    connection: psycopg.Connection, with_encoder: Settings, store: Store
) -> None:
    store()
    first = run_night(connection, with_encoder, asked_by="cron")
    assert first.told[3] == "180 articles newly encoded, 0 were already"
    assert first.told[5].startswith("analysis 1: 6 topics among 180 articles")
    assert "cannot be judged yet: no year of the corpus has 200 articles" in first.told[6]
    assert ("backtest", "skipped") in steps(work_runs(connection)[0])
    second = run_night(connection, with_encoder, asked_by="cron")
    assert second.told[5] == "nothing changed since analysis 1, which stands"
    assert second.told[6] == "the score was judged, or could not be, not long ago"
    assert steps(work_runs(connection)[0]) == [SEARCHED, ("embed", "done"), *LAST]
    other = with_encoder.model_copy(update={"forecast_periods": 5})
    assert run_night(connection, other, asked_by="cron").told[5].startswith("analysis 2:")
    store(each=1, first=1000)
    grown = run_night(connection, other, asked_by="cron")
    assert grown.told[5].startswith("analysis 3: 6 topics among 186")
    assert "cannot be judged yet" in grown.told[6], "a corpus that has grown may allow what it did not"


def test_few_new_articles_join_the_topics_that_stand(
    connection: psycopg.Connection, with_encoder: Settings, store: Store
) -> None:
    patient = with_encoder.model_copy(update={"refit_share": 0.05})
    store()
    run_night(connection, patient, asked_by="cron")
    before = reading.topics(connection, 1)
    store(each=1, first=1000)
    plan = plan_night(connection, patient)
    assert {step.name: step.amount for step in plan.steps if step.name != "backtest" and step.amount} == {
        "embed": 6,
        "assign": 6,
    }
    assert (plan.unchanged_since, plan.why) == (1, "few articles came since analysis 1, which stands: 6 of 180")
    night = run_night(connection, patient, asked_by="cron")
    assert night.told[5] == f"{plan.why}; 6 newly placed, 6 in a topic"
    assert ("assign", "done") in steps(work_runs(connection)[0])
    assert reading.topics(connection, 1) == before
    assert len(reading.topic_map(connection, 1).pmid) == 186
    # They count with those that come later, and they are placed once.
    assert run_night(connection, patient, asked_by="cron").told[5] == plan.why
    assert not {name for name, _ in steps(work_runs(connection)[0])} & {"assign", *STEPS[1:]}
    store(each=1, first=2000)
    assert plan_night(connection, patient).why == "12 articles came since analysis 1 of 180"
    assert run_night(connection, patient, asked_by="cron").told[5].startswith("analysis 2: 6 topics among 192")


def test_topics_are_found_anew_when_they_are_old_or_their_articles_changed(
    connection: psycopg.Connection, with_encoder: Settings, store: Store
) -> None:
    patient = with_encoder.model_copy(update={"refit_share": 0.5})
    store()
    encoded, _ = run_analysis(connection, patient)

    def why() -> str:
        due = what_is_due(connection, encoded.model_hash, patient)
        assert due.run is None
        return due.why

    connection.execute("UPDATE analysis_runs SET finished_at = finished_at - interval '8 days'")
    assert what_is_due(connection, encoded.model_hash, patient).why == "nothing changed since analysis 1, which stands"
    connection.execute("INSERT INTO articles (pmid, title, content_hash) VALUES (5000, 'Asthma anew', 'x')")
    connection.execute(
        "INSERT INTO article_vectors (model_hash, pmid, content_hash, embedding)"
        " SELECT model_hash, 5000, 'x', embedding FROM article_vectors WHERE pmid = 1"
    )
    assert why() == "articles came since analysis 1, which is 8 days old"
    never = patient.model_copy(update={"refit_days": 0})
    assert what_is_due(connection, encoded.model_hash, never).new == 1
    for change in ("UPDATE articles SET publication_year = 1990 WHERE pmid = 7", "DELETE FROM articles WHERE pmid = 8"):
        with connection.transaction(force_rollback=True):
            connection.execute(change)
            assert why() == "articles of analysis 1 are no longer what they were"
    assert what_is_due(connection, "another", patient, to_come=180).why == "another model serves than made analysis 1"
    patient = patient.model_copy(update={"hdbscan_min_cluster_size": 9})
    assert why() == "other settings made analysis 1"


def test_no_encoder_is_opened_where_nothing_waits_for_it(
    connection: psycopg.Connection, with_encoder: Settings, store: Store, tmp_path: Path
) -> None:
    store(each=2)
    encoded = encode_new(connection, with_encoder.model_directory, threads=1)
    again = encode_new(connection, tmp_path / "nowhere", threads=1)
    assert (again.encoded, again.already, again.model_hash) == (0, 12, encoded.model_hash)
    store(each=1, first=1000)
    with pytest.raises(ModelProblem):
        encode_new(connection, tmp_path / "nowhere", threads=1)


def test_a_part_of_the_night_that_fails_does_not_keep_the_others_from_theirs(
    connection: psycopg.Connection, with_encoder: Settings, store: Store, database_url: str
) -> None:
    store()
    encoded, _ = run_analysis(connection, with_encoder)
    store(each=1, first=1000)
    connection.execute("UPDATE work_runs SET started_at = now() - interval '3 years'")
    connection.commit()
    with (
        psycopg.connect(database_url) as other,
        exclusive(other, f"encoding with model {encoded.model_hash}"),
        pytest.raises(Busy, match="encoding with model"),
    ):
        run_night(connection, with_encoder, asked_by="cron")
    (run,) = work_runs(connection)
    assert (run.kind, run.outcome) == ("night", "failed")
    assert "another encoding with model" in run.cause
    assert steps(run) == [SEARCHED, ("embed", "failed"), *TOO_YOUNG, *LAST]
    assert run.steps[-1].counts == {"runs forgotten": 1, "alerts forgotten": 0}


def test_a_run_rests_between_its_steps(connection: psycopg.Connection, settings: Settings) -> None:
    del connection
    rested: list[float] = []
    with recorded_run(settings, kind="analysis", asked_by="hand", rest=rested.append) as run:
        for name in ("first", "second"):
            with run.step(name):
                spent = time.process_time()
                while time.process_time() - spent < 0.05:
                    pass
    assert len(rested) == 1
    assert rested[0] >= 0.05


def test_after_a_step_that_paced_itself_no_rest_is_due(connection: psycopg.Connection, settings: Settings) -> None:
    rested: list[float] = []
    with recorded_run(settings, kind="analysis", asked_by="hand", rest=rested.append) as run:
        with run.step("embed") as told:
            told.paced = True
            spent = time.process_time()
            while time.process_time() - spent < 0.05:
                pass
        with run.step("topics"):
            pass
    assert not rested
    (embed, _) = work_runs(connection)[0].steps
    assert embed.cpu_seconds is not None
    assert embed.cpu_seconds >= 0.05, "its cost is told all the same"


def test_the_score_is_judged_on_the_stored_corpus_and_the_result_kept(
    connection: psycopg.Connection, with_encoder: Settings, model_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve planted fields of 50 papers, of which the first ones grow for good."""
    random = np.random.default_rng(3)
    storage, model_hash = storage_of(connection), read_manifest(model_directory).hash
    centres = random.normal(size=(12, 384))
    connection.execute(
        "INSERT INTO encoder_models (hash, source, dimension) VALUES (%s, 'planted', 384)", (model_hash,)
    )
    for place in range(600):
        topic, number = divmod(place, 50)
        year = 2012 - int((number / 50) ** (2.5 if topic < 4 else 1.0) * 13)
        vector = to_unit_length((centres[topic] + random.normal(size=384) * 0.3)[None, :])[0]
        connection.execute(
            "INSERT INTO articles (pmid, title, publication_year, content_hash) VALUES (%s, 'A title', %s, 'x')",
            (place + 1, year),
        )
        connection.execute(
            "INSERT INTO article_vectors (model_hash, pmid, content_hash, embedding) VALUES (%s, %s, 'x', %s)",
            (model_hash, place + 1, to_parameter(vector, storage)),
        )
    connection.commit()
    serve_first(connection, model_hash)
    assert backtest_due(connection, model_hash, with_encoder)
    found = run_backtest(connection, with_encoder, first=2007)
    assert latest_backtest(connection) is None, "one asked for some years alone is not the corpus's own"
    assert found.origins == [2007, 2008]
    whole = run_backtest(connection, with_encoder)
    kept = latest_backtest(connection)
    assert kept is not None
    assert kept.result["origins"] == whole.origins
    assert kept.result["scores"]["opportunity"]["spearman"]["value"] == whole.scores["opportunity"]["spearman"].value
    assert (kept.articles, kept.model_hash) == (600, model_hash)
    assert not backtest_due(connection, model_hash, with_encoder)
    assert backtest_due(connection, "another", with_encoder)
    assert not backtest_due(connection, "another", with_encoder.model_copy(update={"backtest_days": 0}))
    assert kept.result["weights"] == "0.4/0.4/0.2"
    others = with_encoder.model_copy(update={"novelty_weight": 0.1})
    assert backtest_due(connection, model_hash, others), "other weights make another score"
    for changed in ('{"method": "opportunity-0"}', '{"stored": 580}', '{"stored": 620}'):
        connection.execute("UPDATE backtests SET parameters = parameters || %s", (changed,))
        assert backtest_due(connection, model_hash, with_encoder), changed
        connection.rollback()
    connection.execute("UPDATE backtests SET parameters = parameters || '{\"stored\": 595}'")
    assert not backtest_due(connection, model_hash, with_encoder), "few articles came since"
    connection.execute("UPDATE backtests SET made_at = made_at - interval '31 days'")
    assert backtest_due(connection, model_hash, with_encoder)
    run = work_runs(connection)[0]
    assert (run.kind, steps(run)) == ("backtest", [("read", "done"), ("backtest", "done")])
    # A night reads the articles once, for the analysis and for the backtest, which are of one moment.
    monkeypatch.setattr(backtests, "load_corpus", None)
    night = run_night(connection, with_encoder, asked_by="cron")
    assert night.told[5].startswith("analysis 1:")
    assert night.told[6] == f"the score judged at {len(whole.origins)} origins"
    again = latest_backtest(connection)
    assert again is not None
    assert again.result == kept.result


def command(monkeypatch: pytest.MonkeyPatch, settings: Settings, database_url: str) -> Callable[..., Result]:
    monkeypatch.setenv("PRIMETIME_DATABASE_URL", database_url)
    monkeypatch.setenv("PRIMETIME_MODEL_DIR", str(settings.model_directory))
    for source in ("ICITE", "CROSSREF"):
        monkeypatch.setenv(f"PRIMETIME_{source}_URL", "")
    monkeypatch.setenv("PRIMETIME_ARTICLES_A_NIGHT", "0")
    return lambda one, *arguments: CliRunner().invoke(one, arguments, catch_exceptions=False)


def test_the_night_looks_up_citations_by_age_and_goes_on_where_a_source_was_away(
    connection: psycopg.Connection,
    literature_settings: Settings,
    literature: "StandIn",
    model_directory: Path,
    store: Store,
) -> None:
    store()
    found = literature.get("/entrez/eutils/esearch.fcgi?db=pubmed&term=hasabstract&retmax=30").decode()
    pmids = [int(pmid) for pmid in re.findall(r"<Id>(\d+)</Id>", found)]
    connection.execute("DELETE FROM articles WHERE pmid > 150")
    store_articles(connection, [Article(pmid=pmid, title=f"Asthma {pmid}", doi=f"10.1/{pmid}") for pmid in pmids])
    local = local_number(doi=None, title="Found in a library", year=2001, first_author="")
    store_articles(connection, [Article(pmid=local, title="Found in a library")])
    connection.commit()
    everything = 150 + len(pmids) + 1
    night = literature_settings.model_copy(update={"model_dir": model_directory, "citations_a_night": 170})

    # Each source is asked about 170 at most; iCite refuses, once.
    literature.order({"path": "/icite/api/pubs", "times": 1, "status": 403})
    assert {step.name: step.amount for step in plan_night(connection, night).steps}["citations"] == 3 * 170
    first = run_night(connection, night, asked_by="cron").told[1]
    assert first.startswith("citations: icite asked about 0, knows 0; openalex asked about 170, knows ")
    assert "iCite refuses the request (403)" in first
    assert sources_of(connection) == {"openalex": 170, "crossref": 170}

    # The next night asks iCite again, and the others about the rest; who has no PMID is Crossref's alone.
    second = run_night(connection, night, asked_by="cron")
    assert second.told[1].startswith("citations: icite asked about 170, knows 20; openalex asked about 10, ")
    step = next(step for step in work_runs(connection)[0].steps if step.name == "citations")
    assert (step.outcome, step.amount) == ("done", 170 + 10 + 11)
    assert step.counts["icite asked"] == 170
    run_night(connection, night, asked_by="cron")
    assert sources_of(connection) == {"icite": everything - 1, "openalex": everything - 1, "crossref": everything}
    # What a source does not know is unknown, never 0; what it knows has a date.
    unknown = connection.execute("SELECT count(*) FROM article_citations WHERE source = 'icite' AND citations IS NULL")
    assert unknown.fetchone() == (150,)

    assert {step.name: step.amount for step in plan_night(connection, night).steps}["citations"] == 0
    connection.execute("UPDATE article_citations SET looked_up_at = now() - interval '31 days' WHERE source = 'icite'")
    connection.commit()
    assert {step.name: step.amount for step in plan_night(connection, night).steps}["citations"] == 170
    off = night.model_copy(update={"citations_a_night": 0})
    assert run_night(connection, off, asked_by="cron").told[1] == "citations are not looked up"


def sources_of(connection: psycopg.Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT source, count(*) FROM article_citations GROUP BY source").fetchall())


def test_the_commands_tell_what_is_recorded(
    connection: psycopg.Connection,
    with_encoder: Settings,
    store: Store,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    run = command(monkeypatch, with_encoder, database_url)
    assert "nothing has run yet" in run(runs_command).output
    store()
    assert "180 articles   not measured yet" in run(analyse_command, "--plan").output
    night = run(nightly_command, "--asked-by", "cron").output
    assert night.index("The night's work") < night.index("run 1: saved searches planned: 0; citations are not")
    assert "1  night by cron" in run(runs_command).output
    (item,) = json.loads(run(runs_command, "--json").output)["items"]
    assert (item["kind"], item["asked_by"], len(item["steps"])) == ("night", "cron", 12)
    assert json.loads(run(analyse_command, "--plan", "--json").output)["unchanged_since"] == 1
    pmids = connection.execute("SELECT pmid FROM articles ORDER BY pmid").fetchall()
    (tmp_path / "some.txt").write_text("\n".join(str(pmid) for (pmid,) in pmids))
    run(analyse_command, "--pmids", str(tmp_path / "some.txt"), "--scope", "some articles")
    assert "2  analysis of some articles by hand" in run(runs_command).output


def test_without_an_encoder_there_is_no_plan_and_the_night_says_why(
    connection: psycopg.Connection, settings: Settings, store: Store
) -> None:
    store(each=1)
    with pytest.raises(ModelProblem):
        plan_night(connection, settings)
    with pytest.raises(ModelProblem):
        run_night(connection, settings, asked_by="cron")
    (run,) = work_runs(connection)
    assert steps(run) == [SEARCHED, ("embed", "failed"), *LAST]


def test_a_search_that_changed_the_corpus_asks_for_one_analysis(
    connection: psycopg.Connection, with_encoder: Settings, store: Store, encoder: Encoder
) -> None:
    assert analyse_if_changed(connection, with_encoder) is None, "nothing is encoded"
    store()
    run_analysis(connection, with_encoder)
    assert analyse_if_changed(connection, with_encoder) is None
    store(each=1, first=1000)
    encode_missing(connection, encoder)
    patient = with_encoder.model_copy(update={"refit_share": 0.05})
    assert analyse_if_changed(connection, patient) is None
    assert len(reading.topic_map(connection, 1).pmid) == 186, "few articles are placed at once"
    job_id = analyse_if_changed(connection, with_encoder)
    assert job_id is not None
    assert analyse_if_changed(connection, with_encoder) is None
    assert [job.job_id for job in analysis_jobs(connection)] == [job_id]


def test_the_workers_own_metrics_count_its_searches_of_pubmed(
    connection: psycopg.Connection, literature_settings: Settings, model_directory: Path
) -> None:
    """A worker process as it is deployed, asked at its port, as Prometheus does."""
    search_id = create_search(connection, Order(query="asthma", max_results=3))
    enqueue_search(connection, search_id)
    connection.commit()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = literature_settings.model_copy(update={"model_dir": model_directory, "metrics_port": port})
    environment = {
        f"PRIMETIME_{name.upper()}": str(value)
        for name, value in settings.model_dump(mode="json").items()
        if value is not None
    }
    worker = subprocess.Popen(
        [str(Path(sys.executable).parent / "primetime"), "worker"],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while find_search(connection, search_id).state != "done":
            connection.rollback()
            assert time.monotonic() < deadline, "the search does not end"
            assert worker.poll() is None
            time.sleep(0.1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as reply:
            metrics = reply.read().decode()
    finally:
        worker.terminate()
        worker.wait(30)
    assert "\nprime_time_searches_completed_total 1.0\n" in metrics
    assert "\nprime_time_search_duration_seconds_count 1.0\n" in metrics


def test_the_night_plans_the_saved_searches_that_are_due(
    connection: psycopg.Connection, with_encoder: Settings, store: Store
) -> None:
    store()
    row = connection.execute(
        "INSERT INTO searches (query, max_results, state, requested_at)"
        " VALUES ('asthma', 10, 'done', now() - interval '3 days') RETURNING id"
    ).fetchone()
    assert row is not None
    save_search(connection, row[0], name="Asthma", every_days=1)
    connection.commit()
    assert run_night(connection, with_encoder, asked_by="cron").told[0] == "saved searches planned: 1"
    waiting = connection.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'search'").fetchall()
    assert waiting == [({"search_id": row[0] + 1},)]
    assert run_night(connection, with_encoder, asked_by="cron").told[0] == "saved searches planned: 0"


def test_a_search_or_a_list_of_articles_is_analysed_by_itself(
    connection: psycopg.Connection,
    with_encoder: Settings,
    store: Store,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    run = command(monkeypatch, with_encoder, database_url)
    store()
    pmids = [pmid for (pmid,) in connection.execute("SELECT pmid FROM articles ORDER BY pmid LIMIT 90")]
    search_id = create_search(connection, Order(query="asthma[mh]", max_results=90))
    connection.execute(
        "INSERT INTO search_articles (search_id, pmid, rank, fetched_at)"
        " SELECT %s, pmid, pmid, now() FROM unnest(%s) AS pmid",
        (search_id, pmids),
    )
    connection.commit()
    assert "among 90 articles" in run(analyse_command, "--search", str(search_id)).output
    file = tmp_path / "pmids.txt"
    file.write_text("\n".join(map(str, pmids[:60])))
    assert "among 60 articles" in run(analyse_command, "--pmids", str(file), "--scope", "sixty").output
    assert reading.latest_run(connection) is None
    assert {scope: reading.latest_run(connection, scope).articles for scope in (f"search {search_id}", "sixty")} == {
        f"search {search_id}": 90,
        "sixty": 60,
    }
    with pytest.raises(NotFound, match="no search 999"):
        run(analyse_command, "--search", "999")
    for wrong in (["--pmids", str(file)], ["--scope", "sixty"], ["--pmids", str(file), "--scope", "everything"]):
        with pytest.raises(BadInput, match="belong together"):
            run(analyse_command, *wrong)
    with pytest.raises(BadInput, match="exclude each other"):
        run(analyse_command, "--pmids", str(file), "--scope", "sixty", "--search", str(search_id))
    for selection in (["--pmids", str(file), "--scope", "sixty"], ["--search", str(search_id)]):
        with pytest.raises(BadInput, match="a reference is made of everything"):
            run(analyse_command, *selection, "--new-reference")
