"""New articles join the topics of the newest analysis until the next one finds topics anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from psycopg import Connection

from primetime.analysis.neighbours import InvertedFile
from primetime.analysis.reading import latest_run
from primetime.analysis.storing import counting, one_at_a_time
from primetime.analysis.topic_lives import QUERIES
from primetime.analysis.topics import vote
from primetime.encoder.pooling import to_unit_length
from primetime.vectors.halfvec import from_binary, storage_of


@dataclass(frozen=True, kw_only=True)
class Assigned:
    articles: int
    in_a_topic: int


def assign_new(connection: Connection[Any], model_hash: str) -> Assigned:
    """Place the articles that the newest analysis of everything does not know on its map and in its topics.

    Each asks its nearest analysed articles, as an outlier of an analysis does. The analysis itself, its figures and
    its scores stay as they were published. Nothing is done before the first analysis or after a change of the model.
    Raises Busy while an analysis runs.
    """
    with one_at_a_time(connection):
        run = latest_run(connection)
        if run is None or run.model_hash != model_hash:
            return Assigned(articles=0, in_a_topic=0)
        of_run = {"run_id": run.id, "model_hash": model_hash}
        storage = storage_of(connection)
        cursor = connection.cursor(binary=True)
        new = cursor.execute(counting(QUERIES["unplaced"]), of_run).fetchall()
        placed = cursor.execute(QUERIES["placed"], of_run).fetchall() if new else []
        if not placed:
            connection.commit()
            return Assigned(articles=0, in_a_topic=0)
        vectors = to_unit_length(from_binary([bytes(row[1]) for row in placed], storage))
        topic, subtopic = (
            np.asarray([-1 if row[column] is None else row[column] for row in placed]) for column in (2, 3)
        )
        places = np.asarray([row[4:6] for row in placed], dtype=np.float64)
        k = min(int(run.parameters["sizes"]["neighbours"]), len(placed))
        found = InvertedFile.of(vectors).nearest_of(
            to_unit_length(from_binary([bytes(row[1]) for row in new], storage)), k
        )
        nearest, distances = found.indices, found.distances
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
                "pmids": [row[0] for row in new],
                "topic_ids": topics.tolist(),
                "subtopic_ids": subtopics.tolist(),
                "xs": at[:, 0].tolist(),
                "ys": at[:, 1].tolist(),
            },
        )
        connection.commit()
    return Assigned(articles=len(new), in_a_topic=int((topics >= 0).sum()))
