"""What an analysis leaves in the database: runs, topics, places and references, published whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from primetime.analysis.corpus import Corpus
from primetime.analysis.near_duplicates import Pairs, store_near_duplicates
from primetime.analysis.reference import METHOD, Field, Reference, ratios_json, read_ratios
from primetime.analysis.topic_lives import store_lives
from primetime.analysis.topics import Topics
from primetime.articles.listing import Filters
from primetime.database.queries import load_queries
from primetime.errors import Busy

QUERIES = load_queries("primetime.analysis")
EVERYTHING = "everything"
"""The scope of an analysis of all articles"""


def search_scope(search_id: int) -> str:
    """The scope of an analysis of one search's articles."""
    return f"search {search_id}"


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


def articles_of_topic(connection: Connection[Any], topic_id: int) -> list[int]:
    """The PMIDs of a topic of the newest analysis."""
    return [pmid for (pmid,) in connection.execute(QUERIES["articles_of_topic"], {"topic_id": topic_id})]


def narrowed_to_topic(connection: Connection[Any], filters: Filters, topic_id: int | None) -> Filters:
    """The filters, and of what they leave a topic's articles alone; None: of whatever topic."""
    return filters if topic_id is None else replace(filters, pmids=articles_of_topic(connection, topic_id))


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
