"""Alerts on a real PostgreSQL: of topics, of saved searches, of failed runs, each told once."""

import os
from collections.abc import Callable

import psycopg
import pytest
from psycopg.types.json import Jsonb

from primetime.analysis.reading import latest_run, topics
from primetime.analysis.running import analyse
from primetime.jobs.alerts import Alert, alert_of_new_papers, alert_of_topics, alerts_for, see
from primetime.jobs.history import work_runs
from primetime.jobs.recording import recorded_run
from primetime.searches.record import Order
from primetime.searches.saved import save_search
from primetime.searches.storing import create_search
from primetime.settings import Settings

Add = Callable[[int, int, int], None]


def account(connection: psycopg.Connection, name: str) -> int:
    row = connection.execute(
        "INSERT INTO accounts (email, name, role, password_hash) VALUES (%s, %s, 'reader', 'x') RETURNING id",
        (f"{name}@example.org", name),
    ).fetchone()
    assert row is not None
    return int(row[0])


def told(connection: psycopg.Connection, *, operator: bool = False) -> list[Alert]:
    return alerts_for(connection, 0, operator=operator)[0]


def test_topics_born_since_the_analysis_before_are_told_once(
    connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    for subject in range(6):
        add(1000 * (subject + 1), 40, subject)
    first = analyse(connection, model_hash="planted", settings=settings)
    assert alert_of_topics(connection, first.run_id) == 0, "the first analysis bears every topic"
    add(20_000, 40, 10)
    second = analyse(connection, model_hash="planted", settings=settings)
    assert alert_of_topics(connection, second.run_id) == 1
    assert alert_of_topics(connection, second.run_id) == 0
    (alert,) = told(connection)
    new = next(topic for topic in topics(connection, second.run_id) if topic.id == alert.topic_id)
    assert (alert.kind, alert.title) == ("topic born", f"New topic: {new.name}")
    assert alert.detail == f"40 articles in analysis {second.run_id}"
    alone = analyse(
        connection,
        model_hash="planted",
        settings=settings,
        scope="search 7",
        pmids=[*range(1000, 1040), *range(2000, 2040)],
    )
    assert alert_of_topics(connection, alone.run_id) == 0, "one search's topics are no news to all"


def test_a_topic_that_was_merged_leads_to_the_one_that_took_it_in(
    connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    for subject in range(6):
        add(1000 * (subject + 1), 40, subject)
    analyse(connection, model_hash="planted", settings=settings)
    run = analyse(connection, model_hash="planted", settings=settings).run_id
    one, other = topics(connection, run)[:2]
    connection.execute(
        "INSERT INTO analysis_changes (run_id, topic_key, kind, topic_name, other_key, other_name, share)"
        " VALUES (%s, 999, 'merged', 'Gout', %s, %s, 0.9), (%s, 998, 'died', 'Scurvy', NULL, NULL, NULL)",
        (run, other.key, other.name, run),
    )
    assert alert_of_topics(connection, run) == 1
    (alert,) = told(connection)
    assert (alert.title, alert.topic_id) == (f"Gout was merged into {other.name}", other.id)
    assert one.id != other.id


@pytest.mark.parametrize(
    ("velocity", "growth", "before", "alerts"),
    [(0.9, 0.2, 0.5, 1), (0.9, 0.2, 0.85, 0), (0.7, 0.2, 0.5, 0), (0.9, 0.05, 0.5, 0), (0.9, None, 0.5, 0)],
    ids=["came to rise", "rose before", "not among the fastest", "hardly grows", "growth unknown"],
)
def test_a_topic_that_comes_to_rise_is_told(
    connection: psycopg.Connection,
    settings: Settings,
    add: Add,
    velocity: float,
    growth: float | None,
    before: float,
    alerts: int,
) -> None:
    for subject in range(3):
        add(1000 * (subject + 1), 40, subject)
    ids = [analyse(connection, model_hash="planted", settings=settings).run_id for _ in range(2)]
    for run, place, a_year in ((ids[0], before, 0.3), (ids[1], velocity, growth)):
        connection.execute(
            "UPDATE analysis_topics SET growth = %s, opportunity = %s WHERE run_id = %s AND id = 1",
            (a_year, Jsonb({"score": 0.5, "velocity": place}), run),
        )
    assert alert_of_topics(connection, ids[1]) == alerts
    assert [(one.kind, one.topic_id) for one in told(connection)] == [("topic rising", 1)] * alerts
    assert all("grows 20 % a year; 90 %" in one.detail for one in told(connection))


def test_new_papers_of_a_saved_search_are_told_for_each_run_that_found_some(connection: psycopg.Connection) -> None:
    connection.execute(
        "INSERT INTO articles (pmid, title, content_hash) SELECT n, 'T', 'h' FROM generate_series(1, 5) n"
    )

    def finished(pmids: range, saved: int | None = None) -> int:
        search_id = create_search(connection, Order(query="asthma", max_results=10))
        connection.execute("UPDATE searches SET state = 'done', saved_search_id = %s WHERE id = %s", (saved, search_id))
        connection.execute(
            "INSERT INTO search_articles (search_id, pmid, rank, fetched_at)"
            " SELECT %s, pmid, pmid, now() FROM unnest(%s::bigint[]) AS pmid",
            (search_id, list(pmids)),
        )
        return search_id

    saved = save_search(connection, finished(range(1, 3)), name="Asthma", every_days=7)
    assert alert_of_new_papers(connection) == 0, "of the first run none is new"
    finished(range(1, 3), saved)
    assert alert_of_new_papers(connection) == 0
    newest = finished(range(1, 6), saved)
    assert alert_of_new_papers(connection) == 1
    assert alert_of_new_papers(connection) == 0
    (alert,) = told(connection)
    assert (alert.kind, alert.title, alert.search_id) == ("new papers", "Asthma: 3 new papers", newest)
    connection.execute("DELETE FROM searches WHERE id = %s", (newest,))
    assert told(connection) == [], "an alert goes with the search that it leads to"


def fail(settings: Settings, **of: str) -> None:
    with pytest.raises(ValueError, match="no disk"), recorded_run(settings, **{"kind": "night", **of}):
        raise ValueError("no disk")


def test_a_failed_run_is_told_to_operators_alone(connection: psycopg.Connection, settings: Settings) -> None:
    fail(settings, asked_by="cron")
    fail(settings, asked_by="hand")
    fail(settings, asked_by="queue", kind="analysis", scope="search 3")
    with recorded_run(settings, kind="night", asked_by="cron"):
        pass
    assert told(connection) == []
    (alert,) = told(connection, operator=True)
    assert (alert.kind, alert.title, alert.detail) == ("run failed", "The night failed", "ValueError: no disk")
    assert alert.work_run_id == work_runs(connection)[-1].id


def test_a_run_whose_process_died_is_told_when_the_next_begins(
    connection: psycopg.Connection, settings: Settings
) -> None:
    pid = os.fork()
    if pid == 0:
        with recorded_run(settings, kind="night", asked_by="cron"):
            os._exit(9)
    os.waitpid(pid, 0)
    assert told(connection, operator=True) == []
    with recorded_run(settings, kind="analysis", asked_by="hand"):
        assert [one.title for one in told(connection, operator=True)] == ["The process of the night died"]


def test_each_account_sees_for_itself(connection: psycopg.Connection, settings: Settings) -> None:
    fail(settings, asked_by="cron")
    fail(settings, asked_by="cron")
    one, other = account(connection, "one"), account(connection, "other")
    newest = told(connection, operator=True)[0].id
    see(connection, one, operator=False)
    assert alerts_for(connection, one, operator=True)[1] == 2, "what is not shown to one cannot be seen by one"
    see(connection, one, operator=True, ids=[newest, 10**9])
    found, unseen = alerts_for(connection, one, operator=True)
    assert ([alert.seen for alert in found], unseen) == ([True, False], 1)
    see(connection, one, operator=True)
    see(connection, one, operator=True)
    assert alerts_for(connection, one, operator=True)[1] == 0
    assert alerts_for(connection, other, operator=True)[1] == 2
    assert len(alerts_for(connection, one, operator=True, limit=1)[0]) == 1


def test_nothing_analysed_and_nothing_saved_is_nothing_to_tell(connection: psycopg.Connection) -> None:
    assert latest_run(connection) is None
    assert (alert_of_topics(connection, 1), alert_of_new_papers(connection)) == (0, 0)
