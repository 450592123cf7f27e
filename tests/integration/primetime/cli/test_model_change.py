"""`primetime model status · switch · rollback · forget`, and a server that follows."""

import json
import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient

from primetime.api.application import create_app
from primetime.cli import primetime
from primetime.encoder.artifact import read_manifest
from primetime.encoder.serving import Encoder
from primetime.errors import PrimeTimeError
from primetime.settings import Settings
from primetime.vectors.storing import encode_missing


@pytest.fixture
def second(model_directory: Path, small_model_directory: Path, tmp_path: Path) -> Path:
    """The folder of the model that is configured; the one that serves is beside it."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "one").symlink_to(model_directory)
    return Path(shutil.copytree(small_model_directory, tmp_path / "models" / "two"))


@pytest.fixture
def served(connection: psycopg.Connection, encoder: Encoder) -> str:
    for pmid in range(1, 6):
        connection.execute(
            "INSERT INTO articles (pmid, title, content_hash) VALUES (%s, %s, %s)",
            [pmid, f"Heart failure {pmid}", str(pmid)],
        )
    return encode_missing(connection, encoder).model_hash


@pytest.fixture(autouse=True)
def environment(database_url: str, second: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("PRIMETIME_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PRIMETIME_DATABASE_URL", database_url)
    monkeypatch.setenv("PRIMETIME_MODEL_DIR", str(second))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(primetime, ["model", *arguments])


def test_a_change_of_model_by_hand(served: str, second: Path, connection: psycopg.Connection) -> None:
    new = read_manifest(second).hash
    before = run("status").output
    assert (
        f"{served}  sentence-transformers/all-MiniLM-L6-v2, 384 dimensions: 5 of 5 articles (100 %); serves" in before
    )
    assert f"{new}  configured, and nothing is encoded with it yet" in before
    assert f"model {new} serves (5 newly encoded, 0 were already)" in run("switch").output
    assert f"model {served} serves again" in run("rollback").output
    connection.execute("INSERT INTO articles (pmid, title, content_hash) VALUES (9, 'Lung', '9')")
    connection.commit()
    assert f"model {new} serves again; 1 articles lack a vector of it" in run("rollback").output
    told = json.loads(run("status", "--json").output)
    assert [(one["hash"], one["encoded"], one["missing"], one["serving"]) for one in told["models"]] == [
        (new, 5, 1, True),
        (served, 5, 1, False),
    ]
    assert [one["reason"] for one in told["switches"]] == ["rollback", "rollback", "switch", "first"]
    assert "5 vectors deleted; its artifact is still in" in run("forget", served).output


def test_what_cannot_be_changed_to_changes_nothing(served: str, second: Path) -> None:
    for arguments, words in (
        (["switch", "0123456789abcdef"], "is not in"),
        (["rollback"], "no other model has served"),
        (["forget", served], "is serving"),
        (["forget", "0123456789abcdef"], "knows no model"),
    ):
        failed = run(*arguments).exception
        assert isinstance(failed, PrimeTimeError), arguments
        assert words in str(failed)
    told = json.loads(run("status", "--json").output)
    assert [(one["hash"], one["serving"]) for one in told["models"]] == [(served, True)]


def test_a_rollback_to_a_damaged_artifact_is_refused(served: str, second: Path, tmp_path: Path) -> None:
    run("switch")
    artifact = tmp_path / "models" / "one"
    intact = artifact.resolve()
    artifact.unlink()
    shutil.copytree(intact, artifact)
    with (artifact / "model.onnx").open("ab") as file:
        file.write(b"x")
    assert "sha256" in str(run("rollback").exception)
    assert json.loads(run("status", "--json").output)["models"][0]["hash"] == read_manifest(second).hash


def test_a_server_follows_the_switch(
    served: str, second: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("primetime.vectors.serving_encoder.FOLLOW_EVERY", 0.05)
    app = create_app(settings.model_copy(update={"model_dir": second}))
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        ready = client.get("/ready").json()["encoder"]
        assert (ready["hash"], ready["engine"], ready["chosen_engine"]) == (served, "openvino", "openvino")
        run("switch")
        deadline = time.monotonic() + 120
        while client.get("/ready").json()["encoder"]["hash"] == served:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        ready = client.get("/ready").json()["encoder"]
        there = read_manifest(second)
        assert (ready["hash"], ready["variant"]) == (there.hash, there.quantisation)


def test_an_analysis_takes_a_new_model_once_it_is_complete(
    served: str, second: Path, settings: Settings, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is analysed is another test's matter: five articles have no topics."""
    from primetime.jobs import analysing

    analysed: list[str] = []

    def note(connection: psycopg.Connection, *, model_hash: str, **_: object) -> SimpleNamespace:
        analysed.append(model_hash)
        return SimpleNamespace(run_id=0)

    monkeypatch.setattr(analysing, "analyse", note)
    configured = settings.model_copy(update={"model_dir": second})
    analysing.run_analysis(connection, configured)
    analysing.run_analysis(connection, configured)
    new = read_manifest(second).hash
    assert analysed == [served, new, new]
