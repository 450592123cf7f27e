"""One analysis from stored vectors to a published run: load, compute, store, whole or not at all."""

from __future__ import annotations

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
from primetime.analysis.arima import read_order
from primetime.analysis.forecast import Forecast, Measured, Refused
from primetime.analysis.naming import TopicName, name_topics
from primetime.analysis.recommendation import recommend
from primetime.analysis.storing import Corpus, count_articles, load_corpus, one_at_a_time, publish
from primetime.analysis.topics import ASSIGN_SHARE, NEIGHBOURS, Topics, find_topics, representatives
from primetime.analysis.yearly import last_complete_year, yearly_counts
from primetime.settings import Settings

SEED = 20
_STEPS = 6

log = structlog.get_logger(__name__)


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
    order = read_order(settings.arima_order)
    step = _stepper(progress)
    with one_at_a_time(connection):
        corpus = load_corpus(connection, model_hash)
        stored = count_articles(connection)
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
        forecasts, measured = forecasting.forecast_counts(
            [_complete_counts(corpus.years[topics.members(topic)], dates) for topic in range(topics.count)],
            model=settings.forecast_model,
            order=order,
            horizon=settings.forecast_periods,
        )
        rows = [
            _topic_row(topic, topics, names[topic], scores[topic], forecasts[topic], corpus, dates)
            for topic in range(topics.count)
        ]
        step()
        run_row = {
            "started_at": started_at,
            "model_hash": model_hash,
            "release_id": settings.release_id,
            "snapshot": corpus.snapshot,
            "articles": len(corpus.pmids),
            "topics": topics.count,
            "outliers": int((topics.labels < 0).sum()),
            "parameters": Jsonb(_parameters(topics, weights, dates, settings, measured)),
            "reference": Jsonb(reference),
        }
        run_id = publish(connection, run_row, rows, corpus, topics)
        step()
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


def _dates(corpus: Corpus, this_year: int) -> _Dates | None:
    if not (corpus.years > 0).any():
        return None
    last = last_complete_year(corpus.years, this_year)
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
    ahead: Forecast | Refused,
    corpus: Corpus,
    dates: _Dates | None,
) -> dict[str, Any]:
    members = topics.members(topic)
    years = corpus.years[members]
    growth = scoring.velocity(scoring.windows(corpus.years, members, dates.last_complete)) if dates else None
    all_years = yearly_counts(years, int(years.max(initial=0)))
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


def _complete_counts(years: NDArray[np.int64], dates: _Dates | None) -> dict[int, int]:
    return yearly_counts(years, dates.last_complete) if dates else {}


def _forecast_json(ahead: Forecast | Refused) -> dict[str, Any]:
    return {"refused": ahead.reason} if isinstance(ahead, Refused) else asdict(ahead)


def _opportunity_json(scored: scoring.Opportunity | Refused) -> dict[str, Any]:
    if isinstance(scored, Refused):
        return {"refused": scored.reason}
    return {key: value for key, value in asdict(scored).items() if key != "receipt"}


def _parameters(
    topics: Topics, weights: dict[str, float], dates: _Dates | None, settings: Settings, measured: Measured | None
) -> dict[str, Any]:
    return {
        "seed": SEED,
        "neighbours": NEIGHBOURS,
        "min_cluster_size": topics.min_cluster_size,
        "min_samples": topics.min_samples,
        "assign_share": ASSIGN_SHARE,
        "weights": weights,
        "window_years": scoring.WINDOW_YEARS,
        "last_complete_year": dates.last_complete if dates else None,
        "last_year_rule": "the newest year of the corpus and the current calendar year are never counted as complete, "
        "nor a year with less than a tenth of the busiest year's articles",
        "forecast_method": forecasting.METHODS[settings.forecast_model],
        "forecast_model": settings.forecast_model,
        "arima_order": settings.arima_order,
        "forecast_measured": asdict(measured) if measured else None,
    }


def _stepper(progress: Callable[[int, int], None] | None) -> Callable[[], None]:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, _STEPS)

    return step
