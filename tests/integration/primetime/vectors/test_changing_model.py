"""Two real models side by side: MiniLM of 384 dimensions serves, a small BERT of 32 takes its place, and back."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from primetime.encoder import artifact
from primetime.encoder.serving import Encoder
from primetime.errors import BadInput, ModelProblem, NotFound
from primetime.vectors import serving_encoder, serving_model
from primetime.vectors.changing_model import change_model, new_model_waits
from primetime.vectors.hybrid import hybrid_search
from primetime.vectors.nearest import nearest_articles
from primetime.vectors.serving_encoder import ServingEncoder, find_artifact, open_serving
from primetime.vectors.storing import encode_missing

if TYPE_CHECKING:
    from conftest import Models

# Which way the vectors are read matters little here: with an index, and as bytes.
pytestmark = pytest.mark.parametrize("connection", ["indexed", "bytea"], indirect=True)


@pytest.fixture
def served(connection: psycopg.Connection, encoder: Encoder, models: "Models", pmids: list[int]) -> str:
    return encode_missing(connection, encoder).model_hash


def change(connection: psycopg.Connection, models: "Models", **options: object) -> None:
    change_model(connection, models.second, None, threads=0, **options)


def test_the_first_model_serves_and_another_does_not_by_being_encoded(
    connection: psycopg.Connection, served: str, models: "Models"
) -> None:
    assert serving_model.serving_hash(connection) == served == models.first_hash
    encode_missing(connection, Encoder.open(models.second))
    assert serving_model.serving_hash(connection) == served
    assert [(state.hash, state.encoded, state.serving) for state in serving_model.model_states(connection)] == [
        (served, 6, True),
        (models.second_hash, 6, False),
    ]


def test_the_old_model_serves_until_the_new_ones_vectors_are_complete(
    connection: psycopg.Connection, empty_database_url: str, served: str, models: "Models", monkeypatch
) -> None:
    monkeypatch.setattr("primetime.vectors.storing.BATCH", 2)
    seen = []

    def search_meanwhile(done: int, total: int) -> None:
        with psycopg.connect(empty_database_url) as other:
            encoder = open_serving(other, models.second, threads=0)
            vector = encoder.encode(["asthma in children"])[0]
            found = hybrid_search(other, "asthma", vector, model_hash=encoder.manifest.hash, limit=6)
            encoded = {state.hash: state.encoded for state in serving_model.model_states(other)}
            seen.append((len(vector), len(found), done, encoded[models.second_hash], total))

    change(connection, models, progress=search_meanwhile)
    assert seen == [(384, 6, 2, 2, 6), (384, 6, 4, 4, 6), (384, 6, 6, 6, 6)]
    encoder = open_serving(connection, models.second, threads=0)
    assert encoder.manifest.hash == serving_model.serving_hash(connection) == models.second_hash
    vector = encoder.encode(["asthma in the lung"])[0]
    assert len(nearest_articles(connection, vector, model_hash=models.second_hash, limit=9)) == 6
    with pytest.raises(BadInput, match="32 dimensions, the stored ones 384"):
        nearest_articles(connection, vector, model_hash=served, limit=9)


def test_a_killed_change_continues_and_the_old_model_serves_meanwhile(
    connection: psycopg.Connection,
    encoder: Encoder,
    empty_database_url: str,
    models: "Models",
    add_article: Callable[..., int],
    killable_script: Path,
    repository: Path,
) -> None:
    for number in range(14):
        add_article(f"Heart failure and asthma {number}")
    encode_missing(connection, encoder)
    killed = subprocess.run(
        [sys.executable, str(killable_script), empty_database_url, str(models.second)],
        env=os.environ | {"PYTHONPATH": str(repository / "app")},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    state = serving_model.model_state(connection, models.second_hash)
    assert (state.encoded, state.missing, state.serving) == (8, 6, False)
    deadline = time.monotonic() + 60
    while connection.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'").fetchone():
        assert time.monotonic() < deadline
        connection.rollback()
    report = change_model(connection, models.second, None, threads=0)
    assert (report.already, report.encoded) == (8, 6)
    assert serving_model.serving_hash(connection) == models.second_hash


def test_an_incomplete_model_is_not_switched_to(
    connection: psycopg.Connection, served: str, models: "Models", add_article: Callable[..., int]
) -> None:
    encode_missing(connection, Encoder.open(models.second))
    add_article("A new study of the heart")
    with pytest.raises(ModelProblem, match="1 articles have no vector"):
        serving_model.switch_to(connection, models.second_hash)
    assert serving_model.serving_hash(connection) == served
    with pytest.raises(NotFound, match="knows no model"):
        serving_model.switch_to(connection, "0123456789abcdef")


def test_articles_that_come_during_a_change_are_encoded_before_the_switch(
    connection: psycopg.Connection, served: str, models: "Models", add_article: Callable[..., int]
) -> None:
    added: list[int] = []

    def import_once(done: int, total: int) -> None:
        if not added:
            added.append(add_article("An article of a lower number", pmid=1))

    change(connection, models, progress=import_once)
    assert serving_model.model_state(connection, models.second_hash).missing == 0
    assert serving_model.serving_hash(connection) == models.second_hash


def test_going_back_is_a_switch(
    connection: psycopg.Connection, served: str, models: "Models", add_article: Callable[..., int]
) -> None:
    with pytest.raises(NotFound, match="no other model"):
        serving_model.previous_model(connection)
    change(connection, models)
    add_article("Encoded by neither")
    assert serving_model.previous_model(connection) == served
    assert serving_model.roll_back(connection, served).missing == 1
    assert serving_model.serving_hash(connection) == served
    assert serving_model.previous_model(connection) == models.second_hash
    assert [switch.reason for switch in serving_model.switches(connection)] == ["rollback", "switch", "first"]


def test_a_model_that_was_left_comes_back_only_when_asked_for(
    connection: psycopg.Connection, served: str, models: "Models"
) -> None:
    assert new_model_waits(connection, models.second)
    change(connection, models)
    assert not new_model_waits(connection, models.second)
    serving_model.roll_back(connection, served)
    assert not new_model_waits(connection, models.second)


def test_only_a_model_that_served_and_has_vectors_is_rolled_back_to(
    connection: psycopg.Connection, served: str, models: "Models"
) -> None:
    encode_missing(connection, Encoder.open(models.second))
    with pytest.raises(NotFound, match="never served"):
        serving_model.roll_back(connection, models.second_hash)
    change(connection, models)
    assert serving_model.forget_vectors(connection, served) == 6
    with pytest.raises(BadInput, match="are gone"):
        serving_model.roll_back(connection, served)
    with pytest.raises(BadInput, match="is serving"):
        serving_model.forget_vectors(connection, models.second_hash)


@pytest.fixture
def connect(connection: psycopg.Connection, empty_database_url: str) -> Callable[[], psycopg.Connection]:
    """A connection for each look: the thread that follows may not stand within the test's own transaction."""
    return lambda: psycopg.connect(empty_database_url)


@pytest.fixture
def process(connect: Callable[[], psycopg.Connection], models: "Models") -> ServingEncoder:
    """What a process that serves HTTP holds, told to follow by the test or by its own thread."""
    return ServingEncoder(models.second, threads=0, connect=connect)


def test_a_process_follows_a_switch_and_back(
    connection: psycopg.Connection, served: str, models: "Models", process: ServingEncoder
) -> None:
    process.start()
    process.close()
    assert process.encoder.manifest.hash == served
    change(connection, models)
    process.follow()
    assert process.encoder.manifest.hash == models.second_hash
    serving_model.roll_back(connection, served)
    process.follow()
    assert process.encoder.manifest.hash == served


def test_a_process_keeps_its_model_when_the_new_one_does_not_work_there(
    connection: psycopg.Connection, served: str, models: "Models", process: ServingEncoder
) -> None:
    process.start()
    process.close()
    change(connection, models)
    with (models.second / "model.onnx").open("ab") as file:
        file.write(b"x")
    process.follow()
    assert process.encoder.manifest.hash == served
    assert "sha256" in str(process.problem)
    serving_model.roll_back(connection, served)
    process.follow()
    assert process.encoder.manifest.hash == served
    assert process.problem is None


def test_a_model_that_was_refused_is_tried_again_ever_more_seldom(
    connection: psycopg.Connection,
    connect: Callable[[], psycopg.Connection],
    served: str,
    models: "Models",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    process = ServingEncoder(models.second, threads=0, connect=connect, clock=lambda: now[0])
    process.start()
    process.close()
    change(connection, models)
    tried: list[float] = []
    monkeypatch.setattr(serving_encoder, "verify", lambda folder: tried.append(now[0]) or artifact.verify(folder))
    (models.second / "tokenizer.json").rename(models.second / "tokenizer.away")
    before = process.encoder
    for second in range(0, 500, 10):
        now[0] = float(second)
        process.follow()
    assert tried == [0, 60, 180, 420]
    # The one before was not let go meanwhile.
    assert process.encoder is before
    (models.second / "tokenizer.away").rename(models.second / "tokenizer.json")
    now[0] = 420 + 480
    process.follow()
    assert process.encoder.manifest.hash == models.second_hash
    assert process.problem is None


def test_a_process_that_began_without_an_encoder_finds_it_when_it_comes(
    connect: Callable[[], psycopg.Connection], served: str, models: "Models"
) -> None:
    now = [0.0]
    process = ServingEncoder(models.second, threads=0, connect=connect, clock=lambda: now[0])
    artifact_of_served = models.first.resolve()
    models.first.unlink()
    process.start()
    process.close()
    models.first.symlink_to(artifact_of_served)
    process.follow()
    assert process.encoder is None
    now[0] = 60
    process.follow()
    assert process.encoder.manifest.hash == served
    assert process.problem is None


def test_following_outlives_whatever_goes_wrong(
    connection: psycopg.Connection, served: str, models: "Models", process: ServingEncoder, monkeypatch
) -> None:
    """A disk that fails is one look's failure; the next one finds the model."""
    monkeypatch.setattr(serving_encoder, "FOLLOW_EVERY", 0.01)
    failures = [OSError("the disk is away"), ValueError("something else")]

    def fail_at_first(*arguments: object) -> Path:
        if failures:
            raise failures.pop()
        return find_artifact(*arguments)

    process.start()
    monkeypatch.setattr(serving_encoder, "find_artifact", fail_at_first)
    change(connection, models)
    deadline = time.monotonic() + 60
    while process.encoder is None or process.encoder.manifest.hash != models.second_hash:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.close()
    assert not failures


def test_memory_that_is_short_for_the_new_model_brings_the_old_one_back(
    connection: psycopg.Connection, served: str, models: "Models", process: ServingEncoder, monkeypatch
) -> None:
    process.start()
    process.close()
    change(connection, models)
    opened = Encoder.open

    def short(directory: Path, *, threads: int = 0) -> Encoder:
        if directory == models.second:
            raise MemoryError
        return opened(directory, threads=threads)

    monkeypatch.setattr(serving_encoder.Encoder, "open", short)
    process.follow()
    assert process.encoder.manifest.hash == served
    assert "MemoryError" in str(process.problem)


def test_a_process_without_the_serving_models_artifact_serves_no_other(
    connection: psycopg.Connection, served: str, models: "Models", process: ServingEncoder
) -> None:
    models.first.unlink()
    process.start()
    process.close()
    assert process.encoder is None
    assert served in str(process.problem)
