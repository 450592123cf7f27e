import numpy as np
import psycopg
import pytest

from primetime.analysis import corpus
from tests.integration.primetime.analysis.planting import MODEL, Plant


def test_a_corpus_read_in_blocks_is_the_same(
    connection: psycopg.Connection, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(mesh=True)
    whole = corpus.load_corpus(connection, MODEL)
    assert (len(whole.pmids), len(whole.words), whole.vectors.shape) == (240, 240, (240, 32))
    assert np.allclose(np.linalg.norm(whole.vectors, axis=1), 1)
    monkeypatch.setattr(corpus, "_ROWS", 7)
    parts = corpus.load_corpus(connection, MODEL)
    assert parts.vectors.tobytes() == whole.vectors.tobytes()
    assert parts.words.runs.tolist() == whole.words.runs.tolist()
    assert (parts.snapshot, parts.mesh) == (whole.snapshot, whole.mesh)
    bare = corpus.load_corpus(connection, MODEL, [3, 5, 999], with_words=False)
    assert (bare.pmids.tolist(), len(bare.words), bare.years.tolist()) == ([3, 5], 0, whole.years[[2, 4]].tolist())
    nothing = corpus.load_corpus(connection, "another")
    assert (len(nothing.pmids), len(nothing.vectors)) == (0, 0)


def test_a_snapshot_is_of_all_that_results_hang_on(connection: psycopg.Connection, plant: Plant) -> None:
    plant()

    def snapshot() -> str:
        return corpus.load_corpus(connection, MODEL, with_words=False).snapshot

    def cited(source: str, citations: int, looked_up: str) -> None:
        connection.execute(
            "INSERT INTO article_citations (pmid, source, citations, by_year, looked_up_at) VALUES (7, %s, 9,"
            " jsonb_build_array(jsonb_build_object('year', 2010, 'citations', %s::int)), %s)"
            " ON CONFLICT (pmid, source) DO UPDATE SET by_year = excluded.by_year,"
            " looked_up_at = excluded.looked_up_at",
            (source, citations, looked_up),
        )

    bare = snapshot()
    assert snapshot() == bare
    cited("openalex", 3, "2026-05-01Z")
    one = snapshot()
    assert one != bare, "citations by year are forecast"
    cited("icite", 8, "2025-05-01Z")
    assert snapshot() == one, "what was told before the newest answer is not used"
    cited("openalex", 3, "2026-07-01Z")
    assert snapshot() == one, "the same, told again in the same year"
    cited("openalex", 4, "2026-07-01Z")
    assert snapshot() not in {one, bare}


def test_what_some_articles_are_compared_with_is_what_the_newest_analysis_knows(
    connection: psycopg.Connection, plant: Plant
) -> None:
    plant()
    run = connection.execute(
        "INSERT INTO analysis_runs (started_at, model_hash, release_id, snapshot, articles, topics, outliers,"
        " parameters, reference) VALUES (now(), %s, 'r', 's', 20, 1, 0, '{}', '{}') RETURNING id",
        (MODEL,),
    ).fetchone()
    assert run is not None
    connection.execute(
        "INSERT INTO analysis_articles (run_id, pmid, topic_id, x, y) SELECT %s, pmid, -1, 0, 0 FROM articles"
        " WHERE pmid <= 20",
        run,
    )
    found, own = corpus.load_compared(connection, MODEL, [19, 100, 999])
    assert found.pmids.tolist() == [*range(1, 21), 100]
    assert found.pmids[own].tolist() == [19, 100]
    whole = corpus.load_corpus(connection, MODEL)
    np.testing.assert_array_equal(found.vectors, whole.vectors[found.pmids - 1])
    assert len(found.words) == 0
