"""What an analysis reads of the stored articles, all of one moment, and the names that two equal readings share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection, sql
from psycopg.rows import dict_row

from primetime.analysis.neighbours import InvertedFile
from primetime.analysis.scoring import Articles
from primetime.analysis.words import Words
from primetime.database.queries import load_queries
from primetime.encoder.pooling import to_unit_length
from primetime.vectors.halfvec import from_binary, storage_of

QUERIES = load_queries("primetime.analysis", "corpus.sql")
# Read at once.
_ROWS = 2000
# What a snapshot is of besides an article's text and year, in the order of `corpus_stamps`.
_STAMPED = ("headings", "relative_citation_ratio", "publication_month", "cited_by_year")


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
    """sha256 of the PMIDs, texts, years, months, headings, citation ratios and citations by year: equal snapshots give
    equal results"""

    def articles(self, file: InvertedFile) -> Articles:
        """What scores are made from, with the file of the vectors."""
        return Articles(years=self.years, file=file, mesh=self.mesh, ratios=self.ratios, looked_up=self.looked_up)


def load_corpus(
    connection: Connection[Any], model_hash: str, pmids: Sequence[int] | None = None, *, with_words: bool = True
) -> Corpus:
    """All articles with an up-to-date vector, or those of them that are among `pmids`; each paper once, without what is
    linked to it as a duplicate."""
    return _read(connection, model_hash, None if pmids is None else list(pmids), beside=False, with_words=with_words)


def load_compared(connection: Connection[Any], model_hash: str, own: Sequence[int]) -> tuple[Corpus, NDArray[np.int64]]:
    """What the scores of some articles are compared with, and where those are in it that have a vector.

    The articles that the newest analysis of everything knows, and `own`: what others have fetched since does not count.
    """
    corpus = _read(connection, model_hash, list(own), beside=True, with_words=False)
    return corpus, np.flatnonzero(np.isin(corpus.pmids, list(own)))


def _read(
    connection: Connection[Any], model_hash: str, pmids: list[int] | None, *, beside: bool, with_words: bool
) -> Corpus:
    """Read in one statement, so that all is of one moment, and in blocks: a text is gone when its words are known."""
    storage = storage_of(connection)
    wanted = {"model_hash": model_hash, "pmids": pmids, "beside": beside, "with_words": with_words}
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
                stamps.update(_stamp(*own, *(row[one] for one in _STAMPED)))
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


def count_articles(
    connection: Connection[Any], pmids: Sequence[int] | None = None, *, enough: int | None = None
) -> int:
    """All stored articles (of `pmids`, where given), with a vector or without, each paper once; no more than `enough`
    are counted.
    """
    values = {"pmids": None if pmids is None else list(pmids), "enough": enough}
    row = connection.execute(counting(QUERIES["count_articles"]), values, prepare=False).fetchone()
    return int(row[0]) if row else 0


def count_encoded(connection: Connection[Any], model_hash: str, *, enough: int) -> int:
    """Stored articles that have an up-to-date vector, each paper once; no more than `enough` are counted."""
    values = {"model_hash": model_hash, "enough": enough}
    row = connection.execute(counting(QUERIES["count_encoded"]), values).fetchone()
    return int(row[0]) if row else 0


def counting(query: sql.SQL) -> sql.Composed:
    """A query of articles `a` with what it says of each put in: the condition that takes each paper once, its month of
    publication, its citations by year."""
    return query.format(**{name: QUERIES[name] for name in ("counted", "month", "cited_by_year")})


def _stamp(*parts: object) -> bytes:
    return " ".join(map(str, parts)).encode() + b"\n"
