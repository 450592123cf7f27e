"""Keywords and counts over HTTP: stand-in, real database, real encoder."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from primetime.settings import Settings

if TYPE_CHECKING:
    from conftest import StandIn

PASSWORD = "correct horse battery"
IDEA = "side effects of blood pressure drugs in elderly patients"
ASTHMA = {"name": "asthma", "terms": [{"text": "Asthma", "field": "mesh"}]}
NONSENSE = {"name": "nonsense", "terms": [{"text": "qwertzuiop"}]}


@pytest.fixture
def app_settings(literature_settings: Settings, model_directory: Path) -> Settings:
    return literature_settings.model_copy(update={"model_dir": model_directory})


def test_an_idea_becomes_keywords_headings_and_concepts(researcher: TestClient) -> None:
    body = researcher.post("/api/v1/keywords", json={"idea": IDEA}).json()
    assert body["idea"] == IDEA
    assert body["pubmed"] == ""
    assert {"text", "score", "origin"} == set(body["keywords"][0])
    switched = [any(term["on"] for term in concept["terms"]) for concept in body["concepts"]]
    assert switched == [True, True] + [False] * (len(switched) - 2)
    # PubMed read "elderly" as the heading Aged, which from now on has that entry term.
    assert {"elderly"} <= {term for heading in body["mesh"] for term in heading["entry_terms"]}


def test_what_is_switched_on_finds_something(researcher: TestClient) -> None:
    concepts = researcher.post("/api/v1/keywords", json={"idea": IDEA}).json()["concepts"]
    counted = researcher.post("/api/v1/queries", json={"concepts": concepts}).json()
    assert counted["count"] > 0, counted["query"]


def test_mesh_is_asked_once_for_the_entry_terms_of_headings(researcher: TestClient, literature: "StandIn") -> None:
    def asked() -> int:
        return literature.requests().get("200 /entrez/eutils/esummary.fcgi", 0)

    before = asked()
    first = researcher.post("/api/v1/keywords", json={"idea": IDEA}).json()
    assert first["mesh"]
    assert all(heading["entry_terms_known"] for heading in first["mesh"])
    assert asked() > before
    asked_for_one = asked()
    again = researcher.post("/api/v1/keywords", json={"idea": IDEA}).json()
    assert (again["mesh"], asked()) == (first["mesh"], asked_for_one)


def test_without_mesh_entry_terms_are_unknown_and_not_none(researcher: TestClient, literature: "StandIn") -> None:
    literature.order({"path": "esummary", "status": 500, "times": 50})
    body = researcher.post("/api/v1/keywords", json={"idea": IDEA}).json()
    assert body["pubmed"] == ""  # its reading of the words was had
    assert body["mesh"]
    assert not any(heading["entry_terms_known"] for heading in body["mesh"])
    assert {"elderly"} <= {term for heading in body["mesh"] for term in heading["entry_terms"]}


def test_without_pubmed_there_are_suggestions_and_a_reason(researcher: TestClient, literature: "StandIn") -> None:
    literature.order({"path": "esearch", "status": 400, "times": 50})
    body = researcher.post("/api/v1/keywords", json={"idea": IDEA}).json()
    assert len(body["keywords"]) > 2
    assert "PubMed refuses" in body["pubmed"]


@pytest.mark.parametrize(
    ("idea", "status"),
    [("short", 422), ("x" * 1001, 422), (" " * 50, 400), ("of the and in but", 400), ("a" * 400, 400), (7, 422)],
)
def test_an_idea_that_is_none_is_refused(researcher: TestClient, idea: object, status: int) -> None:
    for path in ("/api/v1/keywords", "/api/keywords/generate"):
        response = researcher.post(path, json={"idea": idea})
        assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


def test_a_word_that_is_too_long_for_a_term_is_passed_over(researcher: TestClient) -> None:
    response = researcher.post("/api/v1/keywords", json={"idea": f"{'a' * 400} asthma of children"})
    assert response.status_code == 200
    assert "asthma" in [keyword["text"] for keyword in response.json()["keywords"]]


def test_a_query_is_counted_whole_and_by_concept(researcher: TestClient) -> None:
    body = researcher.post("/api/v1/queries", json={"concepts": [ASTHMA]}).json()
    assert body["query"] == '("Asthma"[mh])'
    assert body["count"] == body["concepts"][0]["count"] > 20
    assert body["relaxations"] == []


def test_a_query_without_hits_is_offered_what_gives_some(researcher: TestClient) -> None:
    body = researcher.post("/api/v1/queries", json={"concepts": [ASTHMA, NONSENSE]}).json()
    assert body["count"] == 0
    (offer,) = body["relaxations"]
    assert offer["dropped"] == ["nonsense"]
    accepted = researcher.post(
        "/api/v1/queries", json={"concepts": offer["concepts"], "limits": offer["limits"]}
    ).json()
    assert accepted["count"] == offer["count"] > 0


def test_concepts_of_one_long_name_are_told_apart(researcher: TestClient) -> None:
    concepts = [{**NONSENSE, "name": "n" * 300}, {**NONSENSE, "name": "n" * 300}, ASTHMA]
    body = researcher.post("/api/v1/queries", json={"concepts": concepts}).json()
    assert [len(one["name"]) for one in body["concepts"]] == [300, 300, 6]
    (offer,) = body["relaxations"]
    assert [name[-4:] for name in offer["dropped"]] == ["nnnn", " (2)"]


def test_a_written_query_is_counted_and_spelt(researcher: TestClient) -> None:
    body = researcher.post("/api/v1/queries/text", json={"query": "hypertensoin[ti]"}).json()
    assert (body["count"], body["not_found"]) == (0, ["hypertensoin"])
    assert (body["spelling"], body["spelling_problem"]) == ("hypertension[ti]", "")


def test_a_count_is_good_without_a_spelling(researcher: TestClient, literature: "StandIn") -> None:
    literature.order({"path": "espell", "status": 400, "times": 5})
    response = researcher.post("/api/v1/queries/text", json={"query": "hypertensoin[ti]"})
    assert response.status_code == 200
    body = response.json()
    assert (body["count"], body["not_found"], body["spelling"]) == (0, ["hypertensoin"], None)
    assert body["spelling_problem"].startswith("PubMed refuses the request (400)")


@pytest.mark.parametrize("query", [" ", "\0", "\t\x01\n"])
def test_a_written_query_of_nothing_is_refused(researcher: TestClient, query: str) -> None:
    response = researcher.post("/api/v1/queries/text", json={"query": query})
    assert (response.status_code, response.headers["content-type"]) == (400, "application/problem+json")
    assert response.json()["detail"] == "the query is empty"


def test_control_characters_in_a_written_query_are_spaces(researcher: TestClient) -> None:
    body = researcher.post("/api/v1/queries/text", json={"query": "\x01hypertensoin[ti]\0OR\nqwertzuiop[ti]"}).json()
    assert (body["query"], body["count"]) == ("hypertensoin[ti] OR qwertzuiop[ti]", 0)
    assert body["spelling"] == "hypertension[ti] OR qwertzuiop[ti]"


def test_a_written_query_without_hits_is_offered_what_gives_some(researcher: TestClient) -> None:
    asked = {"query": "asthma[mh] AND qwertzuiop[ti]"}
    body = researcher.post("/api/v1/queries/text", json=asked).json()
    assert (body["count"], body["query"]) == (0, asked["query"])
    (offer,) = body["relaxations"]
    assert (offer["dropped"], offer["query"], offer["concepts"]) == (["qwertzuiop[ti]"], "asthma[mh]", [])
    taken = researcher.post("/api/v1/queries/text", json={"query": offer["query"]}).json()
    assert (taken["count"], taken["relaxations"]) == (offer["count"], [])


def test_pubmed_away_is_a_problem_and_no_error_of_ours(researcher: TestClient, literature: "StandIn") -> None:
    literature.order({"path": "esearch", "status": 400, "times": 5})
    response = researcher.post("/api/v1/queries", json={"concepts": [ASTHMA]})
    assert response.status_code == 503
    assert "PubMed refuses the request (400)" in response.json()["detail"]
