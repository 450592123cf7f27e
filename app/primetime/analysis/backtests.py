"""Backtests of the stored corpus: made, kept, and read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from primetime.analysis.citation_growth import ratios_as_of
from primetime.analysis.corpus import Corpus, count_articles, load_corpus
from primetime.analysis.corpus_backtest import CorpusBacktest, backtest_corpus
from primetime.analysis.opportunity import check_weights, weights_of
from primetime.analysis.reference import METHOD
from primetime.analysis.running import SEED, Record, topic_sizes
from primetime.analysis.storing import QUERIES
from primetime.analysis.told_citations import citations_by_year
from primetime.analysis.yearly import last_complete_year
from primetime.errors import BadInput
from primetime.settings import Settings


@dataclass(frozen=True, kw_only=True)
class StoredBacktest:
    """One backtest as it was kept."""

    id: int
    made_at: datetime
    model_hash: str
    release_id: str
    snapshot: str
    articles: int
    parameters: dict[str, Any]
    result: dict[str, Any]


def backtest_stored(
    connection: Connection[Any],
    *,
    model_hash: str,
    settings: Settings,
    record: Record,
    first: int | None = None,
    last: int | None = None,
    rest: Callable[[], None] | None = None,
    corpus: Corpus | None = None,
) -> CorpusBacktest:
    """Judge the score on the articles that have a vector of this model, and keep the result.

    `record` gives the context of each step, `rest` is called after each origin, `corpus` is what was read already.
    Raises BadInput where the corpus allows no origin or the weights are unusable; nothing is kept then.
    """
    judged, weights = _judged(settings), weights_of(settings)
    check_weights(weights)
    with record("read", 0) as told:
        corpus = corpus or load_corpus(connection, model_hash, with_words=False)
        by_year, told_in = citations_by_year(connection, corpus.pmids)
        stored = count_articles(connection)
        connection.commit()
        told.amount = len(corpus.pmids)
        told.counts |= {"with citations by year": len(by_year)}
    if not (corpus.years > 0).any():
        raise BadInput("no article has a publication year", remedy="import records with dates")
    sizes: list[int] = []

    def each(_origin: int, articles: int) -> None:
        sizes.append(articles)
        if rest is not None:
            rest()

    with record("backtest", len(corpus.pmids)) as told:
        told.paced = rest is not None
        try:
            found = backtest_corpus(
                corpus.vectors,
                corpus.years,
                last_complete_year(corpus.years, datetime.now(UTC).year),
                seed=SEED,
                weights=(weights["novelty"], weights["velocity"], weights["recency"]),
                mesh=corpus.mesh,
                ratios_at=lambda origin: ratios_as_of(origin, corpus.years, by_year, told_in),
                sizes=topic_sizes(settings),
                first=first,
                last=last,
                each=each,
            )
        except BadInput as error:
            told.counts["refused"] = 1
            told.skipped = str(error)  # a young corpus has no year to judge by yet
            raise
        told.counts |= {"origins": len(found.origins), "articles over all origins": int(np.sum(sizes))}
    row = {
        "model_hash": model_hash,
        "release_id": settings.release_id,
        "snapshot": corpus.snapshot,
        "articles": len(corpus.pmids),
        "parameters": Jsonb({"seed": SEED, "first": first, "last": last, "stored": stored, **judged}),
        "result": Jsonb({**asdict(found), "alternative": found.alternative}),
    }
    connection.execute(QUERIES["insert_backtest"], row)
    connection.commit()
    return found


def latest_backtest(connection: Connection[Any]) -> StoredBacktest | None:
    """The newest backtest over all origins; None before the first."""
    with connection.cursor(row_factory=class_row(StoredBacktest)) as cursor:
        return cursor.execute(QUERIES["latest_backtest"]).fetchone()


def backtest_due(connection: Connection[Any], model_hash: str, settings: Settings) -> bool:
    """Whether the newest backtest is of another model, method or weights, of a corpus that has changed by more than
    `refit_share` of its articles since, or older than `backtest_days` (0: never by itself)."""
    if settings.backtest_days == 0:
        return False
    newest = latest_backtest(connection)
    if newest is None or newest.model_hash != model_hash:
        return True
    before = newest.parameters
    if any(before.get(name) != value for name, value in _judged(settings).items()):
        return True
    if abs(count_articles(connection) - before["stored"]) > settings.refit_share * before["stored"]:
        return True
    return (datetime.now(UTC) - newest.made_at).days >= settings.backtest_days


def _judged(settings: Settings) -> dict[str, Any]:
    """What is judged: the score by this method and these weights."""
    return {"method": METHOD, "weights": weights_of(settings)}
