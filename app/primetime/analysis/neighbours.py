"""The graph of nearest articles that topics and map are both made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# Rows of the similarity matrix held at once: 1024 x 20,000 float32 is 80 MB.
_BLOCK = 1024


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The nearest neighbours of each of n points."""

    indices: NDArray[np.int64]
    """[n, k], nearest first, the point itself left out"""
    distances: NDArray[np.float32]
    """[n, k], cosine distance, 0..2"""


def nearest_neighbours(vectors: NDArray[np.float32], k: int) -> Neighbours:
    """Exact k nearest neighbours of unit vectors [n, dimension] by cosine, k < n. Ties go to the lower index."""
    n = len(vectors)
    if not 0 < k < n:
        raise ValueError(f"{k} neighbours of {n} points cannot be had")
    indices = np.empty((n, k), dtype=np.int64)
    distances = np.empty((n, k), dtype=np.float32)
    for start in range(0, n, _BLOCK):
        rows = slice(start, min(start + _BLOCK, n))
        similarity = vectors[rows] @ vectors.T
        similarity[np.arange(len(similarity)), np.arange(rows.start, rows.stop)] = -np.inf
        nearest = np.sort(np.argpartition(-similarity, k - 1, axis=1)[:, :k], axis=1)
        values = np.take_along_axis(similarity, nearest, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        indices[rows] = np.take_along_axis(nearest, order, axis=1)
        distances[rows] = 1 - np.take_along_axis(values, order, axis=1)
    return Neighbours(indices=indices, distances=np.maximum(distances, 0))


def fuzzy_graph(neighbours: Neighbours) -> sparse.csr_matrix:
    """Symmetric weights 0..1 [n, n] between neighbours, each point's distances scaled to its own surroundings.

    UMAP's fuzzy simplicial set (McInnes, Healy & Melville 2018, section 3.1): the nearest neighbour has weight 1, and
    the scale is such that a point's weights sum to log2(k).
    """
    n, k = neighbours.indices.shape
    distances = neighbours.distances.astype(np.float64)
    beyond_nearest = distances - distances[:, :1]
    scale = _scales(beyond_nearest, float(np.log2(k)) if k > 1 else 1.0)
    weights = np.exp(-beyond_nearest / np.maximum(scale, 1e-3 * max(distances.mean(), 1e-12))[:, None])
    rows = np.repeat(np.arange(n), k)
    directed = sparse.csr_matrix((weights.ravel(), (rows, neighbours.indices.ravel())), shape=(n, n))
    transposed = directed.T.tocsr()
    return (directed + transposed - directed.multiply(transposed)).tocsr()


def _scales(distances: NDArray[np.float64], target: float) -> NDArray[np.float64]:
    """For each row the scale at which exp(-distance / scale) sums to `target`, by bisection."""
    low = np.zeros(len(distances))
    high = np.full(len(distances), np.inf)
    scale = np.ones(len(distances))
    for _ in range(60):
        too_wide = np.exp(-distances / scale[:, None]).sum(axis=1) > target
        high = np.where(too_wide, scale, high)
        low = np.where(too_wide, low, scale)
        # A row of equal distances never reaches the target; its scale must not run off to infinity.
        scale = np.where(np.isinf(high), np.minimum(scale * 2, 1e6), (low + high) / 2)
        scale = np.maximum(scale, 1e-12)
    return scale
