"""Topics over several analyses: their numbers for life, what became of them, new articles between, single searches."""

from collections.abc import Callable

import numpy as np
import psycopg
import pytest

from primetime.analysis import assigning, reading
from primetime.analysis.assigning import assign_new
from primetime.analysis.running import analyse
from primetime.analysis.storing import one_at_a_time
from primetime.errors import BadInput, Busy
from primetime.settings import Settings

MODEL = "planted"
Add = Callable[[int, int, int], None]


def corpus(add: Add, subjects: int = 6) -> None:
    for subject in range(subjects):
        add(1000 * (subject + 1), 40 + subject, subject)


def topics_by_name(connection: psycopg.Connection, run_id: int) -> dict[str, reading.Topic]:
    return {topic.name: topic for topic in reading.topics(connection, run_id)}


def test_topics_keep_their_numbers_and_their_places_while_the_corpus_grows(
    connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    corpus(add)
    first = analyse(connection, model_hash=MODEL, settings=settings)
    add(1500, 30, 0)  # the smallest becomes the largest
    add(9000, 45, 7)
    second = analyse(connection, model_hash=MODEL, settings=settings)
    before, after = topics_by_name(connection, first.run_id), topics_by_name(connection, second.run_id)
    assert len(before) == 6
    assert {name: after[name].key for name in before} == {name: topic.key for name, topic in before.items()}
    assert {name: after[name].id for name in before} != {name: topic.id for name, topic in before.items()}
    assert all(after[name].agreement > 0.9 for name in before)
    assert all(0.8 < topic.stability <= 1 for topic in after.values())
    (born,) = [change for change in reading.changes(connection) if change.run_id == second.run_id]
    assert (born.kind, born.topic_name, born.topic_key) == ("born", (set(after) - set(before)).pop(), 7)
    width = np.ptp([topic.x for topic in before.values()])
    for name, topic in before.items():
        assert np.hypot(after[name].x - topic.x, after[name].y - topic.y) < 0.1 * width


def test_a_topic_that_is_gone_is_recorded_with_its_name(
    connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    corpus(add)
    first = analyse(connection, model_hash=MODEL, settings=settings)
    gone = next(topic for topic in reading.topics(connection, first.run_id) if topic.articles == 40)
    connection.execute("DELETE FROM articles WHERE pmid BETWEEN 1000 AND 1999")
    connection.commit()
    second = analyse(connection, model_hash=MODEL, settings=settings)
    (died,) = [change for change in reading.changes(connection) if change.run_id == second.run_id]
    assert (died.kind, died.topic_key, died.topic_name) == ("died", gone.key, gone.name)
    assert [change.kind for change in reading.changes(connection, topic_key=gone.key)] == ["died", "born"]
    # Its number is not given to another.
    add(9000, 45, 8)
    third = analyse(connection, model_hash=MODEL, settings=settings)
    assert gone.key not in {topic.key for topic in reading.topics(connection, third.run_id)}


def test_themes_and_subtopics_hold_all_articles_of_topics(
    connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    corpus(add, subjects=9)
    report = analyse(connection, model_hash=MODEL, settings=settings)
    run_topics = reading.topics(connection, report.run_id)
    groups = reading.groups(connection, report.run_id)
    levels = {group.level for group in groups}
    assert levels == {-1, 1}
    for level in levels:
        assert sum(group.articles for group in groups if group.level == level) == sum(
            one.articles for one in run_topics
        )
    themes = {group.id: group for group in groups if group.level == 1}
    assert {topic.theme for topic in run_topics} == set(themes)
    for topic in run_topics:
        inside = [group.articles for group in groups if group.level == -1 and group.parent == topic.id]
        assert sum(inside) == topic.articles
    places = reading.topic_map(connection, report.run_id)
    parents = {group.id: group.parent for group in groups if group.level == -1}
    assert all(parents.get(sub, -1) == topic for sub, topic in zip(places.subtopic, places.topic, strict=True))


def test_new_articles_join_the_topics_of_the_newest_analysis(
    connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    corpus(add)
    assert assign_new(connection, MODEL).articles == 0  # before the first analysis
    report = analyse(connection, model_hash=MODEL, settings=settings)
    assert assign_new(connection, MODEL).articles == 0
    published = reading.topics(connection, report.run_id)
    add(1500, 6, 0)
    add(9000, 1, 9)  # about something else
    assigned = assign_new(connection, MODEL)
    assert assigned.articles == 7
    places = reading.topic_map(connection, report.run_id)
    at = dict(zip(places.pmid, zip(places.topic, places.subtopic, places.x, places.y, strict=True), strict=True))
    home = at[1000][0]
    assert [at[pmid][0] for pmid in range(1500, 1506)] == [home] * 6
    assert {at[pmid][1] for pmid in range(1500, 1506)} <= {at[pmid][1] for pmid in range(1000, 1040)}
    centre = next(topic for topic in published if topic.id == home)
    width = np.ptp(places.x)
    assert all(np.hypot(at[pmid][2] - centre.x, at[pmid][3] - centre.y) < 0.2 * width for pmid in range(1500, 1506))
    assert reading.topics(connection, report.run_id) == published
    assert assign_new(connection, MODEL).articles == 0
    # The next analysis finds their topic itself, and it is the same one.
    after = analyse(connection, model_hash=MODEL, settings=settings)
    assert centre.key in {topic.key for topic in reading.topics(connection, after.run_id)}


def test_new_articles_compared_block_by_block_are_placed_alike(
    connection: psycopg.Connection, settings: Settings, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus(add)
    report = analyse(connection, model_hash=MODEL, settings=settings)
    add(1500, 6, 0)
    found = []
    for rows in (10_000, 11):
        monkeypatch.setattr(assigning, "_ROWS", rows)
        assert assign_new(connection, MODEL).articles == 6
        found.append(reading.topic_map(connection, report.run_id))
        connection.execute("DELETE FROM analysis_articles WHERE assigned")
    assert found[0] == found[1]


def test_articles_of_another_model_are_not_assigned(
    connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    corpus(add)
    analyse(connection, model_hash=MODEL, settings=settings)
    add(1500, 3, 0)
    assert assign_new(connection, "another").articles == 0


def test_nothing_is_assigned_while_an_analysis_runs(
    connection: psycopg.Connection, settings: Settings, database_url: str
) -> None:
    with psycopg.connect(database_url) as other, one_at_a_time(other), pytest.raises(Busy):
        assign_new(connection, MODEL)


def test_a_search_has_topics_of_its_own_beside_those_of_everything(
    connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    corpus(add, subjects=8)
    everything = analyse(connection, model_hash=MODEL, settings=settings)
    some = [pmid for subject in range(4) for pmid in range(1000 * (subject + 1), 1000 * (subject + 1) + 40)]
    # One is stored and has no vector yet.
    connection.execute("INSERT INTO articles (pmid, title, content_hash) VALUES (999999999, 'New', 'new')")
    connection.commit()
    scoped = analyse(connection, model_hash=MODEL, settings=settings, scope="search 5", pmids=[*some, 999_999_999])
    assert (scoped.articles, scoped.without_vector, scoped.topics) == (160, 1, 4)
    assert scoped.reference_id == everything.reference_id
    run = reading.latest_run(connection)
    assert run is not None
    assert run.id == everything.run_id
    of_search = reading.latest_run(connection, "search 5")
    assert of_search is not None
    assert of_search.id == scoped.run_id
    assert {topic.key for topic in reading.topics(connection, scoped.run_id)} == {1, 2, 3, 4}
    for _ in range(3):
        analyse(connection, model_hash=MODEL, settings=settings, scope="search 5", pmids=some)
    assert len(reading.topic_map(connection, everything.run_id).pmid) == everything.articles
    assert len(reading.runs(connection)) == 1
    assert all(change.run_id == everything.run_id for change in reading.changes(connection))


def test_a_search_is_not_scored_before_everything_was(
    connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    corpus(add)
    pmids = [row[0] for row in connection.execute("SELECT pmid FROM articles")]
    scoped = analyse(connection, model_hash=MODEL, settings=settings, scope="search 1", pmids=pmids)
    assert scoped.opportunities == 0
    assert "everything" in reading.topics(connection, scoped.run_id)[0].opportunity["refused"]


def test_a_search_with_too_few_articles_is_refused(
    connection: psycopg.Connection, settings: Settings, add: Add
) -> None:
    corpus(add)
    with pytest.raises(BadInput, match=r"^2 articles"):
        analyse(connection, model_hash=MODEL, settings=settings, scope="search 2", pmids=[1000, 1001])
    with pytest.raises(BadInput, match=r"^0 articles"):
        analyse(connection, model_hash=MODEL, settings=settings, scope="search 2", pmids=[])
    with pytest.raises(ValueError, match="everything"):
        analyse(connection, model_hash=MODEL, settings=settings, pmids=[1000])
