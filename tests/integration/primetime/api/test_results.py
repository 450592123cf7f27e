"""What a model made is kept for a day, and made anew when the data change or a part of it was lacking."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import Role
from primetime.api import embed, pubmed
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.settings import Settings

if TYPE_CHECKING:
    from conftest import StandIn

PASSWORD = "correct horse battery"
IDEA = "side effects of blood pressure drugs in elderly patients"


@pytest.fixture
def app_settings(literature_settings: Settings, model_directory: Path) -> Settings:
    return literature_settings.model_copy(update={"model_dir": model_directory, "keep_answers": True})


@pytest.fixture
def reader(client: TestClient) -> TestClient:
    credentials = {"email": f"{Role.READER}@example.org", "password": PASSWORD}
    assert client.post("/api/v1/session", json=credentials).status_code == 200
    eventually(lambda: settled(client))
    return client


def settled(client: TestClient) -> bool:
    data = client.app.state.services.changes.data  # type: ignore[attr-defined]
    return data is not None and "+" not in data


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until, "it never came about"
        time.sleep(0.02)


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[object]:
    """What a function was asked from now on."""
    original, asked = getattr(module, name), []

    def counting(*arguments: Any) -> Any:
        asked.append(arguments)
        return original(*arguments)

    monkeypatch.setattr(module, name, counting)
    return asked


def test_vectors_of_the_same_texts_are_made_once(reader: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made = counted(monkeypatch, embed, "_vectors")
    first, second = (reader.post("/api/v1/embed", json={"texts": ["zinc", "copper"]}) for _ in range(2))
    assert (first.status_code, first.json(), len(made)) == (200, second.json(), 1)
    assert second.headers["content-type"] == "application/json"
    for other in (["copper", "zinc"], ["zinc"], ["zinc", "copper", ""]):
        assert reader.post("/api/v1/embed", json={"texts": other}).json()["vectors"] != first.json()["vectors"]
    assert len(made) == 4


def test_texts_that_are_no_texts_are_refused(reader: TestClient) -> None:
    for path, body in (("embed", b'{"texts": ["\\ud800"]}'), ("keywords", b'{"idea": "\\ud800 of blood pressure"}')):
        answer = reader.post(f"/api/v1/{path}", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), path


def test_an_idea_s_keywords_are_made_anew_when_the_data_change(
    reader: TestClient, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = counted(monkeypatch, pubmed, "_suggest")
    first, again = (reader.post("/api/v1/keywords", json={"idea": IDEA}).json() for _ in range(2))
    assert (first["pubmed"], again, len(made)) == ("", first, 1)
    # The first platform's path makes its answer of the same.
    old = reader.post("/api/keywords/generate", json={"idea": IDEA}).json()
    assert (old["keywords"], len(made)) == ([one["text"] for one in first["keywords"]], 1)
    store_articles(connection, [Article(pmid=1, title="Blood pressure drugs and their side effects")])
    connection.commit()

    def made_anew() -> bool:
        reader.post("/api/v1/keywords", json={"idea": IDEA})
        return len(made) > 1

    eventually(made_anew)


def test_what_lacks_pubmed_s_part_is_not_kept(
    reader: TestClient, literature: "StandIn", monkeypatch: pytest.MonkeyPatch
) -> None:
    made = counted(monkeypatch, pubmed, "_suggest")
    literature.order({"path": "esearch", "status": 400, "times": 1})
    assert "PubMed refuses" in reader.post("/api/v1/keywords", json={"idea": IDEA}).json()["pubmed"]
    assert reader.post("/api/v1/keywords", json={"idea": IDEA}).json()["pubmed"] == ""
    assert len(made) == 2
