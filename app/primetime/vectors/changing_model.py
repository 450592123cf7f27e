"""A change of model: the new one's vectors are made while the old one serves, then one switch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from psycopg import Connection

from primetime.encoder.artifact import read_manifest
from primetime.encoder.serving import Encoder
from primetime.vectors.serving_encoder import find_artifact
from primetime.vectors.serving_model import model_state, model_states, serving_hash, switch_to
from primetime.vectors.storing import EncodeReport, encode_missing


def change_model(
    connection: Connection[Any],
    configured: Path,
    model_hash: str | None,
    *,
    threads: int,
    progress: Callable[[int, int], None] | None = None,
    pace: Callable[[float], None] | None = None,
) -> EncodeReport:
    """Encode what lacks a vector of this model (None: the configured one), make its index, and let it serve.

    A run that is stopped continues where it was, and until its end the other model serves.
    Raises ModelProblem when the model does not work here, Busy while another process encodes with it.
    """
    folder = configured if model_hash is None else find_artifact(configured, model_hash)
    encoder = Encoder.open(folder, threads=threads)
    encoder.warm()
    report = encode_missing(connection, encoder, progress=progress, pace=pace)
    # Articles may have come meanwhile.
    while model_state(connection, report.model_hash).missing:
        encode_missing(connection, encoder, progress=progress, pace=pace)
    switch_to(connection, report.model_hash)
    connection.commit()
    return report


def new_model_waits(connection: Connection[Any], configured: Path) -> bool:
    """Whether the configured model has never served. One that has, and was left, comes back only when asked for."""
    model_hash = read_manifest(configured).hash
    served = {state.hash for state in model_states(connection) if state.served_before}
    waits = serving_hash(connection) is not None and model_hash not in served
    connection.commit()
    return waits
