"""What a night costs: seconds, processor seconds and peak memory of each step, on the embedded PostgreSQL.

    python scripts/bench.py night --model ARTIFACT [--articles 100000 --dimension 768] [--worker] [--json]

Two nights: the first analyses everything and judges the score, in the second nothing is new. Without `--articles` on
the real records, encoded once and kept under build/. With it on that many made from them: vectors blended of
neighbours and turned into `--dimension`, texts with some words exchanged for rare ones, so that the vocabulary grows
as a real one's does, and headings drawn from those of the records that have any. Encoding, and the index that belongs
to it, are not measured here. With `--worker` one analysis as the worker makes it in place of the nights: in a process
that has encoded a search's abstracts and keeps its encoder.
"""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import psycopg
import structlog
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from benches.topics import SEED, SHARED, encoded, many
from playbook import REPOSITORY
from primetime.articles.pubmed_xml import read_pubmed_file
from primetime.articles.record import Article, article_text

if TYPE_CHECKING:
    from primetime.jobs.history import WorkRun

FILES = ("drug-reviews.xml.gz", "pubmedsample18n0001.xml.gz")
# Of the words of a made article, those that are exchanged; they are drawn from so many rare ones.
EXCHANGED, RARE = 0.03, 300_000
HEADINGS = 10


@dataclass(frozen=True, kw_only=True)
class Record:
    title: str
    abstract: str
    year: int | None
    headings: list[str]


@click.command()
@click.option("--model", type=click.Path(path_type=Path, exists=True), required=True, help="An encoder artifact.")
@click.option("--articles", default=0, help="Made from the real ones; 0: the real ones.")
@click.option("--dimension", default=768, show_default=True, help="Of the made ones.")
@click.option("--worker", is_flag=True, help="An analysis beside a worker's encoder.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--one-night", hidden=True, help="The database's address.")
def bench(model: Path, articles: int, dimension: int, worker: bool, as_json: bool, one_night: str | None) -> None:
    """Measure two nights, each in a process of its own."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    if one_night:
        click.echo(json.dumps(_worker(one_night, model) if worker else _night(one_night, model)))
        return
    from primetime.database.embedded import start_embedded_server
    from primetime.database.migrations import migrate

    real = list(_records())
    vectors = encoded(model, "night", [article_text(one.title, one.abstract) for one in real])
    made: Iterator[Record] = iter(real)
    if articles:
        vectors, origins = many(vectors, articles, dimension)
        made = _made(real, origins)
    with tempfile.TemporaryDirectory(prefix="primetime-bench-", ignore_cleanup_errors=True) as folder:
        url = start_embedded_server(Path(folder) / "postgres")
        with psycopg.connect(url) as connection:
            migrate(connection)
            _store(connection, model, made, vectors)
        count, vectors_mb = len(vectors), round(vectors.nbytes / 2**20)
        del vectors
        script = [sys.executable, str(REPOSITORY / "scripts" / "bench.py"), "night", "--model", str(model)]
        script += ["--one-night", url, *(["--worker"] if worker else [])]
        runs = [
            json.loads(subprocess.run(script, check=True, stdout=subprocess.PIPE).stdout)
            for _ in range(1 if worker else 2)
        ]
    report = {"articles": count, "vectors_mb": vectors_mb, **({"worker": runs[0]} if worker else {"nights": runs})}
    click.echo(json.dumps(report, indent=None if as_json else 2))


def _night(url: str, model: Path) -> dict[str, Any]:
    import resource

    from primetime.database.connection import connect
    from primetime.jobs.history import work_runs
    from primetime.jobs.night import run_night
    from primetime.settings import Settings
    from primetime.vectors import nearest_index

    nearest_index.INDEX_FROM = sys.maxsize
    settings = Settings(database_url=url, model_dir=model, icite_url="", openalex_url="")
    with connect(settings) as connection:
        told = run_night(connection, settings, asked_by="bench").told
        run = work_runs(connection)[0]
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024),
        "told": told,
        "steps": _steps(run),
    }


def _worker(url: str, model: Path) -> list[dict[str, Any]]:
    from primetime.database.connection import connect
    from primetime.encoder.serving import Encoder
    from primetime.jobs.analysing import run_analysis
    from primetime.jobs.history import work_runs
    from primetime.settings import Settings
    from primetime.vectors import nearest_index

    nearest_index.INDEX_FROM = sys.maxsize
    settings = Settings(database_url=url, model_dir=model)
    encoder = Encoder.open(model, threads=settings.encoder_threads)
    with connect(settings) as connection:
        texts = connection.execute("SELECT title, abstract FROM articles ORDER BY pmid LIMIT 200").fetchall()
        connection.commit()
        encoder.encode([article_text(title, abstract) for title, abstract in texts])
        run_analysis(connection, settings, asked_by="bench")
        run = work_runs(connection)[0]
    del encoder
    return _steps(run)


def _steps(run: "WorkRun") -> list[dict[str, Any]]:
    return [
        {
            "step": step.name,
            "seconds": round((step.finished_at - step.started_at).total_seconds(), 2) if step.finished_at else None,
            "processor_seconds": step.cpu_seconds,
            "peak_mb": step.peak_memory and round(step.peak_memory / 2**20),
        }
        for step in run.steps
    ]


def _records() -> Iterator[Record]:
    for name in FILES:
        for article in read_pubmed_file(SHARED / "pubmed" / name):
            if isinstance(article, Article):
                yield Record(
                    title=article.title,
                    abstract=article.abstract,
                    year=article.publication_date.year,
                    headings=[heading.name for heading in article.mesh],
                )


def _made(real: list[Record], origins: NDArray[np.int64]) -> Iterator[Record]:
    random = np.random.default_rng(SEED)
    headings = sorted({heading for one in real for heading in one.headings})
    for place in origins:
        one = real[int(place)]
        words = one.abstract.split(" ")
        for exchanged in np.flatnonzero(random.random(len(words)) < EXCHANGED):
            words[exchanged] = _rare_word(int(random.zipf(1.3)) % RARE)
        drawn = random.choice(len(headings), HEADINGS, replace=False)
        yield Record(
            title=one.title, abstract=" ".join(words), year=one.year, headings=[headings[index] for index in drawn]
        )


def _rare_word(number: int) -> str:
    letters: list[str] = []
    while number or len(letters) < 4:
        number, letter = divmod(number, 26)
        letters.append(chr(ord("a") + letter))
    return "qu" + "".join(letters)


def _store(
    connection: psycopg.Connection, model: Path, records: Iterator[Record], vectors: NDArray[np.float32]
) -> None:
    from primetime.encoder.artifact import read_manifest
    from primetime.vectors.halfvec import storage_of, to_parameter
    from primetime.vectors.serving_model import serve_first

    storage, manifest = storage_of(connection), read_manifest(model)
    connection.execute(
        "INSERT INTO encoder_models (hash, source, dimension) VALUES (%s, %s, %s)",
        (manifest.hash, manifest.source, vectors.shape[1]),
    )
    columns = "pmid, title, abstract, publication_year, mesh, content_hash"
    with connection.cursor() as cursor, cursor.copy(f"COPY articles ({columns}) FROM STDIN") as copy:
        for pmid, one in enumerate(records, start=1):
            mesh = Jsonb([{"ui": "", "name": heading} for heading in one.headings])
            copy.write_row((pmid, one.title, one.abstract, one.year, mesh, f"{pmid:064}"))
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY article_vectors (model_hash, pmid, content_hash, embedding) FROM STDIN (FORMAT BINARY)"
        ) as copy,
    ):
        copy.set_types(["text", "int8", "text", "halfvec" if storage == "halfvec" else "bytea"])
        for pmid, vector in enumerate(vectors, start=1):
            copy.write_row((manifest.hash, pmid, f"{pmid:064}", to_parameter(vector, storage)))
    serve_first(connection, manifest.hash)
    connection.execute("ANALYZE")
    connection.commit()
