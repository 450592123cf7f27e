"""The prototype's keywords and searches: stand-in, real database, real encoder, real worker."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from primetime.jobs.queue import create_queue, work
from primetime.settings import Settings

if TYPE_CHECKING:
    from conftest import StandIn

PASSWORD = "correct horse battery"
IDEA = "side effects of blood pressure drugs in elderly patients"


@pytest.fixture
def app_settings(literature_settings: Settings, model_directory: Path) -> Settings:
    return literature_settings.model_copy(update={"model_dir": model_directory})


def run_jobs(settings: Settings) -> None:
    asyncio.run(work(create_queue(settings), settings, wait=False, install_signal_handlers=False))


def test_the_first_platforms_paths_and_fields(researcher: TestClient, app_settings: Settings) -> None:
    keywords = researcher.post("/api/keywords/generate", json={"idea": IDEA}).json()
    assert len(keywords["keywords"]) == len(keywords["scores"]) > 2
    assert keywords["scores"] == sorted(keywords["scores"], reverse=True)
    assert "elderly" in keywords["expanded_keywords"]
    asked = {"keywords": "asthma; elderly", "idea_text": IDEA, "max_results": 5, "start_date": "1990-01-01"}
    response = researcher.post("/api/search/pubmed", json=asked)
    assert response.status_code == 202, response.text
    started = response.json()
    assert {"search_id", "articles_found", "articles_added", "message"} <= set(started)
    assert started["articles_found"] > 5
    assert researcher.get(f"/api/search/{started['search_id']}/scores").status_code == 404
    run_jobs(app_settings)
    (listed,) = researcher.get("/api/searches").json()
    assert {"search_id", "idea_text", "keyword_text", "max_results", "timestamp"} <= set(listed)
    assert (listed["articles_found"], listed["articles_added"]) == (started["articles_found"], 5)
    scores = researcher.get(f"/api/search/{started['search_id']}/scores").json()
    names = {"search_id", "novelty_score", "citation_score", "recency_score", "overall_score", "recommendation"}
    assert names <= set(scores)
    assert scores["overall_score"] is None
    assert "nothing to compare with" in scores["refused"]
    assert 0 < scores["citation_score"] < 1


def test_a_search_is_planned_while_pubmed_is_away_and_carried_out_when_it_is_back(
    researcher: TestClient, app_settings: Settings, literature: "StandIn"
) -> None:
    literature.order({"path": "esearch", "status": 400, "times": 5})
    asked = {"keywords": "asthma", "idea_text": IDEA, "max_results": 5}
    response = researcher.post("/api/search/pubmed", json=asked)
    assert response.status_code == 202, response.text
    started = response.json()
    assert (started["articles_found"], started["articles_added"]) == (None, 0)
    assert started["message"].startswith("Not counted: PubMed refuses the request (400)")
    literature.order()
    run_jobs(app_settings)
    (listed,) = researcher.get("/api/searches").json()
    assert (listed["search_id"], listed["state"], listed["articles_added"]) == (started["search_id"], "done", 5)
    assert listed["articles_found"] > 5
