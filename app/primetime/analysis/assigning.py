"""New articles join the topics of the newest analysis until the next one finds topics anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from primetime.analysis.corpus import counting
from primetime.analysis.joining import vote
from primetime.analysis.neighbours import InvertedFile, Neighbours
from primetime.analysis.reading import latest_run
from primetime.analysis.storing import one_at_a_time
from primetime.analysis.topic_lives import QUERIES
from primetime.encoder.pooling import to_unit_length
from primetime.vectors.halfvec import Storage, from_binary, storage_of

# Placed articles compared at once.
_ROWS = 10_000


@dataclass(frozen=True, kw_only=True)
class Assigned:
    articles: int
    in_a_topic: int


def assign_new(connection: Connection[Any], model_hash: str) -> Assigned:
    """Place the articles that the newest analysis of everything does not know on its map and in its topics.

    Each asks its nearest analysed articles. The analysis itself, its figures and its scores stay as they were
    published. Nothing is done before the first analysis or after a change of the model.
    Raises Busy while an analysis runs.
    """
    with one_at_a_time(connection):
        run = latest_run(connection)
        if run is None or run.model_hash != model_hash:
            return Assigned(articles=0, in_a_topic=0)
        of_run = {"run_id": run.id, "model_hash": model_hash}
        storage = storage_of(connection)
        rows = connection.cursor(binary=True).execute(counting(QUERIES["unplaced"]), of_run).fetchall()
        if not rows:
            connection.commit()
            return Assigned(articles=0, in_a_topic=0)
        new = to_unit_length(from_binary([bytes(row[1]) for row in rows], storage))
        near = _nearest_placed(connection, of_run, new, int(run.parameters["sizes"]["neighbours"]), storage)
        if near is None:
            connection.commit()
            return Assigned(articles=0, in_a_topic=0)
        topic, subtopic, places = near.topic, near.subtopic, near.places
        nearest, distances = near.neighbours.indices, near.neighbours.distances
        topics = vote(topic[nearest], distances)
        # Of the chosen topic's subtopics, the nearest neighbour's in it.
        inside = (topic[nearest] == topics[:, None]) & (topics >= 0)[:, None]
        subtopics = np.where(topics >= 0, subtopic[nearest[np.arange(len(new)), inside.argmax(axis=1)]], -1)
        weights = np.maximum(1 - distances, 1e-6) * np.where(inside.any(axis=1, keepdims=True), inside, 1)
        at = (weights[:, :, None] * places[nearest]).sum(axis=1) / weights.sum(axis=1, keepdims=True)
        connection.execute(
            QUERIES["assign"],
            {
                "run_id": run.id,
                "pmids": [row[0] for row in rows],
                "topic_ids": topics.tolist(),
                "subtopic_ids": subtopics.tolist(),
                "xs": at[:, 0].tolist(),
                "ys": at[:, 1].tolist(),
            },
        )
        connection.commit()
    return Assigned(articles=len(new), in_a_topic=int((topics >= 0).sum()))


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """The articles that the analysis placed, and each new one's nearest among them."""

    topic: NDArray[np.int64]
    subtopic: NDArray[np.int64]
    places: NDArray[np.float64]
    neighbours: Neighbours


def _nearest_placed(
    connection: Connection[Any], of_run: dict[str, Any], new: NDArray[np.float32], k: int, storage: Storage
) -> _Placed | None:
    """Read block by block, as all their vectors at once are too many beside an encoder; None where there are none."""
    topic: list[int] = []
    subtopic: list[int] = []
    places: list[tuple[float, float]] = []
    indices = np.empty((len(new), 0), dtype=np.int64)
    distances = np.empty((len(new), 0), dtype=np.float32)
    with connection.cursor("placed", binary=True) as cursor:
        cursor.execute(QUERIES["placed"], of_run)
        while rows := cursor.fetchmany(_ROWS):
            block = to_unit_length(from_binary([bytes(row[1]) for row in rows], storage))
            found = InvertedFile.of(block).nearest_of(new, min(k, len(block)))
            indices = np.concatenate([indices, found.indices + len(topic)], axis=1)
            distances = np.concatenate([distances, found.distances], axis=1)
            order = np.argsort(distances, axis=1, kind="stable")[:, :k]
            indices = np.take_along_axis(indices, order, axis=1)
            distances = np.take_along_axis(distances, order, axis=1)
            topic += [row[2] for row in rows]
            subtopic += [-1 if row[3] is None else row[3] for row in rows]
            places += [(row[4], row[5]) for row in rows]
    if not topic:
        return None
    return _Placed(
        topic=np.asarray(topic, dtype=np.int64),
        subtopic=np.asarray(subtopic, dtype=np.int64),
        places=np.asarray(places, dtype=np.float64),
        neighbours=Neighbours(indices=indices, distances=distances),
    )
