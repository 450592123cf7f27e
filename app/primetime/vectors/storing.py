"""Encoding the articles whose text has no vector of this model yet, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from psycopg import Connection

from primetime.articles.record import article_text
from primetime.database.locks import exclusive
from primetime.encoder.artifact import Manifest
from primetime.encoder.serving import Encoder
from primetime.errors import ModelProblem
from primetime.vectors.halfvec import QUERIES, storage_of, to_parameter
from primetime.vectors.nearest_index import ensure_index
from primetime.vectors.serving_model import serve_first

# Articles encoded and committed together: what a kill can lose, about ten seconds' work.
BATCH = 512

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class EncodeReport:
    """What one call of `encode_missing` did."""

    encoded: int
    already: int
    """articles whose vector was up to date before"""
    cut: int
    """encoded articles longer than the model reads"""
    model_hash: str


def encode_missing(
    connection: Connection[Any],
    encoder: Encoder,
    *,
    pmids: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
    pace: Callable[[float], None] | None = None,
) -> EncodeReport:
    """Encode each article (of `pmids`, where given) whose text has no up-to-date vector of this model, and store it.

    Commits on `connection` after every batch, so that a run that is stopped continues where it was. Articles with
    neither title nor abstract are left out. `progress` is called with (articles done, articles to do), `pace` after
    every run of the model with the seconds it took.
    The first model that a database meets serves from here on; for any other that is a decision (`serving_model`).
    Raises Busy when another process encodes with this model, ModelProblem when the model differs from
    the one known by its hash.
    """
    storage = storage_of(connection)
    connection.commit()
    model_hash = encoder.manifest.hash
    among = None if pmids is None else list(pmids)
    # Two models may be encoded at a time: the serving one's new articles need not wait for a change of model.
    with exclusive(connection, encoding_lock(model_hash)):
        _register(connection, encoder.manifest)
        missing, already = count_missing(connection, model_hash, pmids)
        connection.commit()
        serve_first(connection, model_hash)
        encoded = cut = after = 0
        while True:
            rows = connection.execute(
                QUERIES["missing_articles"],
                {"model_hash": model_hash, "after": after, "batch": BATCH, "pmids": among},
                # Never prepared: a plan made for any parameters could not leave out what is not asked for.
                prepare=False,
            ).fetchall()
            # Nothing stays open while the processor works: an open transaction would hold back VACUUM.
            connection.commit()
            if not rows:
                break
            result = encoder.encode_counted(
                [article_text(title, abstract) for _, _, title, abstract in rows], pace=pace
            )
            with connection.cursor() as cursor:
                cursor.executemany(
                    QUERIES["store_vector"],
                    [
                        {
                            "model_hash": model_hash,
                            "pmid": pmid,
                            "content_hash": content_hash,
                            "embedding": to_parameter(vector, storage),
                        }
                        for (pmid, content_hash, _, _), vector in zip(rows, result.vectors, strict=True)
                    ],
                )
            connection.commit()
            after = rows[-1][0]
            encoded += len(rows)
            cut += result.cut
            if progress is not None:
                progress(encoded, max(missing, encoded))
        ensure_index(connection, model_hash)
    log.info("articles encoded", encoded=encoded, already=already, cut=cut, model_hash=model_hash)
    return EncodeReport(encoded=encoded, already=already, cut=cut, model_hash=model_hash)


def encoding_lock(model_hash: str) -> str:
    """What only one process at a time does, in words."""
    return f"encoding with model {model_hash}"


def count_missing(connection: Connection[Any], model_hash: str, pmids: Sequence[int] | None = None) -> tuple[int, int]:
    """Articles (of `pmids`, where given) whose text has no up-to-date vector of the model, and those that have one."""
    parameters = {"model_hash": model_hash, "pmids": None if pmids is None else list(pmids)}
    row = connection.execute(QUERIES["count_encoded"], parameters, prepare=False).fetchone()
    already, missing = row or (0, 0)
    return missing, already


def _register(connection: Connection[Any], manifest: Manifest) -> None:
    connection.execute(
        QUERIES["register_model"],
        {"hash": manifest.hash, "source": manifest.source, "dimension": manifest.dimension},
    )
    row = connection.execute(QUERIES["model_dimension"], {"hash": manifest.hash}).fetchone()
    if row is None or row[0] != manifest.dimension:
        raise ModelProblem(
            f"the stored vectors of model {manifest.hash} have {row[0] if row else 'no'} dimensions, "
            f"this artifact's {manifest.dimension}",
            remedy="build the artifact again: `primetime model build`",
        )
