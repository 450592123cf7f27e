"""From a vector for each token to one unit vector for each text."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from primetime.encoder.artifact import Pooling


def pool(tokens: NDArray[np.float32], mask: NDArray[np.int64], pooling: Pooling) -> NDArray[np.float32]:
    """Pool token vectors [texts, length, dimension] under a mask [texts, length] into [texts, dimension].

    Same definitions as sentence-transformers' Pooling module. A row without any token gives zeros.
    """
    if pooling == "cls":
        return np.ascontiguousarray(tokens[:, 0, :])
    if pooling == "max":
        visible = np.where(mask[:, :, None] > 0, tokens, -np.inf).max(axis=1)
        return np.where(np.isfinite(visible), visible, 0.0).astype(np.float32)
    weights = mask.astype(np.float32)
    total = np.matmul(weights[:, None, :], tokens)[:, 0, :]
    counts = np.maximum(weights.sum(axis=1, keepdims=True), 1.0)
    return np.asarray(total / counts, dtype=np.float32)


def to_unit_length(vectors: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Scale each row to Euclidean length 1; a row of zeros stays zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)
