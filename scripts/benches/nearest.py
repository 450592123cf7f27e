"""Nearest articles at size: pgvector read exactly, by its index, and in process; recall, latency, building, filters.

The vectors are those of the real abstracts, each repeated under new PMIDs with noise added, so that they lie as real
ones do. A query is the vector of an article as noised again. Everything runs on an embedded PostgreSQL of its own.
"""

import json
import logging
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
import psycopg
import structlog
from numpy.typing import NDArray

from playbook import REPOSITORY

ABSTRACTS = REPOSITORY.parent / "shared" / "data" / "pubmed" / "drug-reviews.xml.gz"
# So much noise that a copy's cosine with its original is about .9: between two articles on one question, in MiniLM.
NOISE = 0.48
QUERIES = 100
NEIGHBOURS = 10
HASH = "0123456789abcdef"


@click.command()
@click.option("--articles", default=100_000, show_default=True, help="How many are stored.")
@click.option("--sizes", default="2000,5000,10000,20000", show_default=True, help="Smaller sizes to compare at.")
@click.option("--links", default="", help="Also these HNSW settings: links/candidates, such as 16/64,24/200.")
@click.option("--model", type=click.Path(path_type=Path, exists=True), required=True, help="An encoder artifact.")
@click.option("--vectors", type=click.Path(path_type=Path), help="Keep the abstracts' vectors here for another run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def bench(articles: int, sizes: str, links: str, model: Path, vectors: Path | None, as_json: bool) -> None:
    """Compare the ways to find nearest articles, at several sizes and with filters."""
    from primetime.database.embedded import start_embedded_server
    from primetime.database.migrations import migrate
    from primetime.vectors import nearest, nearest_index
    from primetime.vectors.nearest_index import drop_index, ensure_index

    # Standard output is for the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    texts, real = _real_vectors(model, vectors)
    stored, queries = _perturbed(real, articles)
    figures: dict[str, Any] = {"name": "nearest", "articles": articles, "dimension": stored.shape[1], "sizes": {}}
    with tempfile.TemporaryDirectory(prefix="primetime-bench-", ignore_cleanup_errors=True) as folder:
        url = start_embedded_server(Path(folder) / "postgres")
        with psycopg.connect(url) as connection:
            migrate(connection)
            connection.execute("INSERT INTO encoder_models VALUES (%s, 'bench', %s)", (HASH, stored.shape[1]))
            done = 0
            nearest_index.INDEX_FROM = 1
            for size in [*(int(part) for part in sizes.split(",") if part), articles]:
                drop_index(connection, HASH)  # filling it row by row takes longer than building it
                _store(connection, texts, stored, done, size)
                done = size
                _vacuum(connection)
                truth = _truth(stored[:size], queries)
                row: dict[str, Any] = {"exact": _measure(connection, nearest.ExactArticles(), queries, truth)}
                settings: list[tuple[int, ...]] = [(nearest_index.LINKS, nearest_index.CANDIDATES)]
                if size == articles:
                    settings += [tuple(int(n) for n in part.split("/")) for part in links.split(",") if part]
                for pair in reversed(settings):
                    nearest_index.LINKS, nearest_index.CANDIDATES = pair[0], pair[1]
                    drop_index(connection, HASH)
                    connection.commit()
                    began = time.perf_counter()
                    ensure_index(connection, HASH)
                    built = time.perf_counter() - began
                    row[f"index {pair[0]}/{pair[1]}"] = {
                        "build_seconds": round(built, 1),
                        "index_mb": _index_mb(connection),
                        **_by_candidates(connection, stored.shape[1], queries, truth),
                    }
                    click.echo(f"{size}, {pair}: {row}", err=True)
                figures["sizes"][size] = row
            truth = _truth(stored, queries)
            figures["in_process"] = _measure(connection, nearest.InProcessArticles(), queries, truth)
            click.echo(f"in process: {figures['in_process']}", err=True)
            figures["filters"] = _filters(connection, stored, queries)
            figures["hybrid_ms"] = _hybrid(connection, texts, queries)
    print(json.dumps(figures) if as_json else json.dumps(figures, indent=2))


def _real_vectors(model: Path, kept: Path | None) -> tuple[list[tuple[str, str, int | None]], NDArray[np.float32]]:
    from primetime.articles.pubmed_xml import read_pubmed_file
    from primetime.articles.record import Article, article_text
    from primetime.encoder.serving import Encoder

    if not ABSTRACTS.is_file():
        raise click.ClickException(f"{ABSTRACTS} is not there; this bench reads real records kept beside the checkout")
    records = [record for record in read_pubmed_file(ABSTRACTS) if isinstance(record, Article)]
    texts = [(record.title, record.abstract, record.publication_date.year) for record in records]
    if kept is not None and kept.is_file():
        return texts, np.load(kept)
    encoded = Encoder.open(model).encode([article_text(title, abstract) for title, abstract, _ in texts])
    if kept is not None:
        np.save(kept, encoded)
    return texts, encoded


def _perturbed(real: NDArray[np.float32], count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Unit vectors [count, dimension], the real ones first, and queries [100, dimension] near some of them."""
    from primetime.encoder.pooling import to_unit_length

    random = np.random.default_rng(1)

    def noised(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        noise = random.normal(scale=NOISE / np.sqrt(real.shape[1]), size=vectors.shape)
        return to_unit_length(vectors + noise.astype(np.float32))

    copies = [real, *(noised(real) for _ in range(-(-count // len(real)) - 1))]
    stored = np.vstack(copies)[:count].astype(np.float16).astype(np.float32)
    return stored, noised(stored[random.choice(count, QUERIES, replace=False)])


def _store(
    connection: psycopg.Connection, texts: Sequence[Any], stored: NDArray[np.float32], start: int, stop: int
) -> None:
    """Articles start + 1 to stop, each with its vector; MeSH, journal and type by the PMID, so that filters differ."""
    from primetime.vectors.halfvec import storage_of, to_parameter

    storage = storage_of(connection)
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY articles (pmid, title, abstract, publication_year, journal, publication_types, mesh, content_hash)"
            " FROM STDIN"
        ) as copy,
    ):
        for index in range(start, stop):
            title, abstract, year = texts[index % len(texts)]
            pmid = index + 1
            mesh = [{"ui": "D1", "name": "Common"}] * (pmid % 2 == 0) + [{"ui": "D2", "name": "Rare"}] * (
                pmid % 1000 == 0
            )
            types = ["Journal Article"] + ["Clinical Trial"] * (pmid % 10 == 0)
            copy.write_row((pmid, title, abstract, year, f"Journal {pmid % 200}", types, json.dumps(mesh), "c"))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO article_vectors (model_hash, pmid, content_hash, embedding) VALUES (%s, %s, 'c', %s)",
            [(HASH, index + 1, to_parameter(stored[index], storage)) for index in range(start, stop)],
        )
    connection.commit()


def _vacuum(connection: psycopg.Connection) -> None:
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE articles")
    connection.execute("VACUUM ANALYZE article_vectors")
    connection.autocommit = False


def _index_mb(connection: psycopg.Connection) -> float:
    from primetime.vectors.nearest_index import index_name

    row = connection.execute("SELECT pg_relation_size(to_regclass(%s)) / 1048576.0", [index_name(HASH)]).fetchone()
    connection.commit()
    return round(float(row[0])) if row else 0


def _truth(stored: NDArray[np.float32], queries: NDArray[np.float32]) -> list[set[int]]:
    similarity = queries @ stored.T
    return [set((np.argpartition(-row, NEIGHBOURS)[:NEIGHBOURS] + 1).tolist()) for row in similarity]


def _measure(
    connection: psycopg.Connection, find: Any, queries: NDArray[np.float32], truth: list[set[int]], **wanted: Any
) -> dict[str, float]:
    from primetime.vectors.nearest import Wanted

    shared = 0
    of = sum(len(expected) for expected in truth)
    times = []
    for query, expected in zip(queries, truth, strict=True):
        question = Wanted(vector=query, model_hash=HASH, limit=NEIGHBOURS, **wanted)
        took, found = _timed(partial(find, connection, question))
        connection.commit()
        times.append(took)
        shared += len(expected & {one.pmid for one in found})
    return {"recall_10": round(shared / max(of, 1), 4), **_percentiles(times[1:])}


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return (time.perf_counter() - began) * 1000, result


def _percentiles(times: list[float]) -> dict[str, float]:
    return {"p50_ms": round(float(np.percentile(times, 50)), 2), "p95_ms": round(float(np.percentile(times, 95)), 2)}


def _by_candidates(
    connection: psycopg.Connection, dimension: int, queries: NDArray[np.float32], truth: list[set[int]]
) -> dict[str, Any]:
    from primetime.vectors import nearest

    chosen = nearest.SCAN_CANDIDATES
    measured = {}
    for candidates in sorted({40, 200, chosen}):
        nearest.SCAN_CANDIDATES = candidates
        measured[f"candidates {candidates}"] = _measure(connection, nearest.IndexedArticles(dimension), queries, truth)
    nearest.SCAN_CANDIDATES = chosen
    return measured


def _filters(
    connection: psycopg.Connection, stored: NDArray[np.float32], queries: NDArray[np.float32]
) -> dict[str, Any]:
    """Recall among those that pass, and latency, of the implementation that the database would take."""
    from primetime.articles.listing import Filters
    from primetime.vectors.nearest import IndexedArticles

    numbers = np.arange(1, len(stored) + 1)
    years: dict[int, int | None] = dict(connection.execute("SELECT pmid, publication_year FROM articles").fetchall())
    connection.commit()
    year = np.asarray([years[int(number)] or 0 for number in numbers])
    cases = {
        "half (MeSH)": (Filters(mesh="Common"), numbers % 2 == 0),
        "a tenth (publication type)": (Filters(publication_type="Clinical Trial"), numbers % 10 == 0),
        "one in 200 (journal)": (Filters(journal="Journal 7"), numbers % 200 == 7),
        "one in 1,000 (MeSH)": (Filters(mesh="Rare"), numbers % 1000 == 0),
        "years from 2000": (Filters(year_from=2000), year >= 2000),
    }
    measured = {}
    for name, (filters, mask) in cases.items():
        passing = numbers[mask]
        near = [{int(passing[i]) for i in np.argsort(-row)[:NEIGHBOURS]} for row in queries @ stored[mask].T]
        measured[name] = {
            "passing": len(passing),
            **_measure(connection, IndexedArticles(stored.shape[1]), queries, near, filters=filters),
        }
        click.echo(f"{name}: {measured[name]}", err=True)
    return measured


def _hybrid(
    connection: psycopg.Connection, texts: Sequence[Any], queries: NDArray[np.float32]
) -> dict[str, dict[str, float]]:
    """Hybrid search with questions of three words from titles, that many articles have, and some filters."""
    from primetime.articles.listing import Filters
    from primetime.vectors.hybrid import hybrid_search

    random = np.random.default_rng(2)
    words = [[word for word in title.split() if len(word) > 4 and word.isalpha()] for title, _, _ in texts]
    words = [title for title in words if len(title) >= 3]
    questions = [" ".join(words[i][:3]) for i in random.choice(len(words), len(queries), replace=False)]
    measured = {}
    for name, filters in {"no filter": Filters(), "years from 2000": Filters(year_from=2000)}.items():
        times = []
        for question, query in zip(questions, queries, strict=True):
            ask = partial(hybrid_search, connection, question, query, model_hash=HASH, limit=25, filters=filters)
            took, _ = _timed(ask)
            connection.commit()
            times.append(took)
        measured[name] = _percentiles(times[1:])
    return measured
