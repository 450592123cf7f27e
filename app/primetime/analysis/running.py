"""One analysis from stored vectors to a published run: load, compute, store, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Protocol

import structlog
from psycopg import Connection
from psycopg.types.json import Jsonb

from primetime.analysis.arima import read_order
from primetime.analysis.corpus import Corpus, count_articles, load_compared, load_corpus
from primetime.analysis.counted_forecast import Forecast
from primetime.analysis.forecast import Refused
from primetime.analysis.identity import identify
from primetime.analysis.naming import Uses, name_topics
from primetime.analysis.near_duplicates import near_duplicates
from primetime.analysis.neighbours import InvertedFile
from primetime.analysis.opportunity import Opportunity, check_weights, weights_of
from primetime.analysis.outlook import look_ahead
from primetime.analysis.published_rows import life_row, parameters, topic_row
from primetime.analysis.reference import Field, field_of, why_renew
from primetime.analysis.scoring import Scores, score_topics
from primetime.analysis.stability import stability
from primetime.analysis.storing import (
    EVERYTHING,
    one_at_a_time,
    publish,
    reference_in_force,
)
from primetime.analysis.topic_lives import change_rows, earlier, group_rows
from primetime.analysis.topics import Sizes, Topics, find_topics
from primetime.analysis.yearly import last_complete_year
from primetime.settings import Settings

SEED = 20
# The steps of an analysis, by the names under which they are recorded.
STEPS = ("read", "topics", "names", "scores", "forecasts", "publish")


class Step(Protocol):
    """What a step may tell while it is open."""

    amount: int
    counts: dict[str, int]
    paced: bool
    skipped: str


Record = Callable[[str, int], AbstractContextManager[Step]]

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
    reference_id: str | None
    """what the scores were measured against; None: nothing was scored"""


def analyse(
    connection: Connection[Any],
    *,
    model_hash: str,
    settings: Settings,
    progress: Callable[[int, int], None] | None = None,
    record: Record | None = None,
    renew_reference: bool = False,
    scope: str = EVERYTHING,
    pmids: Sequence[int] | None = None,
    read: Callable[[], Corpus] | None = None,
) -> RunReport:
    """Analyse all articles that have a vector of this model, and publish the run in one transaction.

    With `pmids` only those of them, under the name `scope`: topics of one search, say. They are measured against the
    reference that everything made.

    `renew_reference` makes a new reference distribution from this run, whatever is in force. `progress` is called with
    (steps done, steps in all), `record` gives the context that each of STEPS happens in, with its articles, and `read`
    reads the corpus in `load_corpus`'s place. Articles that come while it runs are not in it. Raises Busy while another
    analysis runs, BadInput when there are too few articles, all alike, or the weights are unusable; nothing is stored
    then.
    """
    started_at = datetime.now(UTC)
    weights = weights_of(settings)
    check_weights(weights)
    if (pmids is None) != (scope == EVERYTHING):
        raise ValueError(f"an analysis of {'everything' if pmids is None else 'some articles'} named {scope}")
    order = read_order(settings.arima_order)  # refused before anything is computed
    step = _steps(record, progress)
    with one_at_a_time(connection):
        with step("read", 0) as told:
            corpus = load_corpus(connection, model_hash, pmids) if read is None else read()
            stored = count_articles(connection, pmids)
            before = earlier(connection, scope, model_hash, corpus.pmids)
            connection.commit()
            told.amount = size = len(corpus.pmids)
            told.counts |= {"articles": size, "without vector": max(stored - size, 0)}
        with step("topics", size) as told:
            topics = find_topics(
                corpus.vectors,
                seed=SEED,
                sizes=topic_sizes(settings),
                earlier_map=before.coordinates,
                same_model=before.same_model,
            )
            certain = stability(corpus.vectors, topics, repeats=settings.topic_stability_repeats, seed=SEED)
            lives = identify(
                topics.labels,
                corpus.pmids,
                before.keys,
                next_key=before.next_key,
                former_keys=before.names,
            )
            outliers = int((topics.labels < 0).sum())
            told.counts |= {"topics": topics.count, "in no topic": outliers}
            alike = None
            if scope == EVERYTHING:
                alike = near_duplicates(topics.neighbours, settings.near_duplicate_similarity)
                told.counts["near duplicates"] = len(alike.one)
        with step("names", size):
            uses = Uses.of(corpus.words, corpus.mesh)
            names = name_topics(uses, topics.labels)
            groups = group_rows(topics, uses)
        with step("scores", size) as told:
            now = _field_now(corpus, started_at.year)
            members = [topics.members(topic) for topic in range(topics.count)]
            scores = _scores(connection, corpus, topics, now, weights, settings, renew_reference, scope)
            scored = sum(isinstance(one, Opportunity) for one in scores.topics)
            told.counts |= {"scored": scored, "refused": topics.count - scored}
        with step("forecasts", size) as told:
            outlook = look_ahead(
                connection,
                corpus,
                members,
                last_year=now.last_complete_year if now else None,
                this_month=12 * started_at.year + started_at.month - 1,
                order=order,
                settings=settings,
            )
            connection.commit()
            forecast = sum(isinstance(one, Forecast) for one in outlook.papers)
            told.counts |= {"forecast": forecast, "refused": topics.count - forecast}
        with step("publish", size):
            rows = [
                {
                    **topic_row(topic, topics, names[topic], scores.topics[topic], outlook, corpus, now),
                    **life_row(topic, topics, certain, lives),
                }
                for topic in range(topics.count)
            ]
            run_row = {
                "scope": scope,
                "started_at": started_at,
                "model_hash": model_hash,
                "release_id": settings.release_id,
                "snapshot": corpus.snapshot,
                "articles": size,
                "topics": topics.count,
                "outliers": outliers,
                "parameters": Jsonb(
                    parameters(topics, corpus.content, weights, now, scores.reference, settings, outlook, SEED)
                ),
                "reference": Jsonb(dict(scores.reference.percentiles) if scores.reference else {}),
                "reference_id": scores.reference.id if scores.reference else None,
            }
            changes = change_rows(lives, [name.name for name in names], before)
            run_id = publish(connection, run_row, rows, corpus, topics, scores.reference, groups, changes, alike)
    report = RunReport(
        run_id=run_id,
        articles=size,
        without_vector=max(stored - size, 0),
        topics=topics.count,
        outliers=outliers,
        forecasts=forecast,
        opportunities=scored,
        snapshot=corpus.snapshot,
        reference_id=scores.reference.id if scores.reference else None,
    )
    log.info("analysis published", **asdict(report))
    return report


def topic_sizes(settings: Settings) -> Sizes:
    """How finely the settings have articles grouped."""
    return Sizes(
        neighbours=settings.umap_n_neighbors,
        smallest_subtopic=settings.hdbscan_min_cluster_size,
        smallest_topic=settings.topic_min_articles,
        min_samples=settings.hdbscan_min_samples,
    )


def _field_now(corpus: Corpus, this_year: int) -> Field | None:
    """The corpus's own years; None where no article has one."""
    if not (corpus.years > 0).any():
        return None
    return field_of(corpus.years, last_complete_year(corpus.years, this_year))


def _scores(
    connection: Connection[Any],
    corpus: Corpus,
    topics: Topics,
    now: Field | None,
    weights: dict[str, float],
    settings: Settings,
    renew: bool,
    scope: str,
) -> Scores:
    members = [topics.members(topic) for topic in range(topics.count)]
    if now is None:
        refused = Refused(reason="no article has a publication year")
        return Scores(topics=[refused for _ in members], reference=None)
    in_force = reference_in_force(connection, corpus.model_hash)
    connection.commit()
    if scope != EVERYTHING and in_force is None:
        refused = Refused(
            reason="no analysis of everything has been published yet, whose reference scores stand against"
        )
        return Scores(topics=[refused for _ in members], reference=None)
    articles = corpus.articles(topics.file)
    if scope != EVERYTHING:
        # Prior work is all there is, and not the selection alone: else its topics would look farther from it.
        compared, own = load_compared(connection, corpus.model_hash, corpus.pmids.tolist())
        connection.commit()
        articles = compared.articles(InvertedFile.of(compared.vectors, seed=SEED))
        members = [own[one] for one in members]
    return score_topics(
        members,
        articles=articles,
        last_complete_year=now.last_complete_year,
        in_force=in_force,
        renew=None
        if scope != EVERYTHING
        else why_renew(
            in_force,
            articles=len(corpus.pmids),
            now=datetime.now(UTC),
            days=settings.reference_days,
            ordered=renew,
        ),
        weights=weights,
        made_by={
            "snapshot": corpus.snapshot,
            "model_hash": corpus.model_hash,
            "release_id": settings.release_id,
        },
    )


def _steps(record: Record | None, progress: Callable[[int, int], None] | None) -> Record:
    done = 0

    @contextmanager
    def step(name: str, amount: int) -> Iterator[Step]:
        nonlocal done
        if record is None:
            yield SimpleNamespace(amount=amount, counts={}, paced=False)
        else:
            with record(name, amount) as told:
                yield told
        done += 1
        if progress is not None:
            progress(done, len(STEPS))

    return step
