"""Whole searches: stand-in, real database, real encoder."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest
from click.testing import CliRunner, Result

from primetime.analysis.assigning import assign_new
from primetime.analysis.running import analyse
from primetime.commands.opportunity import explain_command
from primetime.database.locks import exclusive
from primetime.errors import BadInput, Contradiction, NotFound, SourceUnavailable
from primetime.searches.record import Search
from primetime.searches.running import InterruptedSearchError, Means, RunsElsewhereError, run_search
from primetime.searches.storing import cancel_search, compare, find_search, results_of, unavailable_of
from primetime.settings import Settings
from primetime.sources.citations import citations_of

if TYPE_CHECKING:
    from conftest import StandIn

Plan = Callable[..., int]
Run = Callable[[int], Search]


def test_a_search_from_plan_to_score(connection: psycopg.Connection, plan: Plan, run: Run) -> None:
    search = run(plan("hypertension AND hasabstract", 25, idea="blood pressure of the old"))
    assert (search.state, search.step, search.problem) == ("done", "finished", "")
    assert search.articles_found is not None
    assert search.articles_found > 25  # PubMed's whole count, not the cap
    assert (search.planned, search.fetched, search.new, search.embedded, search.scored) == (25, 25, 25, 25, 25)
    assert search.seconds_left == 0
    assert '"hypertension"[MeSH Terms]' in search.query_understood
    results, total = results_of(connection, search.id, limit=100)
    assert total == 25
    assert [result.rank for result in results] == list(range(1, 26))
    assert all(result.is_new and result.similarity is not None for result in results)
    by_meaning = [one.similarity or 0 for one in results_of(connection, search.id, sort="similarity", limit=100)[0]]
    assert by_meaning == sorted(by_meaning, reverse=True)
    known = citations_of(connection, [result.pmid for result in results])
    assert {one.source for one in known[results[0].pmid]} == {"icite", "openalex", "crossref"}


def test_what_is_stored_already_is_linked_with_its_rank(
    connection: psycopg.Connection, plan: Plan, run: Run, literature: "StandIn"
) -> None:
    first = run(plan(max_results=20))
    fetches = literature.requests()["200 /entrez/eutils/efetch.fcgi"]
    again = run(plan(max_results=20))
    assert (again.fetched, again.new, again.scored) == (20, 0, 20)
    assert literature.requests()["200 /entrez/eutils/efetch.fcgi"] == fetches
    assert results_of(connection, again.id)[0][0].pmid == results_of(connection, first.id)[0][0].pmid
    assert [one.rank_in_one == one.rank_in_other for one in compare(connection, first.id, again.id)] == [True] * 20


def test_two_searches_share_some_and_not_others(connection: psycopg.Connection, plan: Plan, run: Run) -> None:
    one, other = run(plan("asthma[mh] AND 2000:2015[dp]")), run(plan("asthma[mh] AND 2010:2026[dp]"))
    shared = compare(connection, one.id, other.id)
    both = [each for each in shared if each.rank_in_one and each.rank_in_other]
    assert 0 < len(both) < len(shared)
    assert len(shared) == one.fetched + other.fetched - len(both)


def test_a_query_that_finds_nothing_is_done(plan: Plan, run: Run) -> None:
    search = run(plan("qwertzuiop[tiab]"))
    assert (search.state, search.articles_found, search.planned) == ("done", 0, 0)


def test_a_record_that_pubmed_will_not_give_is_told(connection: psycopg.Connection, plan: Plan, run: Run) -> None:
    search_id = plan(max_results=5)
    connection.execute("UPDATE searches SET articles_found = 3 WHERE id = %s", (search_id,))
    for rank, pmid in enumerate((900000001, 31, 900000002), 1):
        connection.execute(
            "INSERT INTO search_articles (search_id, pmid, rank) VALUES (%s, %s, %s)", (search_id, pmid, rank)
        )
    connection.commit()
    search = run(search_id)
    assert (search.state, search.planned, search.fetched, search.unavailable) == ("done", 3, 2, 1)
    (told,) = unavailable_of(connection, search_id)
    assert (told.pmid, told.rank) == (31, 2)
    assert "no record" in told.problem


def test_a_cancelled_search_stops_and_keeps_what_it_has(
    connection: psycopg.Connection, means: Means, plan: Plan, database_url: str
) -> None:
    search_id = plan(max_results=50)

    def cancel_after_fetching() -> bool:
        with psycopg.connect(database_url) as other:
            if find_search(other, search_id).fetched:
                cancel_search(other, search_id)
        return False

    run_search(connection, replace(means, stop=cancel_after_fetching), search_id)
    search = find_search(connection, search_id)
    assert (search.state, search.fetched, search.embedded, search.scored) == ("cancelled", 50, 0, 0)
    assert search.finished_at is not None
    run_search(connection, means, search_id)  # stays cancelled
    assert find_search(connection, search_id).state == "cancelled"


def test_a_process_that_ends_leaves_the_search_to_another(
    connection: psycopg.Connection, means: Means, plan: Plan, run: Run
) -> None:
    search_id = plan(max_results=10)
    asked = iter([False, False, True])
    with pytest.raises(InterruptedSearchError):
        run_search(connection, replace(means, stop=lambda: next(asked)), search_id)
    assert find_search(connection, search_id).state == "running"
    assert run(search_id).state == "done"


def test_a_search_runs_in_one_process_only(
    connection: psycopg.Connection, means: Means, plan: Plan, database_url: str
) -> None:
    search_id = plan()
    with (
        psycopg.connect(database_url) as other,
        exclusive(other, f"search {search_id}"),
        pytest.raises(RunsElsewhereError),
    ):
        run_search(connection, means, search_id)
    assert find_search(connection, search_id).state == "planned"


def test_pubmed_away_is_told_and_the_search_goes_on_later(
    connection: psycopg.Connection, means: Means, plan: Plan, run: Run, literature: "StandIn"
) -> None:
    search_id = plan(max_results=10)
    literature.order({"path": "efetch", "status": 503, "retry_after": "0", "times": 5})
    with pytest.raises(SourceUnavailable, match="PubMed gave no answer in 5 attempts: it answered 503"):
        run_search(connection, means, search_id)
    before = find_search(connection, search_id)
    assert (before.state, before.planned, before.fetched) == ("running", 10, 0)
    assert run(search_id).fetched == 10


def test_a_citation_source_away_costs_its_answers_only(plan: Plan, run: Run, literature: "StandIn") -> None:
    literature.order({"path": "/icite/", "status": 500, "retry_after": "0", "times": 5})
    search = run(plan(max_results=10))
    assert search.state == "done"
    assert search.problem.startswith("Some citations are unknown: iCite gave no answer")
    assert search.scores is not None
    assert search.scores["citation"] is None  # unknown, not 0
    assert search.scores["citations_known"] == 10  # the other two sources answered


def test_without_an_analysis_there_is_no_score_and_a_reason(plan: Plan, run: Run) -> None:
    scores = run(plan(max_results=10)).scores
    assert scores is not None
    assert "nothing to compare with" in scores["refused"]


def test_a_search_is_scored_beside_the_topics_of_the_analysis(
    connection: psycopg.Connection, means: Means, plan: Plan, run: Run, searching: Settings
) -> None:
    run(plan("hasabstract", 450))
    analyse(connection, model_hash=means.encoder.manifest.hash, settings=searching)
    scores = run(plan("asthma", 60)).scores
    assert scores is not None
    assert "refused" not in scores
    assert 0 <= scores["score"] <= 1
    assert {"novelty", "velocity", "recency", "recommendation"} <= set(scores)
    # The same again has the same score, whatever other searches there are, and once their articles are on the map.
    run(plan("hypertension", 100))
    assert assign_new(connection, means.encoder.manifest.hash).articles > 0
    again = run(plan("asthma", 60)).scores
    assert again is not None
    assert again["score"] == scores["score"]
    # The receipt names what it was compared with.
    assert again["receipt"]["snapshot"] == scores["receipt"]["snapshot"]


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(explain_command, arguments, catch_exceptions=False)


def test_a_searchs_score_is_explained_from_its_receipt(
    connection: psycopg.Connection,
    means: Means,
    plan: Plan,
    run: Run,
    searching: Settings,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRIMETIME_DATABASE_URL", database_url)
    before = run(plan("hasabstract", 450))
    analyse(connection, model_hash=means.encoder.manifest.hash, settings=searching)
    search = run(plan("asthma", 60, idea="asthma of children"))
    assert search.scores is not None
    found = json.loads(explain(f"search:{search.id}", "--json").output)
    assert (found["search"], found["name"], found["same"]) == (search.id, "asthma of children", True)
    assert found["receipt"] == search.scores["receipt"]
    assert found["published"] == {name: search.scores[name] for name in found["published"]} == found["recomputed"]
    idea = search.scores["idea"]
    assert 0 <= idea["novelty"] <= 1
    assert len(idea["nearest"]) == 15
    assert idea["receipt"]["snapshot"] == search.scores["receipt"]["snapshot"]
    assert found["idea"] == idea
    told = explain(f"search:{search.id}").output
    assert f"the idea itself: novelty {idea['novelty']:.4f} among 200 recent titles" in told
    assert told.startswith(f"asthma of children (search {search.id}, ")
    assert f"published {search.scores['score']:.4f}" in told
    assert told.endswith("its reference, field, model_hash are what is stored beside it\n")

    # One that was scored before any analysis tells why it has none.
    refused = explain(f"search:{before.id}").output
    assert refused.startswith(f"hasabstract (search {before.id}) has no score: no analysis has scored topics")
    assert "refused" in json.loads(explain(f"search:{before.id}", "--json").output)
    assert before.scores is not None
    assert "idea" not in before.scores, "it was a query without an idea"
    with pytest.raises(NotFound, match="was not scored: it is planned"):
        explain(f"search:{plan('hypertension')}")
    with pytest.raises(NotFound, match="no search 999999999"):
        explain("search:999999999")
    for wrong in ("search:", "search:0", "search:-1", "search:1/2", "search 1", f"search:{10**18}"):
        with pytest.raises(BadInput, match="names no topic and no search"):
            explain(wrong)

    changed = "UPDATE searches SET scores = jsonb_set(scores, '{idea,novelty}', '1.5') WHERE id = %s"
    connection.execute(changed, (search.id,))
    connection.commit()
    with pytest.raises(Contradiction, match="the idea's novelty is not what its receipt gives"):
        explain(f"search:{search.id}")
    changed = "UPDATE searches SET scores = scores #- '{idea}' WHERE id = %s"
    connection.execute(changed, (search.id,))
    changed = "UPDATE searches SET scores = jsonb_set(scores, '{high}', '0.99') WHERE id = %s"
    connection.execute(changed, (search.id,))
    connection.commit()
    with pytest.raises(Contradiction, match=f"of search {search.id} the published high is not what its receipt gives"):
        explain(f"search:{search.id}")
    changed = (
        "UPDATE searches SET scores = jsonb_set(scores, '{receipt,field,last_complete_year}', '1999') WHERE id = %s"
    )
    connection.execute(changed, (search.id,))
    connection.commit()
    with pytest.raises(Contradiction, match=f"receipt of search {search.id} is not what is stored: its field$"):
        explain(f"search:{search.id}")
