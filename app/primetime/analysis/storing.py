"""What an analysis reads from the database and what it leaves there: the one room of analysis that knows PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from primetime.analysis.near_duplicates import Pairs, store_near_duplicates
from primetime.analysis.reference import METHOD, Field, Reference, ratios_json, read_ratios
from primetime.analysis.scoring import Articles
from primetime.analysis.topic_lives import store_lives
from primetime.analysis.topics import Topics
from primetime.analysis.words import Words
from primetime.database.queries import load_queries
from primetime.encoder.pooling import to_unit_length
from primetime.errors import Busy
from primetime.vectors.halfvec import from_binary, storage_of

QUERIES = load_queries("primetime.analysis")
EVERYTHING = "everything"
"""The scope of an analysis of all articles"""
# Read at once.
_ROWS = 2000


def search_scope(search_id: int) -> str:
    """The scope of an analysis of one search's articles."""
    return f"search {search_id}"


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The articles that have an up-to-date vector, by ascending PMID."""

    pmids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    """[n, dimension], of unit length"""
    words: Words
    """of titles and abstracts; of no text where they were not asked for"""
    mesh: list[list[str]]
    years: NDArray[np.int64]
    """0 where unknown"""
    months: NDArray[np.int64]
    """12 * year + month - 1, 0 where unknown"""
    ratios: NDArray[np.float64]
    """iCite's relative citation ratio, NaN where it is not known"""
    looked_up: NDArray[np.datetime64]
    """the day on which iCite told it"""
    model_hash: str
    content: str
    """sha256 of the PMIDs, texts and years"""
    snapshot: str
    """sha256 of the PMIDs, texts, years, months, headings and ratios: equal snapshots give equal results"""

    @property
    def articles(self) -> Articles:
        """What scores are made from."""
        return Articles(
            years=self.years, vectors=self.vectors, mesh=self.mesh, ratios=self.ratios, looked_up=self.looked_up
        )


@contextmanager
def one_at_a_time(connection: Connection[Any]) -> Iterator[None]:
    """Hold the database's analysis lock; it goes with the session if the process is killed. Raises Busy."""
    row = connection.execute(QUERIES["try_analysis_lock"]).fetchone()
    connection.commit()
    if row is None or not row[0]:
        raise Busy("another analysis is running", remedy="wait until it has finished")
    try:
        yield
    finally:
        if not (connection.broken or connection.closed):
            connection.rollback()
            connection.execute(QUERIES["release_analysis_lock"])
            connection.commit()


def load_corpus(
    connection: Connection[Any], model_hash: str, pmids: Sequence[int] | None = None, *, with_words: bool = True
) -> Corpus:
    """All articles with an up-to-date vector, or those of them that are among `pmids`; each paper once, without what is
    linked to it as a duplicate.

    Read in one statement, so that they are of one moment, and in blocks: a text is gone when its words are known.
    """
    storage = storage_of(connection)
    wanted = {"model_hash": model_hash, "pmids": None if pmids is None else list(pmids), "with_words": with_words}
    numbers: list[int] = []
    years: list[int] = []
    months: list[int] = []
    mesh: list[list[str]] = []
    vectors = np.empty((0, 0), dtype=np.float32)
    ratios: list[float | None] = []
    looked_up: list[date | None] = []
    words = Words()
    content, stamps = (hashlib.sha256(model_hash.encode()) for _ in range(2))
    # A heading is one string, however many articles have it.
    headings: dict[str, str] = {}
    with connection.cursor("corpus", binary=True, row_factory=dict_row) as cursor:
        cursor.execute(counting(QUERIES["corpus"]), wanted)
        while rows := cursor.fetchmany(_ROWS):
            block = to_unit_length(from_binary([bytes(row["embedding"]) for row in rows], storage))
            if not numbers:
                vectors = np.empty((rows[0]["articles"], block.shape[1]), dtype=np.float32)
            vectors[len(numbers) : len(numbers) + len(block)] = block
            for row in rows:
                numbers.append(row["pmid"])
                years.append(row["publication_year"] or 0)
                months.append(row["publication_month"] or 0)
                mesh.append([headings.setdefault(one, one) for one in row["mesh"] or []])
                if with_words:
                    words.add(f"{row['title']}\n{row['abstract']}")
                ratios.append(row["relative_citation_ratio"])
                looked_up.append(row["looked_up"])
                own = row["pmid"], row["content_hash"], row["publication_year"]
                content.update(_stamp(*own))
                stamps.update(_stamp(*own, row["headings"], row["relative_citation_ratio"], row["publication_month"]))
    return Corpus(
        pmids=np.asarray(numbers, dtype=np.int64),
        vectors=vectors,
        words=words,
        years=np.asarray(years, dtype=np.int64),
        months=np.asarray(months, dtype=np.int64),
        mesh=mesh,
        ratios=np.asarray(ratios, dtype=np.float64),
        looked_up=np.asarray(looked_up, dtype="datetime64[D]"),
        model_hash=model_hash,
        content=content.hexdigest(),
        snapshot=stamps.hexdigest(),
    )


def load_compared(
    connection: Connection[Any], model_hash: str, own: Sequence[int]
) -> tuple[Articles, NDArray[np.int64]]:
    """What the scores of some articles are compared with, and where those are in it that have a vector.

    The articles that the newest analysis of everything knows, and `own`: what others have fetched since does not count.
    """
    storage = storage_of(connection)
    values = {"model_hash": model_hash, "own": list(own)}
    rows = connection.cursor(binary=True).execute(counting(QUERIES["compared"]), values).fetchall()
    articles = Articles(
        years=np.asarray([row[2] or 0 for row in rows], dtype=np.int64),
        vectors=to_unit_length(from_binary([bytes(row[1]) for row in rows], storage)),
        mesh=[row[3] or [] for row in rows],
        ratios=np.asarray([row[4] for row in rows], dtype=np.float64),
        looked_up=np.asarray([row[5] for row in rows], dtype="datetime64[D]"),
    )
    return articles, np.flatnonzero(np.isin([row[0] for row in rows], list(own)))


@dataclass(frozen=True, kw_only=True)
class Since:
    """What became of a run's articles, and how many have an up-to-date vector besides."""

    content: str
    """of its own articles' texts and years as they are now"""
    snapshot: str
    """of all that it was made from"""
    placed: int
    """others, that were placed in its topics"""
    unknown: int
    """others, that were not"""


def since(connection: Connection[Any], model_hash: str, run_id: int) -> Since:
    """What is different from when the run read the corpus."""
    content, stamps = (hashlib.sha256(model_hash.encode()) for _ in range(2))
    placed = unknown = 0
    values = {"model_hash": model_hash, "run_id": run_id}
    for assigned, *parts in connection.execute(counting(QUERIES["corpus_stamps"]), values):
        if assigned is None:
            unknown += 1
        elif assigned:
            placed += 1
        else:
            content.update(_stamp(*parts[:3]))
            stamps.update(_stamp(*parts))
    return Since(content=content.hexdigest(), snapshot=stamps.hexdigest(), placed=placed, unknown=unknown)


def counting(query: sql.SQL) -> sql.Composed:
    """A query of articles `a` with the condition put in that takes each paper once, and its month of publication."""
    return query.format(counted=QUERIES["counted"], month=QUERIES["month"])


def _stamp(*parts: object) -> bytes:
    return " ".join(map(str, parts)).encode() + b"\n"


def publish(
    connection: Connection[Any],
    run_row: dict[str, Any],
    rows: list[dict[str, Any]],
    corpus: Corpus,
    topics: Topics,
    reference: Reference | None,
    groups: list[dict[str, Any]],
    changes: list[dict[str, Any]],
    alike: Pairs | None,
) -> int:
    """Store a run, its topics, themes and changes, every article's place, its pairs of near duplicates if any were
    sought, and its reference, in one transaction.

    Returns its id.
    """
    with connection.transaction():
        if reference is not None and reference.made_at is None:
            connection.execute(QUERIES["insert_reference"], _reference_row(reference))
        inserted = connection.execute(QUERIES["insert_run"], run_row).fetchone()
        assert inserted is not None
        run_id = int(inserted[0])
        with connection.cursor() as cursor:
            cursor.executemany(QUERIES["insert_topic"], [{"run_id": run_id, **row} for row in rows])
        connection.execute(
            QUERIES["insert_articles"],
            {
                "run_id": run_id,
                "pmids": corpus.pmids.tolist(),
                "topic_ids": topics.labels.tolist(),
                "subtopic_ids": topics.subtopics.tolist(),
                "xs": topics.coordinates[:, 0].tolist(),
                "ys": topics.coordinates[:, 1].tolist(),
            },
        )
        store_lives(connection, run_id, groups, changes)
        if alike is not None:
            store_near_duplicates(connection, run_id, corpus.pmids, alike)
        connection.execute(QUERIES["forget_old_places"], {"scope": run_row["scope"]})
    connection.commit()
    return run_id


def forget_scope(connection: Connection[Any], scope: str) -> int:
    """Delete all analyses of a scope, with their topics and places; how many there were."""
    return connection.execute(QUERIES["forget_scope"], {"scope": scope}).rowcount


def count_articles(connection: Connection[Any], pmids: Sequence[int] | None = None) -> int:
    """All stored articles (of `pmids`, where given), with a vector or without; each paper once."""
    row = connection.execute(
        counting(QUERIES["count_articles"]), {"pmids": None if pmids is None else list(pmids)}, prepare=False
    ).fetchone()
    return int(row[0]) if row else 0


def articles_of_topic(connection: Connection[Any], topic_id: int) -> list[int]:
    """The PMIDs of a topic of the newest analysis."""
    return [pmid for (pmid,) in connection.execute(QUERIES["articles_of_topic"], {"topic_id": topic_id})]


def topic_names(connection: Connection[Any], run_id: int, pmids: Sequence[int]) -> dict[int, str]:
    """The name of each article's topic in a run, by PMID; of those that have one."""
    values = {"run_id": run_id, "pmids": list(pmids)}
    return dict(connection.execute(QUERIES["topics_by_article"], values, prepare=False).fetchall())


def reference_in_force(connection: Connection[Any], model_hash: str) -> Reference | None:
    """The newest reference of this model and of the method of this release; None before the first."""
    return _reference(connection, "reference_in_force", {"model_hash": model_hash, "method": METHOD})


def reference(connection: Connection[Any], id_: str) -> Reference | None:
    """A stored reference by its id; None where there is none."""
    return _reference(connection, "reference", {"id": id_})


def _reference(connection: Connection[Any], query: str, values: dict[str, str]) -> Reference | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(QUERIES[query], values).fetchone()
    if row is None:
        return None
    papers = {int(year): papers for year, papers in row.pop("papers").items()}
    ratios = read_ratios(row.pop("ratios") or {})
    field = Field(papers=papers, last_complete_year=row.pop("last_complete_year"), ratios=ratios)
    return Reference(field=field, **row)


def _reference_row(reference: Reference) -> dict[str, Any]:
    return {
        "id": reference.id,
        "method": reference.method,
        "model_hash": reference.model_hash,
        "snapshot": reference.snapshot,
        "articles": reference.articles,
        "topics": reference.topics,
        "last_complete_year": reference.field.last_complete_year,
        "papers": Jsonb(dict(reference.field.papers)),
        "ratios": Jsonb(ratios_json(reference.field.ratios)),
        "percentiles": Jsonb(dict(reference.percentiles)),
        "release_id": reference.release_id,
        "why": reference.why,
    }
