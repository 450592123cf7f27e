"""Points of the neighbour graph laid out in a few dimensions: five for clustering, two for the map.

The objective is UMAP's (McInnes, Healy & Melville 2018): neighbours attract, random pairs repel, and an edge is drawn
in proportion to its weight. It is run here as whole epochs of array operations, so it needs no compiler, takes seconds
for ten thousand articles, and gives the same result for the same seed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import PCA

# The curve 1 / (1 + a d^2b) that UMAP fits for its default min_dist of 0.1.
_A, _B = 1.577, 0.895
_EPOCHS = 200
_REPULSIONS = 5
_LARGEST_STEP = 4.0
_EXTENT = 10.0


def lay_out(
    vectors: NDArray[np.float32], graph: sparse.csr_matrix, *, dimensions: int, seed: int
) -> NDArray[np.float32]:
    """Coordinates float32 [n, dimensions] of unit vectors [n, d] under their symmetric graph [n, n].

    Starts from the principal components, so that the large picture is the data's and not the seed's.
    """
    random = np.random.default_rng(seed)
    position = _start(vectors, dimensions, random)
    heads, tails, weights = _edges(graph)
    due = np.zeros(len(weights))
    for epoch in range(_EPOCHS):
        due += weights
        chosen = np.flatnonzero(due >= 1)
        due[chosen] -= 1
        _step(position, heads[chosen], tails[chosen], random, rate=1 - epoch / _EPOCHS)
    return position


def _start(vectors: NDArray[np.float32], dimensions: int, random: np.random.Generator) -> NDArray[np.float32]:
    components = min(dimensions, *vectors.shape)
    start = np.zeros((len(vectors), dimensions))
    start[:, :components] = PCA(components, svd_solver="covariance_eigh").fit_transform(vectors.astype(np.float64))
    widest = np.abs(start).max()
    start *= _EXTENT / widest if widest > 0 else 0.0
    # Equal vectors would stay on one point for ever: nothing repels at distance 0.
    return (start + random.normal(scale=0.01, size=start.shape)).astype(np.float32)


def _edges(graph: sparse.csr_matrix) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    upper = sparse.triu(graph, k=1).tocoo()
    weights = upper.data / upper.data.max()
    kept = weights >= 1 / _EPOCHS  # a weaker edge would not be drawn once
    return upper.row[kept].astype(np.int64), upper.col[kept].astype(np.int64), weights[kept]


def _step(
    position: NDArray[np.float32],
    heads: NDArray[np.int64],
    tails: NDArray[np.int64],
    random: np.random.Generator,
    *,
    rate: float,
) -> None:
    n = len(position)
    apart = position[heads] - position[tails]
    squared = np.maximum((apart * apart).sum(axis=1), 1e-12)
    pull = np.clip(
        (-2 * _A * _B * squared ** (_B - 1) / (1 + _A * squared**_B))[:, None] * apart, -_LARGEST_STEP, _LARGEST_STEP
    )

    pushed = np.repeat(np.concatenate([heads, tails]), _REPULSIONS)
    others = random.integers(0, n, len(pushed))
    away = position[pushed] - position[others]
    far = (away * away).sum(axis=1)
    push = np.clip((2 * _B / ((0.001 + far) * (1 + _A * far**_B)))[:, None] * away, -_LARGEST_STEP, _LARGEST_STEP)
    for axis in range(position.shape[1]):
        moved = np.bincount(heads, pull[:, axis], n) - np.bincount(tails, pull[:, axis], n)
        moved += np.bincount(pushed, push[:, axis], n)
        position[:, axis] += (rate * moved).astype(np.float32)
