"""The approximate index over one model's vectors: pgvector's HNSW, made when there are enough of them."""

from __future__ import annotations

from typing import Any

import structlog
from psycopg import Connection, sql

from primetime.vectors.halfvec import QUERIES, storage_of

# From this many vectors on, the index answers sooner than reading them all (docs/encoder.md has the measurements).
INDEX_FROM = 5_000
# Links and candidates a vector, as measured there.
LINKS = 16
CANDIDATES = 128
# The graph of 100,000 vectors of 768 dimensions fits; pgvector builds many times more slowly when it does not.
BUILD_MEMORY = "256MB"
# Iterative scans, without which filters would lose neighbours, came with this version.
OLDEST = (0, 8)

log = structlog.get_logger(__name__)


def ensure_index(connection: Connection[Any], model_hash: str) -> bool:
    """Make the model's index where it is due and missing; returns whether it was made now.

    Built beside reading and writing. One that a killed build left half made is made again. No transaction may be open.
    """
    if storage_of(connection) != "halfvec":
        connection.commit()
        return False
    row = connection.execute(
        QUERIES["index_state"], {"model_hash": model_hash, "index": index_name(model_hash)}
    ).fetchone()
    connection.commit()
    if row is None:
        return False
    dimension, vectors, valid, version = row
    if valid or vectors < INDEX_FROM or not version_suffices(version):
        return False
    log.info("building the index of nearest articles", model_hash=model_hash, vectors=vectors)
    names = {"index": sql.Identifier(index_name(model_hash)), "model_hash": sql.Literal(model_hash)}
    numbers = {"dimension": sql.Literal(dimension), "links": sql.Literal(LINKS), "candidates": sql.Literal(CANDIDATES)}
    autocommit = connection.autocommit
    connection.autocommit = True
    try:
        connection.execute(QUERIES["set_build_memory"], {"memory": BUILD_MEMORY})
        connection.execute(QUERIES["drop_index"].format(**names))
        connection.execute(QUERIES["create_index"].format(**names, **numbers))
        connection.execute(QUERIES["reset_build_memory"])
    finally:
        if not connection.closed:
            connection.autocommit = autocommit
    return True


def drop_index(connection: Connection[Any], model_hash: str) -> None:
    """Drop the model's index if there is one, within the caller's transaction."""
    connection.execute(QUERIES["drop_index"].format(index=sql.Identifier(index_name(model_hash))))


def index_name(model_hash: str) -> str:
    return f"article_vectors_nearest_{model_hash}"


def version_suffices(version: str | None) -> bool:
    """Whether this version of pgvector, such as 0.8.0, scans an index iteratively."""
    if version is None:
        return False
    major, minor = (int(part) for part in version.split(".")[:2])
    return (major, minor) >= OLDEST
