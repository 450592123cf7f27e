"""A stored corpus whose topics are known."""

import hashlib
from collections.abc import Callable

import numpy as np
import psycopg
from psycopg.types.json import Jsonb

from primetime.encoder.pooling import to_unit_length
from primetime.vectors.halfvec import storage_of, to_parameter

MODEL = "planted"
SUBJECTS = ("asthma inhaler", "heart failure", "migraine triptan", "psoriasis phototherapy", "malaria artemisinin",
            "epilepsy seizure")  # fmt: skip
Plant = Callable[..., None]


def planting(connection: psycopg.Connection) -> Plant:
    """What stores articles of some topics, the first one growing, with vectors around one direction each."""

    def store(topics: int = 6, each: int = 40, *, years: bool = True, mesh: bool = False) -> None:
        random = np.random.default_rng(7)
        centres = random.normal(size=(topics, 32))
        storage = storage_of(connection)
        connection.execute(
            "INSERT INTO encoder_models (hash, source, dimension) VALUES (%s, 'planted', 32) ON CONFLICT DO NOTHING",
            (MODEL,),
        )
        for index in range(topics * each):
            topic, number = divmod(index, each)
            pmid = index + 1
            # Topic 0 has most of its papers in the last years, the others are even over 2000 to 2012.
            year = (2012 - int((number / each) ** 2 * 12) if topic == 0 else 2000 + number % 13) if years else None
            vector = to_unit_length((centres[topic] + random.normal(size=32) * 0.3)[None, :])[0]
            title = f"A study of {SUBJECTS[topic]} number {number}"
            digest = hashlib.sha256(title.encode()).hexdigest()
            headings = [{"ui": "D0", "name": SUBJECTS[topic].split()[0].title()}, {"ui": "D1", "name": "Humans"}]
            connection.execute(
                "INSERT INTO articles (pmid, title, publication_year, mesh, content_hash) VALUES (%s, %s, %s, %s, %s)",
                (pmid, title, year, Jsonb(headings if mesh else []), digest),
            )
            connection.execute(
                "INSERT INTO article_vectors (model_hash, pmid, content_hash, embedding) VALUES (%s, %s, %s, %s)",
                (MODEL, pmid, digest, to_parameter(vector, storage)),
            )
        connection.commit()

    return store
