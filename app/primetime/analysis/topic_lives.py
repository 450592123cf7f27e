"""Topics from one analysis to the next, in the database: what was before, and what has become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from primetime.analysis.identity import Identities
from primetime.analysis.naming import Uses, name_topics
from primetime.analysis.topics import Topics
from primetime.database.queries import load_queries

QUERIES = load_queries("primetime.analysis", "lives.sql")


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The newest analysis of the same scope, as far as the next one goes on from it."""

    coordinates: NDArray[np.float32] | None
    """[n, 2] of the articles to be analysed, NaN: not known then, or of another text; None: no analysis was before"""
    same_model: bool
    """whether they were laid from vectors of the model that is analysed with"""
    keys: Mapping[int, int]
    """PMID to the key of its topic then"""
    names: Mapping[int, str]
    """key to name"""
    next_key: int


def earlier(connection: Connection[Any], scope: str, model_hash: str, pmids: NDArray[np.int64]) -> Earlier:
    """What the analysis of articles `pmids` [n], ascending, with a model goes on from."""
    of_model = {"scope": scope, "model_hash": model_hash}
    places = connection.execute(QUERIES["earlier_places"], of_model).fetchall()
    coordinates = None
    if places:
        known = {int(pmid): row for row, pmid in enumerate(pmids)}
        coordinates = np.full((len(pmids), 2), np.nan, dtype=np.float32)
        for pmid, x, y, _, _, revised in places:
            if pmid in known and not revised:
                coordinates[known[pmid]] = (x, y)
    row = connection.execute(QUERIES["next_key"], {"scope": scope}).fetchone()
    assert row is not None
    return Earlier(
        coordinates=coordinates,
        same_model=all(same for _, _, _, _, same, _ in places),
        keys={pmid: key for pmid, _, _, key, _, _ in places if key is not None},
        names=dict(connection.execute(QUERIES["earlier_names"], {"scope": scope}).fetchall()),
        next_key=int(row[0]),
    )


def group_rows(topics: Topics, uses: Uses) -> list[dict[str, Any]]:
    """A row for each theme and subtopic, named among those of its own level."""
    inside = topics.labels >= 0
    levels = {-1: topics.subtopics}
    for level, themes in enumerate(topics.themes, start=1):
        levels[level] = np.where(inside, themes[topics.labels], -1)
    rows = []
    for level, labels in levels.items():
        above = topics.labels if level == -1 else levels.get(level + 1)
        for group, name in enumerate(name_topics(uses, labels)):
            members = np.flatnonzero(labels == group)
            x, y = np.median(topics.coordinates[members], axis=0)
            rows.append(
                {
                    "level": level,
                    "id": group,
                    "parent": None if above is None else int(above[members[0]]),
                    "name": name.name,
                    "terms": [*name.mesh, *(term for term in name.terms if term not in name.mesh)],
                    "articles": len(members),
                    "x": float(x),
                    "y": float(y),
                }
            )
    return rows


def change_rows(identities: Identities, names: list[str], before: Earlier) -> list[dict[str, Any]]:
    """A row for each change, with the topics' names: a new topic's of now, an ended one's of then."""
    now = dict(zip(identities.keys, names, strict=True))
    all_names = {**before.names, **now}
    return [
        {
            **asdict(change),
            "topic_name": all_names[change.topic_key],
            "other_name": None if change.other_key is None else all_names[change.other_key],
        }
        for change in identities.changes
    ]


def store_lives(
    connection: Connection[Any], run_id: int, groups: list[dict[str, Any]], changes: list[dict[str, Any]]
) -> None:
    """Store a run's themes, subtopics and changes, in the transaction that is open."""
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES["insert_group"], [{"run_id": run_id, **row} for row in groups])
        cursor.executemany(QUERIES["insert_change"], [{"run_id": run_id, **row} for row in changes])
