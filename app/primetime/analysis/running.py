"""One analysis from stored vectors to a published run: load, compute, store, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.types.json import Jsonb

from primetime.analysis import forecast as forecasting
from primetime.analysis import opportunity as scoring
from primetime.analysis.forecast import Forecast, Refused
from primetime.analysis.naming import TopicName, name_topics
from primetime.analysis.recommendation import recommend
from primetime.analysis.topics import ASSIGN_SHARE, NEIGHBOURS, Topics, find_topics, representatives
from primetime.database.queries import load_queries
from primetime.encoder.pooling import to_unit_length
from primetime.errors import Busy
from primetime.settings import Settings
from primetime.vectors.halfvec import from_binary, storage_of

QUERIES = load_queries("primetime.analysis")

SEED = 20
_STEPS = 6

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The articles that have an up-to-date vector, by ascending PMID."""

    pmids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    texts: list[str]
    mesh: list[list[str]]
    years: NDArray[np.int64]
    """0 where unknown"""
    snapshot: str
    """sha256 of the PMIDs, texts and years: equal snapshots give equal results"""


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """What one published analysis found."""

    run_id: int
    articles: int
    without_vector: int
    topics: int
    outliers: int
    forecasts: int
    opportunities: int
    snapshot: str


@dataclass(frozen=True, kw_only=True)
class _Dates:
    """What the corpus' years say once for all topics; None where no article has a year."""

    last_complete: int
    rank: NDArray[np.float64]
    prior_distance: NDArray[np.float64]


def analyse(
    connection: Connection[Any],
    *,
    model_hash: str,
    settings: Settings,
    progress: Callable[[int, int], None] | None = None,
) -> RunReport:
    """Analyse all articles that have a vector of this model, and publish the run in one transaction.

    `progress` is called with (steps done, steps in all). Raises Busy while another analysis runs, BadInput when there
    are too few articles, all alike, or the weights are unusable; nothing is stored then.
    """
    started_at = datetime.now(UTC)
    weights = {
        "novelty": settings.novelty_weight,
        "velocity": settings.velocity_weight,
        "recency": settings.recency_weight,
    }
    scoring.check_weights(weights)
    step = _stepper(progress)
    _lock(connection)
    try:
        corpus = load_corpus(connection, model_hash)
        (stored,) = connection.execute(QUERIES["count_articles"]).fetchone() or (0,)
        connection.commit()
        step()
        topics = find_topics(
            corpus.vectors,
            seed=SEED,
            min_cluster_size=settings.hdbscan_min_cluster_size,
            min_samples=settings.hdbscan_min_samples,
        )
        step()
        names = name_topics(corpus.texts, topics.labels, corpus.mesh)
        step()
        dates = _dates(corpus, started_at.year)
        raw = [_raw_parts(topics.members(topic), corpus.years, dates) for topic in range(topics.count)]
        step()
        made_by = {"snapshot": corpus.snapshot, "model_hash": model_hash, "release_id": settings.release_id}
        reference, scores = _scores(raw, weights, made_by)
        rows = [_topic_row(topic, topics, names[topic], scores[topic], corpus, dates) for topic in range(topics.count)]
        step()
        run_row = {
            "started_at": started_at,
            "model_hash": model_hash,
            "release_id": settings.release_id,
            "snapshot": corpus.snapshot,
            "articles": len(corpus.pmids),
            "topics": topics.count,
            "outliers": int((topics.labels < 0).sum()),
            "parameters": Jsonb(_parameters(topics, weights, dates)),
            "reference": Jsonb(reference),
        }
        run_id = _publish(connection, run_row, rows, corpus, topics)
        step()
    finally:
        _unlock(connection)
    report = RunReport(
        run_id=run_id,
        articles=len(corpus.pmids),
        without_vector=max(stored - len(corpus.pmids), 0),
        topics=topics.count,
        outliers=int((topics.labels < 0).sum()),
        forecasts=sum("points" in row["forecast"].obj for row in rows),
        opportunities=sum(row["receipt"] is not None for row in rows),
        snapshot=corpus.snapshot,
    )
    log.info("analysis published", **asdict(report))
    return report


def load_corpus(connection: Connection[Any], model_hash: str) -> Corpus:
    """All articles with an up-to-date vector, read in one statement, so that they are of one moment."""
    storage = storage_of(connection)
    rows = connection.cursor(binary=True).execute(QUERIES["corpus"], {"model_hash": model_hash}).fetchall()
    digest = hashlib.sha256(model_hash.encode())
    for pmid, _, _, _, year, content_hash, _ in rows:
        digest.update(f"{pmid} {content_hash} {year}\n".encode())
    return Corpus(
        pmids=np.asarray([row[0] for row in rows], dtype=np.int64),
        vectors=to_unit_length(from_binary([bytes(row[1]) for row in rows], storage)),
        texts=[f"{row[2]}\n{row[3]}" for row in rows],
        years=np.asarray([row[4] or 0 for row in rows], dtype=np.int64),
        mesh=[row[6] or [] for row in rows],
        snapshot=digest.hexdigest(),
    )


def _dates(corpus: Corpus, this_year: int) -> _Dates | None:
    if not (corpus.years > 0).any():
        return None
    last = forecasting.last_complete_year(int(corpus.years.max()), this_year)
    return _Dates(
        last_complete=last,
        rank=scoring.publication_rank(corpus.years),
        prior_distance=scoring.distance_to_prior_work(corpus.vectors, corpus.years, last - scoring.WINDOW_YEARS + 1),
    )


def _raw_parts(
    members: NDArray[np.int64], years: NDArray[np.int64], dates: _Dates | None
) -> scoring.RawParts | Refused:
    if dates is None:
        return Refused(reason="no article has a publication year")
    return scoring.raw_parts(members, years, dates.rank, dates.prior_distance, dates.last_complete)


def _scores(
    raw: list[scoring.RawParts | Refused], weights: dict[str, float], made_by: dict[str, str]
) -> tuple[dict[str, list[float]], list[scoring.Opportunity | Refused]]:
    measured = [one for one in raw if isinstance(one, scoring.RawParts)]
    if len(measured) < scoring.FEWEST_TOPICS:
        reason = f"{len(measured)} topics can be measured, {scoring.FEWEST_TOPICS} are needed to compare with"
        return {}, [one if isinstance(one, Refused) else Refused(reason=reason) for one in raw]
    reference = scoring.reference_of(measured)
    return reference, [
        one if isinstance(one, Refused) else scoring.score(one, reference, weights, made_by) for one in raw
    ]


def _topic_row(
    topic: int,
    topics: Topics,
    name: TopicName,
    scored: scoring.Opportunity | Refused,
    corpus: Corpus,
    dates: _Dates | None,
) -> dict[str, Any]:
    members = topics.members(topic)
    years = corpus.years[members]
    counts = forecasting.yearly_counts(years, dates.last_complete) if dates else {}
    ahead = forecasting.forecast(counts)
    growth = scoring.velocity(scoring.windows(corpus.years, members, dates.last_complete)) if dates else None
    all_years = forecasting.yearly_counts(years, int(years.max(initial=0)))
    return {
        "id": topic,
        "name": name.name,
        "terms": [*name.mesh, *(term for term in name.terms if term not in name.mesh)],
        "articles": len(members),
        "x": float(topics.centres[topic, 0]),
        "y": float(topics.centres[topic, 1]),
        "growth": None if growth is None else round(float(np.exp(growth)) ** (1 / scoring.WINDOW_YEARS) - 1, 4),
        "years": Jsonb([{"year": year, "articles": articles} for year, articles in all_years.items()]),
        "forecast": Jsonb(_forecast_json(ahead)),
        "opportunity": Jsonb(_opportunity_json(scored)),
        "recommendation": (
            recommend(scored, dates.last_complete) if isinstance(scored, scoring.Opportunity) and dates else ""
        ),
        "receipt": Jsonb(scored.receipt) if isinstance(scored, scoring.Opportunity) else None,
        "representative": corpus.pmids[representatives(corpus.vectors, topics, topic)].tolist(),
    }


def _forecast_json(ahead: Forecast | Refused) -> dict[str, Any]:
    return {"refused": ahead.reason} if isinstance(ahead, Refused) else asdict(ahead)


def _opportunity_json(scored: scoring.Opportunity | Refused) -> dict[str, Any]:
    if isinstance(scored, Refused):
        return {"refused": scored.reason}
    return {key: value for key, value in asdict(scored).items() if key != "receipt"}


def _parameters(topics: Topics, weights: dict[str, float], dates: _Dates | None) -> dict[str, Any]:
    return {
        "seed": SEED,
        "neighbours": NEIGHBOURS,
        "min_cluster_size": topics.min_cluster_size,
        "min_samples": topics.min_samples,
        "assign_share": ASSIGN_SHARE,
        "weights": weights,
        "window_years": scoring.WINDOW_YEARS,
        "last_complete_year": dates.last_complete if dates else None,
        "last_year_rule": "the newest year of the corpus and the current calendar year are never counted as complete",
        "forecast_method": forecasting.METHOD,
    }


def _publish(
    connection: Connection[Any],
    run_row: dict[str, Any],
    rows: list[dict[str, Any]],
    corpus: Corpus,
    topics: Topics,
) -> int:
    with connection.transaction():
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
                "xs": topics.coordinates[:, 0].tolist(),
                "ys": topics.coordinates[:, 1].tolist(),
            },
        )
        connection.execute(QUERIES["forget_old_places"])
    connection.commit()
    return run_id


def _stepper(progress: Callable[[int, int], None] | None) -> Callable[[], None]:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, _STEPS)

    return step


def _lock(connection: Connection[Any]) -> None:
    row = connection.execute(QUERIES["try_analysis_lock"]).fetchone()
    connection.commit()
    if row is None or not row[0]:
        raise Busy("another analysis is running", remedy="wait until it has finished")


def _unlock(connection: Connection[Any]) -> None:
    if connection.broken or connection.closed:
        return  # the server released the lock with the session
    connection.rollback()
    connection.execute(QUERIES["release_analysis_lock"])
    connection.commit()
