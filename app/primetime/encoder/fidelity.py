"""How far a quantised model's vectors are from the original's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from primetime.encoder.artifact import Quality

# Below these, search results visibly change. A variant that falls short is not served.
MEAN_COSINE = 0.99
FIRST_PERCENTILE_COSINE = 0.98

NEIGHBOURS = 10


def compare(original: NDArray[np.float32], quantised: NDArray[np.float32]) -> Quality:
    """Compare unit vectors [texts, dimension] of the same texts, more than ten of them."""
    cosines = (original * quantised).sum(axis=1)
    return Quality(
        texts=len(original),
        mean_cosine=round(float(cosines.mean()), 4),
        first_percentile_cosine=round(float(np.percentile(cosines, 1)), 4),
        nearest_10_overlap=round(_overlap(original, quantised), 3),
    )


def acceptable(quality: Quality) -> bool:
    return quality.mean_cosine >= MEAN_COSINE and quality.first_percentile_cosine >= FIRST_PERCENTILE_COSINE


def _overlap(original: NDArray[np.float32], quantised: NDArray[np.float32]) -> float:
    shared = sum(len(set(a) & set(b)) for a, b in zip(_nearest(original), _nearest(quantised), strict=True))
    return shared / (len(original) * NEIGHBOURS)


def _nearest(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    return np.asarray(np.argpartition(-similarity, NEIGHBOURS, axis=1)[:, :NEIGHBOURS], dtype=np.int64)
