import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from primetime.database.locks import exclusive
from primetime.encoder.serving import Encoder
from primetime.errors import Busy, ModelProblem
from primetime.vectors import storing
from primetime.vectors.halfvec import storage_of
from primetime.vectors.nearest import load_vectors
from primetime.vectors.storing import encode_missing

AddArticle = Callable[..., int]


def test_everything_is_encoded_once(connection: psycopg.Connection, encoder: Encoder, pmids: list[int]) -> None:
    first, second = encode_missing(connection, encoder), encode_missing(connection, encoder)
    assert (first.encoded, first.already) == (6, 0)
    assert (second.encoded, second.already) == (0, 6)
    assert first.model_hash == encoder.manifest.hash


def test_only_a_changed_text_is_encoded_again(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int], add_article: AddArticle
) -> None:
    encode_missing(connection, encoder)
    before = dict(zip(*load_vectors(connection, encoder.manifest.hash), strict=True))
    add_article("Quinine for nocturnal leg cramps", pmid=pmids[0])
    report = encode_missing(connection, encoder)
    after = dict(zip(*load_vectors(connection, encoder.manifest.hash), strict=True))
    assert (report.encoded, report.already) == (1, 5)
    assert before[pmids[0]] @ after[pmids[0]] < 0.5
    assert all((before[pmid] == after[pmid]).all() for pmid in pmids[1:])


def test_stored_vectors_are_the_encoders(connection: psycopg.Connection, encoder: Encoder, pmids: list[int]) -> None:
    encode_missing(connection, encoder)
    stored, vectors = load_vectors(connection, encoder.manifest.hash)
    titles = dict(connection.execute("SELECT pmid, title FROM articles").fetchall())
    expected = encoder.encode([titles[pmid] for pmid in stored.tolist()])
    assert stored.tolist() == sorted(pmids)
    assert (vectors * expected).sum(axis=1).min() > 0.9999


def wait_until_nobody_encodes(connection: psycopg.Connection) -> None:
    """PostgreSQL notices within moments that a process has died, and lets its locks go."""
    deadline = time.monotonic() + 60
    while connection.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'").fetchone():
        assert time.monotonic() < deadline, "the dead process's lock is still held"
        connection.rollback()
        time.sleep(0.05)
    connection.rollback()


def test_a_killed_run_continues_where_it_was(
    connection: psycopg.Connection,
    encoder: Encoder,
    model_directory: Path,
    empty_database_url: str,
    add_article: AddArticle,
    killable_script: Path,
    repository: Path,
) -> None:
    for number in range(14):
        add_article(f"Study number {number} of hypertension")
    killed = subprocess.run(
        [sys.executable, str(killable_script), empty_database_url, str(model_directory)],
        env=os.environ | {"PYTHONPATH": str(repository / "app")},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    wait_until_nobody_encodes(connection)
    report = encode_missing(connection, encoder)
    assert (report.already, report.encoded) == (8, 6)


def test_an_error_keeps_the_batches_before_it(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "BATCH", 2)

    def stop(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode_missing(connection, encoder, progress=stop)
    assert encode_missing(connection, encoder).already == 4


def test_progress_counts_what_is_to_do(connection: psycopg.Connection, encoder: Encoder, pmids: list[int]) -> None:
    seen: list[tuple[int, int]] = []
    encode_missing(connection, encoder, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(6, 6)]


def test_an_article_without_text_is_left_out(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int], add_article: AddArticle
) -> None:
    add_article("")
    report = encode_missing(connection, encoder)
    assert (report.encoded, encode_missing(connection, encoder).encoded) == (6, 0)


def test_long_articles_are_counted(connection: psycopg.Connection, encoder: Encoder, add_article: AddArticle) -> None:
    add_article("Long", abstract="hypertension " * 400)
    add_article("Short")
    assert encode_missing(connection, encoder).cut == 1


def test_one_process_encodes_at_a_time(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int], empty_database_url: str
) -> None:
    held = f"encoding with model {encoder.manifest.hash}"
    with psycopg.connect(empty_database_url) as other, exclusive(other, held), pytest.raises(Busy):
        encode_missing(connection, encoder)
    assert encode_missing(connection, encoder).encoded == 6


def test_a_model_of_another_dimension_under_the_same_hash_is_refused(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int]
) -> None:
    connection.execute(
        "INSERT INTO encoder_models (hash, source, dimension) VALUES (%s, 'x', 768)", (encoder.manifest.hash,)
    )
    connection.commit()
    with pytest.raises(ModelProblem, match="768 dimensions"):
        encode_missing(connection, encoder)
    assert connection.execute("SELECT count(*) FROM article_vectors").fetchone() == (0,)


def test_a_vector_that_is_no_number_is_never_stored(
    connection: psycopg.Connection, broken_weights: Path, pmids: list[int]
) -> None:
    with pytest.raises(ModelProblem, match="not a number"):
        encode_missing(connection, Encoder.open(broken_weights))
    assert connection.execute("SELECT count(*) FROM article_vectors").fetchone() == (0,)


def test_a_deleted_article_takes_its_vector_along(
    connection: psycopg.Connection, encoder: Encoder, pmids: list[int]
) -> None:
    encode_missing(connection, encoder)
    connection.execute("DELETE FROM articles WHERE pmid = %s", (pmids[0],))
    assert len(load_vectors(connection, encoder.manifest.hash)[0]) == 5


def test_the_migration_chose_the_storage_asked_for(connection: psycopg.Connection, request) -> None:
    asked = request.node.callspec.params["connection"]
    assert storage_of(connection) == ("bytea" if asked == "bytea" else "halfvec")
