"""Whole analyses on PostgreSQL: planted corpora with made-up vectors, and real abstracts with the real encoder."""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import psycopg
import pytest
from click.testing import CliRunner, Result

from primetime.analysis import corpus, reading, storing
from primetime.analysis.assigning import assign_new
from primetime.analysis.due import what_is_due
from primetime.analysis.forecast import MODELS
from primetime.analysis.opportunity import from_receipt
from primetime.analysis.running import analyse
from primetime.commands.duplicates import duplicates_command
from primetime.encoder.pooling import to_unit_length
from primetime.encoder.serving import Encoder
from primetime.errors import BadInput, Busy, NotFound
from primetime.settings import Settings
from primetime.vectors.halfvec import storage_of, to_parameter
from primetime.vectors.storing import encode_missing
from tests.integration.primetime.analysis.planting import MODEL, SUBJECTS, Plant


def published(connection: psycopg.Connection) -> list[int]:
    """Rows of runs, topics and places."""
    tables = ("analysis_runs", "analysis_topics", "analysis_articles")
    return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def test_planted_topics_are_published_with_names_years_and_places(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant()
    report = analyse(connection, model_hash=MODEL, settings=settings)
    run = reading.latest_run(connection)
    assert run is not None
    assert (run.id, run.articles, run.topics, run.status) == (report.run_id, 240, 6, "published")
    assert run.parameters["last_complete_year"] == 2011
    topics = reading.topics(connection, run.id)
    assert [topic.id for topic in topics] == list(range(6))
    assert {topic.name.split(",")[0].lower() for topic in topics} == set(SUBJECTS)
    for topic in topics:
        assert sum(year["articles"] for year in topic.years) == topic.articles
        assert [year["year"] for year in topic.years] == list(
            range(topic.years[0]["year"], topic.years[-1]["year"] + 1)
        )
        assert set(topic.representative) <= set(range(1, 241))
    places = reading.topic_map(connection, run.id)
    assert places.pmid == list(range(1, 241))
    assert len(places.x) == len(places.y) == len(places.topic) == 240
    assert np.isfinite([*places.x, *places.y]).all()
    assert {topic.id for topic in places.topics} == set(places.topic) - {-1}


def test_a_paper_that_is_stored_twice_is_analysed_once(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    """Forty copies would otherwise make their field grow by so many papers."""
    plant()
    report = analyse(connection, model_hash=MODEL, settings=settings)
    whole = reading.topics(connection, report.run_id)
    connection.execute(
        "INSERT INTO articles (pmid, title, publication_year, content_hash)"
        " SELECT 1000 + pmid, title, publication_year, content_hash FROM articles WHERE pmid <= 40"
    )
    connection.execute(
        "INSERT INTO article_vectors (model_hash, pmid, content_hash, embedding)"
        " SELECT model_hash, 1000 + pmid, content_hash, embedding FROM article_vectors WHERE pmid <= 40"
    )
    connection.commit()
    assert corpus.count_articles(connection) == 280
    assert what_is_due(connection, MODEL, settings).run is None
    connection.execute(
        "INSERT INTO duplicate_links (duplicate, kept, reason, likeness)"
        " SELECT pmid, pmid - 1000, 'fuzzy', 1 FROM articles WHERE pmid > 1000"
    )
    connection.commit()
    assert corpus.count_articles(connection) == 240
    assert corpus.count_articles(connection, [1, 2, 1001]) == 2
    assert what_is_due(connection, MODEL, settings).run is not None
    assert assign_new(connection, MODEL).articles == 0
    again = analyse(connection, model_hash=MODEL, settings=settings)
    assert again.articles == 240
    assert reading.topic_map(connection, again.run_id).pmid == list(range(1, 241))
    # As if they were not there: the same papers in each topic, by year.
    assert [topic.years for topic in reading.topics(connection, again.run_id)] == [topic.years for topic in whole]
    of_some = analyse(
        connection, model_hash=MODEL, settings=settings, scope="some", pmids=[*range(1, 100), *range(1001, 1041)]
    )
    assert of_some.articles == 99


def test_the_growing_topic_scores_best_and_every_score_is_proved_by_its_receipt(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant()
    report = analyse(connection, model_hash=MODEL, settings=settings)
    scored = reading.opportunities(connection, report.run_id)
    assert len(scored) == report.opportunities == 6
    assert [one.score for one in scored] == sorted((one.score for one in scored), reverse=True)
    growing = next(one for one in scored if one.name.lower().startswith(SUBJECTS[0]))
    assert growing.velocity == max(one.velocity for one in scored) == 1.0
    assert growing.recency == 1.0
    for one in scored:
        again = from_receipt(reading.topic(connection, report.run_id, one.topic_id).receipt)
        assert (again.score, again.label, again.low, again.high) == (one.score, one.label, one.low, one.high)
        assert (again.novelty, again.velocity, again.recency) == (one.novelty, one.velocity, one.recency)
        assert one.receipt["snapshot"] == report.snapshot
        assert one.receipt["reference_id"] == report.reference_id
        assert one.recommendation


def test_a_score_does_not_move_because_somebody_elses_articles_came(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant()
    first = analyse(connection, model_hash=MODEL, settings=settings)
    before = {one.name: one for one in reading.opportunities(connection, first.run_id)}
    # A field of its own, far from the others and much younger: it would have moved clock, growth and percentiles.
    connection.execute(
        "INSERT INTO articles (pmid, title, publication_year, content_hash)"
        " SELECT 1000 + n, 'Gene therapy of deafness trial', 2010 + n % 3, 'new' || n FROM generate_series(1, 80) AS n"
    )
    far, storage = np.random.default_rng(1).normal(size=(80, 32)) * 0.1 - 5, storage_of(connection)
    for number, vector in enumerate(to_unit_length(far), start=1):
        connection.execute(
            "INSERT INTO article_vectors (model_hash, pmid, content_hash, embedding) VALUES (%s, %s, %s, %s)",
            (MODEL, 1000 + number, f"new{number}", to_parameter(vector, storage)),
        )
    second = analyse(connection, model_hash=MODEL, settings=settings)
    after = {one.name: one for one in reading.opportunities(connection, second.run_id)}
    assert first.reference_id == second.reference_id
    assert len(after) == 7
    for name, one in before.items():
        assert (after[name].score, after[name].low, after[name].high) == (one.score, one.low, one.high)
    ordered = analyse(connection, model_hash=MODEL, settings=settings, renew_reference=True)
    assert ordered.reference_id != first.reference_id
    moved = {one.name: one.score for one in reading.opportunities(connection, ordered.run_id)}
    assert any(moved[name] != one.score for name, one in before.items())
    assert from_receipt(reading.topic(connection, first.run_id, 0).receipt).score in {o.score for o in before.values()}


def test_forecasts_stand_beside_naive_ones(connection: psycopg.Connection, settings: Settings, plant: Plant) -> None:
    plant()
    report = analyse(connection, model_hash=MODEL, settings=settings)
    for topic in reading.topics(connection, report.run_id):
        assert topic.forecast["method"] == "exponential smoothing, chosen by its errors at earlier years"
        assert topic.forecast["model"] == "automatic"
        assert {"arima", "half-drift", "damped-trend", "ets"} >= set(topic.forecast["others"]) > set()
        assert [point["year"] for point in topic.forecast["points"]] == [2012, 2013, 2014]
        assert len(topic.forecast["naive"]) == 3
        assert all(
            point["low95"] <= point["low80"] <= point["expected"] <= point["high80"] <= point["high95"]
            for point in topic.forecast["points"]
        )
    run = reading.latest_run(connection)
    assert run is not None
    assert run.parameters["forecast_measured"]["origins"] == 4
    assert set(run.parameters["forecast_measured"]["others"]) == set(MODELS) - {"automatic", "naive"}
    assert 0 <= run.parameters["forecast_measured"]["coverage80"] <= run.parameters["forecast_measured"]["coverage95"]


def test_topics_with_enough_papers_a_month_have_their_months_forecast(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant(each=250)
    # Of topic 0 the months of six years are known, of topic 1 the years alone.
    connection.execute(
        "UPDATE articles SET publication_year = day.year, publication_date = make_date(day.year, day.month, 1),"
        " publication_date_last = make_date(day.year, CASE WHEN pmid <= 250 THEN day.month ELSE 12 END, 28)"
        " FROM (SELECT pmid AS number, (2007 + pmid % 6)::int AS year, (1 + pmid % 11)::int AS month FROM articles)"
        " AS day WHERE day.number = pmid AND pmid <= 500"
    )
    connection.commit()
    report = analyse(connection, model_hash=MODEL, settings=settings)
    with_months, without = (
        next(topic for topic in reading.topics(connection, report.run_id) if first < topic.representative[0] <= last)
        for first, last in ((0, 250), (250, 500))
    )
    assert with_months.months is not None
    points = with_months.months["forecast"]["points"]
    # The newest month is still arriving.
    assert [point["month"] for point in points[:3]] == ["2012-11", "2012-12", "2013-01"]
    assert len(points) == settings.forecast_months == 12
    counts = {one["month"]: one["articles"] for one in with_months.months["counts"]}
    assert (min(counts), max(counts), len(counts)) == ("2007-01", "2012-10", 70)
    assert sum(counts.values()) == sum((2007 + pmid % 6, 1 + pmid % 11) <= (2012, 10) for pmid in range(1, 251))
    assert counts["2010-12"] == 0
    assert without.months is not None
    assert without.months["counts"] == []
    assert "complete months" in without.months["forecast"]["refused"]
    run = reading.latest_run(connection)
    assert run is not None
    assert run.parameters["months_forecast_measured"]["origins"] == 1


def test_citations_a_year_are_forecast_of_topics_where_they_are_known(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant()
    # Of topics 0 to 2 all is told, of topic 3 a fourth, of the others nothing; iCite tells no years.
    connection.execute(
        "INSERT INTO article_citations (pmid, source, citations, by_year, looked_up_at)"
        " SELECT pmid, 'openalex', 9, jsonb_build_array(jsonb_build_object('year', 2020, 'citations', 2),"
        "  jsonb_build_object('year', 2024, 'citations', 3), jsonb_build_object('year', 2026, 'citations', 4)),"
        "  '2026-05-01Z' FROM articles WHERE pmid <= 120 OR (pmid <= 160 AND pmid % 4 = 0)"
    )
    connection.execute(
        "INSERT INTO article_citations (pmid, source, citations, looked_up_at)"
        " SELECT pmid, 'icite', 9, '2026-06-01Z' FROM articles"
    )
    connection.commit()
    report = analyse(connection, model_hash=MODEL, settings=settings)
    told, refused = [], []
    for topic in reading.topics(connection, report.run_id):
        assert topic.citations is not None
        if topic.citations["counts"]:
            told.append(topic)
        else:
            refused.append(topic.citations["forecast"]["refused"])
    assert len(told) == 3
    for topic in told:
        assert topic.citations is not None
        assert topic.citations["known"] == topic.articles == 40
        assert topic.citations["counts"] == [
            {"year": year, "citations": {2020: 80, 2024: 120}.get(year, 0)} for year in range(2017, 2026)
        ]
        assert [point["year"] for point in topic.citations["forecast"]["points"]] == [2026, 2027, 2028]
    assert sorted(refused) == [
        *["citations by year are known of 0 of its 40 articles"] * 2,
        "citations by year are known of 10 of its 40 articles",
    ]


def test_the_forecasts_model_is_a_setting(connection: psycopg.Connection, settings: Settings, plant: Plant) -> None:
    plant()
    other = settings.model_copy(update={"forecast_model": "arima", "arima_order": "0,1,1", "forecast_periods": 5})
    report = analyse(connection, model_hash=MODEL, settings=other)
    topic = reading.topics(connection, report.run_id)[0]
    assert topic.forecast["method"] == "ARIMA"
    assert [point["year"] for point in topic.forecast["points"]] == list(range(2012, 2017))
    assert "automatic" in topic.forecast["others"]
    wrong = settings.model_copy(update={"arima_order": "1,1"})
    with pytest.raises(BadInput, match="ARIMA's order"):
        analyse(connection, model_hash=MODEL, settings=wrong)


def test_the_same_corpus_gives_the_same_run(connection: psycopg.Connection, settings: Settings, plant: Plant) -> None:
    plant()
    first, second = (analyse(connection, model_hash=MODEL, settings=settings) for _ in range(2))
    assert first.snapshot == second.snapshot
    before, after = (reading.topics(connection, one.run_id) for one in (first, second))
    assert {topic.agreement for topic in after} == {1.0}
    assert before == [replace(topic, agreement=None) for topic in after]
    assert asdict(reading.topic_map(connection, first.run_id)) == asdict(reading.topic_map(connection, second.run_id))


def test_articles_with_nearly_the_same_text_are_told(
    connection: psycopg.Connection,
    settings: Settings,
    plant: Plant,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRIMETIME_DATABASE_URL", database_url)

    def told(*arguments: str) -> Result:
        return CliRunner().invoke(duplicates_command, ["--near", *arguments], catch_exceptions=False)

    assert "none was analysed yet" in told().output
    plant()
    connection.execute(
        "UPDATE article_vectors SET embedding = (SELECT embedding FROM article_vectors WHERE pmid = 5) WHERE pmid = 90"
    )
    strict = settings.model_copy(update={"near_duplicate_similarity": 0.999})
    analyse(connection, model_hash=MODEL, settings=strict)
    (pair,) = json.loads(told("--json").output)["items"]
    assert (pair["one"], pair["other"], pair["similarity"]) == (5, 90, pytest.approx(1, abs=1e-4))
    assert f"{SUBJECTS[0]} number 4" in told().output
    # Those of a selection are not those of everything, and those of the next analysis take their place.
    analyse(connection, model_hash=MODEL, settings=strict, scope="some", pmids=list(range(100, 200)))
    assert len(json.loads(told("--json").output)["items"]) == 1
    connection.execute("DELETE FROM articles WHERE pmid = 90")
    analyse(connection, model_hash=MODEL, settings=strict)
    assert json.loads(told("--json").output)["items"] == []
    with pytest.raises(BadInput, match="stands alone"):
        told("--undo", "3")


def test_mesh_headings_name_the_topics(connection: psycopg.Connection, settings: Settings, plant: Plant) -> None:
    plant(mesh=True)
    report = analyse(connection, model_hash=MODEL, settings=settings)
    names = {topic.name.split(",")[0] for topic in reading.topics(connection, report.run_id)}
    assert names == {subject.split()[0].title() for subject in SUBJECTS}


def test_without_dates_there_are_topics_but_no_forecast_and_no_score(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant(years=False)
    report = analyse(connection, model_hash=MODEL, settings=settings)
    assert (report.topics, report.forecasts, report.opportunities) == (6, 0, 0)
    for topic in reading.topics(connection, report.run_id):
        assert topic.forecast["refused"] == "it has no articles in a complete year"
        assert "publication year" in topic.opportunity["refused"]
        assert (topic.growth, topic.receipt, topic.years) == (None, None, [])
    assert reading.opportunities(connection, report.run_id) == []


def test_too_few_topics_to_compare_with_give_no_score(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant(topics=3)
    report = analyse(connection, model_hash=MODEL, settings=settings)
    assert (report.topics, report.opportunities) == (3, 0)
    assert "3 topics can be measured" in reading.topics(connection, report.run_id)[0].opportunity["refused"]


@pytest.mark.parametrize("articles", [0, 1, 12])
def test_too_few_articles_are_refused_and_nothing_is_written(
    connection: psycopg.Connection, settings: Settings, plant: Plant, articles: int
) -> None:
    plant(topics=min(articles, 1), each=articles)
    with pytest.raises(BadInput, match=f"^{articles} article"):
        analyse(connection, model_hash=MODEL, settings=settings)
    assert published(connection) == [0, 0, 0]
    assert reading.latest_run(connection) is None


def test_articles_all_alike_are_refused(connection: psycopg.Connection, settings: Settings, plant: Plant) -> None:
    plant()
    connection.execute("UPDATE article_vectors SET embedding = (SELECT embedding FROM article_vectors WHERE pmid = 1)")
    with pytest.raises(BadInput, match="same vector"):
        analyse(connection, model_hash=MODEL, settings=settings)
    assert published(connection) == [0, 0, 0]


def test_vectors_of_zeros_are_refused(connection: psycopg.Connection, settings: Settings, plant: Plant) -> None:
    plant()
    nothing = to_parameter(np.zeros(32, dtype=np.float32), storage_of(connection))
    connection.execute("UPDATE article_vectors SET embedding = %s WHERE pmid <= 3", (nothing,))
    with pytest.raises(BadInput, match="3 of the 240 articles have a vector of zeros"):
        analyse(connection, model_hash=MODEL, settings=settings)
    assert published(connection) == [0, 0, 0]


def test_articles_that_are_all_outliers_are_refused(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant()
    coarse = settings.model_copy(update={"topic_min_articles": 200})
    with pytest.raises(BadInput, match="no 200 of the 240 articles are close enough"):
        analyse(connection, model_hash=MODEL, settings=coarse)
    assert published(connection) == [0, 0, 0]


def test_articles_of_one_year_have_topics_and_no_figures(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant()
    connection.execute("UPDATE articles SET publication_year = 2005")
    report = analyse(connection, model_hash=MODEL, settings=settings)
    assert (report.topics, report.forecasts, report.opportunities, report.reference_id) == (6, 0, 0, None)
    topic = reading.topics(connection, report.run_id)[0]
    assert topic.forecast["refused"]
    assert topic.opportunity["refused"]
    assert topic.growth is None


def test_years_that_cannot_be_true_move_nothing(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant()
    connection.execute("UPDATE articles SET publication_year = NULL WHERE pmid IN (41, 42)")
    before = analyse(connection, model_hash=MODEL, settings=settings)
    connection.execute("UPDATE articles SET publication_year = -5 WHERE pmid = 41")
    connection.execute("UPDATE articles SET publication_year = 0 WHERE pmid = 42")
    after = analyse(connection, model_hash=MODEL, settings=settings)
    scores = [
        {one.name: (one.score, one.low, one.high) for one in reading.opportunities(connection, run.run_id)}
        for run in (before, after)
    ]
    assert scores[0] == scores[1] != {}


def test_a_run_that_fails_while_it_is_stored_leaves_nothing(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant()
    before = analyse(connection, model_hash=MODEL, settings=settings)
    connection.execute("ALTER TABLE analysis_articles ADD CONSTRAINT no_room CHECK (pmid <> 200) NOT VALID")
    connection.commit()
    with pytest.raises(psycopg.errors.CheckViolation):
        analyse(connection, model_hash=MODEL, settings=settings)
    assert published(connection) == [1, 6, 240]
    run = reading.latest_run(connection)
    assert run is not None
    assert run.id == before.run_id


def test_two_analyses_at_once_are_one_too_many(
    connection: psycopg.Connection, settings: Settings, plant: Plant, database_url: str
) -> None:
    plant()
    with (
        psycopg.connect(database_url) as other,
        storing.one_at_a_time(other),
        pytest.raises(Busy, match="another analysis"),
    ):
        analyse(connection, model_hash=MODEL, settings=settings)
    assert analyse(connection, model_hash=MODEL, settings=settings).topics == 6


def test_articles_without_a_current_vector_are_left_out_and_counted(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant()
    connection.execute("UPDATE articles SET content_hash = 'changed' WHERE pmid <= 5")
    report = analyse(connection, model_hash=MODEL, settings=settings)
    assert (report.articles, report.without_vector) == (235, 5)


def test_unusable_weights_are_refused_before_any_work(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant()
    none = settings.model_copy(update={"novelty_weight": 0.0, "velocity_weight": 0.0, "recency_weight": 0.0})
    with pytest.raises(BadInput, match="weights"):
        analyse(connection, model_hash=MODEL, settings=none)


def test_progress_ends_at_the_last_step(connection: psycopg.Connection, settings: Settings, plant: Plant) -> None:
    plant()
    seen: list[tuple[int, int]] = []
    analyse(connection, model_hash=MODEL, settings=settings, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(step, 6) for step in range(1, 7)]


def test_old_runs_keep_their_topics_and_lose_their_places(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant()
    first = analyse(connection, model_hash=MODEL, settings=settings)
    for _ in range(3):
        analyse(connection, model_hash=MODEL, settings=settings)
    assert reading.topic_map(connection, first.run_id).pmid == []
    assert len(reading.topics(connection, first.run_id)) == 6
    assert len(reading.runs(connection)) == 4


def test_an_unknown_topic_is_not_found(connection: psycopg.Connection, settings: Settings, plant: Plant) -> None:
    plant()
    report = analyse(connection, model_hash=MODEL, settings=settings)
    assert reading.topic(connection, report.run_id, 2).id == 2
    with pytest.raises(NotFound):
        reading.topic(connection, report.run_id, 99)


def test_a_selections_topics_are_compared_with_all_prior_work(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    """Of what was analysed as everything, the same articles have the same figures alone as among all."""
    plant()
    whole = analyse(connection, model_hash=MODEL, settings=settings)
    alone = analyse(connection, model_hash=MODEL, settings=settings, scope="half", pmids=list(range(1, 121)))
    of_whole = {one.name: one.receipt["inputs"] for one in reading.opportunities(connection, whole.run_id)}
    of_alone = reading.opportunities(connection, alone.run_id)
    assert len(of_alone) == 3
    for one in of_alone:
        assert one.receipt["inputs"]["distance"] == pytest.approx(of_whole[one.name]["distance"], abs=1e-5)
        assert one.receipt["inputs"]["old"] == of_whole[one.name]["old"]
    assert alone.reference_id == whole.reference_id


def test_real_abstracts_fall_into_topics_of_their_classes(
    connection: psycopg.Connection, settings: Settings, encoder: Encoder, shared_data: Path
) -> None:
    import gzip

    from sklearn.metrics import normalized_mutual_info_score

    with gzip.open(shared_data / "topics" / "ohsumed-disease-classes.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for line in file]
    # Four classes that are far apart: eye, musculoskeletal, cardiovascular, urogenital of women and pregnancy.
    rows = [row for row in rows if row["class"] in {"C11", "C05", "C14", "C13"}][:400]
    for number, row in enumerate(rows, start=1):
        digest = hashlib.sha256(row["text"].encode()).hexdigest()
        connection.execute(
            "INSERT INTO articles (pmid, title, publication_year, content_hash) VALUES (%s, %s, 1991, %s)",
            (number, row["text"], digest),
        )
    model_hash = encode_missing(connection, encoder).model_hash
    report = analyse(connection, model_hash=model_hash, settings=settings)
    places = reading.topic_map(connection, report.run_id)
    truth = [rows[pmid - 1]["class"] for pmid in places.pmid]
    inside = [index for index, topic in enumerate(places.topic) if topic >= 0]
    assert len(inside) > 0.6 * len(rows)
    found = [places.topic[index] for index in inside]
    assert normalized_mutual_info_score([truth[index] for index in inside], found) > 0.4
