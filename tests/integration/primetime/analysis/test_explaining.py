"""Published scores computed again from their receipts: what agrees, and what was changed since."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg.types.json import Jsonb

from primetime.analysis import reading, storing
from primetime.analysis.due import what_is_due
from primetime.analysis.running import analyse
from primetime.commands.opportunity import explain_command
from primetime.errors import BadInput, Contradiction, NotFound
from primetime.settings import Settings
from tests.integration.primetime.analysis.planting import MODEL, SUBJECTS, Plant

EARLIER = Path(__file__).parents[3] / "unit/primetime/analysis/receipt-opportunity-2.json"


@pytest.fixture(autouse=True)
def by_hand(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the test's database."""
    monkeypatch.setenv("PRIMETIME_DATABASE_URL", database_url)


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(explain_command, arguments, catch_exceptions=False)


def test_a_score_is_explained_from_its_receipt(
    connection: psycopg.Connection,
    settings: Settings,
    plant: Plant,
) -> None:
    with pytest.raises(NotFound, match="no analysis"):
        explain("0")
    plant()
    report = analyse(connection, model_hash=MODEL, settings=settings)
    topic = reading.topic(connection, report.run_id, 0)
    found = json.loads(explain("0", "--json").output)
    assert found["same"] is True
    assert found["receipt"] == topic.receipt
    assert found["recomputed"]["score"] == topic.opportunity["score"]
    assert f"score {topic.opportunity['score']:.4f}" in explain(f"{report.run_id}/0").output
    for wrong in ("one", "1/2/3", "-1", ""):
        with pytest.raises(BadInput, match="names no topic"):
            explain("--", wrong)
    for absent in ("99", "999999999/0"):
        with pytest.raises(NotFound):
            explain(absent)
    connection.execute(
        "UPDATE analysis_topics SET opportunity = jsonb_set(opportunity, '{score}', '0.99') WHERE id = 0"
    )
    connection.execute("UPDATE opportunity_references SET articles = articles + 1")
    connection.commit()
    with pytest.raises(Contradiction, match=r"not what is stored: its reference_id$"):
        explain("0")
    connection.execute("UPDATE opportunity_references SET articles = articles - 1")
    connection.commit()
    with pytest.raises(Contradiction, match="published score is not what its receipt gives"):
        explain("0")


def trebled(receipt: dict[str, Any]) -> dict[str, Any]:
    papers = receipt["field"]["papers"]
    return {"field": {**receipt["field"], "papers": {year: 3 * count for year, count in papers.items()}}}


def later(receipt: dict[str, Any]) -> dict[str, Any]:
    years = receipt["sample"]["years"]
    return {"sample": {**receipt["sample"], "years": [*years[:-1], years[-1] + 1]}}


@pytest.mark.parametrize(
    ("named", "falsify"),
    [
        ("field", trebled),
        ("reference", lambda receipt: {"reference": {**receipt["reference"], "velocity": [-1.0] * 21}}),
        ("reference_id", lambda _: {"reference_id": "0123456789abcdef"}),
        ("reference_snapshot", lambda _: {"reference_snapshot": "of another day"}),
        ("weights", lambda _: {"weights": {"novelty": 0.0, "velocity": 1.0, "recency": 0.0}}),
        ("sample", later),
        ("thresholds", lambda _: {"thresholds": {"Excellent": 0.1, "Good": 0.05, "Fair": 0.01}}),
        ("bootstrap", lambda _: {"bootstrap": {"draws": 500, "level": 0.1, "seed": 20}}),
        ("snapshot", lambda _: {"snapshot": "of another day"}),
        ("model_hash", lambda _: {"model_hash": "another"}),
        ("release_id", lambda _: {"release_id": "another"}),
        ("sample_size", lambda _: {"sample_size": 4000}),
        ("note", lambda _: {"note": ""}),
        ("citations", lambda _: {"citations": {"source": "iCite", "looked_up": ["2026-11-01", "2026-11-02"]}}),
    ],
)
def test_a_receipt_of_which_a_part_was_falsified_is_told_apart_by_it(
    connection: psycopg.Connection,
    settings: Settings,
    plant: Plant,
    named: str,
    falsify: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    plant()
    run = analyse(connection, model_hash=MODEL, settings=settings).run_id
    receipt = reading.topic(connection, run, 0).receipt
    assert receipt is not None
    changed = Jsonb({**receipt, **falsify(receipt)})
    connection.execute("UPDATE analysis_topics SET receipt = %s WHERE run_id = %s AND id = 0", (changed, run))
    connection.commit()
    with pytest.raises(Contradiction, match=rf"receipt.* {named}\b") as told:
        explain("0")
    assert told.value.exit_status == 15


def test_the_score_of_an_analysis_that_another_one_has_followed_is_still_explained(
    connection: psycopg.Connection,
    settings: Settings,
    plant: Plant,
) -> None:
    """Its articles' places are forgotten, its reference is no longer in force, and the weights are others."""
    plant()
    first = analyse(connection, model_hash=MODEL, settings=settings).run_id
    connection.execute("UPDATE articles SET publication_year = publication_year - 1 WHERE pmid > 200")
    connection.commit()
    others = settings.model_copy(update={"novelty_weight": 0.1})
    for _ in range(4):
        analyse(connection, model_hash=MODEL, settings=others, renew_reference=True)
    assert not reading.topic_map(connection, first).pmid
    found = json.loads(explain(f"{first}/0", "--json").output)
    assert found["same"] is True
    in_force = storing.reference_in_force(connection, MODEL)
    assert in_force is not None
    assert found["receipt"]["reference_id"] != in_force.id
    assert found["receipt"]["weights"]["novelty"] == 0.4


def test_a_score_of_the_method_before_is_still_explained(
    connection: psycopg.Connection,
    settings: Settings,
    plant: Plant,
) -> None:
    """A run as the release before left it: its receipt, and its reference without citations."""
    plant()
    run = analyse(connection, model_hash=MODEL, settings=settings).run_id
    earlier = json.loads(EARLIER.read_text())
    receipt = earlier["receipt"]
    connection.execute("INSERT INTO encoder_models (hash, source, dimension) VALUES ('m', 'planted', 32)")
    connection.execute(
        "INSERT INTO opportunity_references (id, method, model_hash, snapshot, articles, topics, last_complete_year,"
        " papers, percentiles, release_id, why) VALUES (%s, %s, 'm', 'then', 170, 11, 2002, %s, %s, 'r', 'the first')",
        (
            earlier["reference_id"],
            receipt["method"],
            Jsonb(receipt["field"]["papers"]),
            Jsonb(receipt["reference"]),
        ),
    )
    connection.execute(
        "UPDATE analysis_topics SET receipt = %s, opportunity = %s WHERE run_id = %s AND id = 0",
        (Jsonb(receipt), Jsonb(earlier["published"]), run),
    )
    connection.execute(
        "UPDATE analysis_runs SET snapshot = 's', model_hash = 'm', release_id = 'r' WHERE id = %s", (run,)
    )
    years = receipt["sample"]["years"]
    counts = [{"year": year, "articles": years.count(year)} for year in sorted(set(years))]
    connection.execute("UPDATE analysis_topics SET years = %s WHERE run_id = %s AND id = 0", (Jsonb(counts), run))
    connection.commit()
    found = json.loads(explain("0", "--json").output)
    assert found["same"] is True
    assert "method opportunity-2" in explain("0").output
    assert storing.reference_in_force(connection, "m") is None, "new scores are not measured against it"


def cite(connection: psycopg.Connection, ratio: str) -> None:
    """Let iCite have told every article's ratio, an expression of its publication year."""
    connection.execute(
        "INSERT INTO article_citations (pmid, source, citations, relative_citation_ratio, looked_up_at)"
        f" SELECT pmid, 'icite', 5, {ratio}, ('2026-11-0' || 1 + pmid %% 2)::timestamptz FROM articles"
        " ON CONFLICT (pmid, source) DO UPDATE SET relative_citation_ratio = excluded.relative_citation_ratio",
        (),
    )
    connection.commit()


def test_citations_and_headings_are_part_of_the_score_where_they_are_stored(
    connection: psycopg.Connection,
    settings: Settings,
    plant: Plant,
) -> None:
    plant(each=60)
    before = analyse(connection, model_hash=MODEL, settings=settings)
    assert "is without the rarity" in explain("0").output
    # Topic 1's papers come to be cited more and more, and two of its headings meet for the first time.
    cite(connection, "CASE WHEN pmid BETWEEN 61 AND 120 THEN publication_year - 1999 ELSE 1 END")
    connection.execute(
        "UPDATE articles SET mesh = jsonb_build_array(jsonb_build_object('name', 'H' || pmid %% 2), jsonb_build_object("
        "'name', CASE WHEN pmid BETWEEN 61 AND 120 AND publication_year > 2008 THEN 'H' || 1 - pmid %% 2"
        " ELSE 'G' || pmid %% 2 END))",
        (),
    )
    connection.commit()
    assert what_is_due(connection, MODEL, settings).run is not None, "citations of a night do not make all anew"
    connection.execute("UPDATE analysis_runs SET finished_at = now() - interval '1 year'")
    connection.commit()
    assert "citations or headings changed since analysis" in what_is_due(connection, MODEL, settings).why
    after = analyse(connection, model_hash=MODEL, settings=settings, renew_reference=True)
    assert after.snapshot != before.snapshot
    assert what_is_due(connection, MODEL, settings).why.startswith("nothing changed")
    scored = reading.opportunities(connection, after.run_id)
    cited = next(one for one in scored if one.name.lower().startswith(SUBJECTS[1]))
    inputs = {one.topic_id: one.receipt["inputs"] for one in scored}
    mine = inputs[cited.topic_id]
    assert mine["citations"] > 0.1 > max(one["citations"] for topic, one in inputs.items() if topic != cited.topic_id)
    assert mine["rarity"] > max(one["rarity"] for topic, one in inputs.items() if topic != cited.topic_id)
    assert cited.receipt["citations"] == {"source": "iCite", "looked_up": ["2026-11-01", "2026-11-02"]}
    assert cited.receipt["note"] == ""
    assert "cited more, for their field and age" in cited.recommendation
    shown = explain(str(cited.topic_id)).output
    assert "citation ratios by iCite, looked up 2026-11-01 to 2026-11-02" in shown
    assert f"{mine['rarity']:.4f}" in shown
    kept = storing.reference_in_force(connection, MODEL)
    assert kept is not None
    assert kept.id == after.reference_id == cited.receipt["reference_id"]
    assert set(kept.percentiles) == {"distance", "old", "rarity", "novelty", "velocity", "recency"}
    # What iCite does not know is unknown, and no ratio of 0.
    cite(connection, "NULL")
    unknown = analyse(connection, model_hash=MODEL, settings=settings)
    for one in reading.opportunities(connection, unknown.run_id):
        assert one.receipt["inputs"]["citations"] is None
        assert "velocity is of papers alone" in one.receipt["note"]


def test_a_topic_without_a_score_is_explained_by_its_reason(
    connection: psycopg.Connection,
    settings: Settings,
    plant: Plant,
) -> None:
    plant(years=False)
    analyse(connection, model_hash=MODEL, settings=settings)
    assert "has no score: no article has a publication year" in explain("0").output
