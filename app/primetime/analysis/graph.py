"""The graph of nearest articles, weighted: topics, their stability and the map are read from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from primetime.analysis.neighbours import Neighbours


def fuzzy_graph(neighbours: Neighbours) -> sparse.csr_matrix:
    """Symmetric weights 0..1, float32 [n, n], between neighbours, each point's distances scaled to its surroundings.

    UMAP's fuzzy simplicial set (McInnes, Healy & Melville 2018, section 3.1): the nearest neighbour has weight 1, and
    the scale is such that a point's weights sum to log2(k).
    """
    n, k = neighbours.indices.shape
    beyond_nearest = neighbours.distances - neighbours.distances[:, :1]
    scale = _scales(beyond_nearest, float(np.log2(k)) if k > 1 else 1.0)
    least = np.float32(1e-3 * max(float(neighbours.distances.mean()), 1e-12))
    weights = np.exp(-beyond_nearest / np.maximum(scale, least)[:, None])
    directed = sparse.csr_matrix(
        (weights.ravel(), neighbours.indices.ravel().astype(np.int32), np.arange(0, n * k + 1, k)), shape=(n, n)
    )
    transposed = directed.T.tocsr()
    graph = (directed + transposed - directed.multiply(transposed)).tocsr()
    graph.sort_indices()
    return graph


def _scales(distances: NDArray[np.float32], target: float) -> NDArray[np.float32]:
    """For each row the scale at which exp(-distance / scale) sums to `target`, by bisection."""
    low = np.zeros(len(distances), dtype=np.float32)
    high = np.full(len(distances), np.inf, dtype=np.float32)
    scale: NDArray[np.float32] = np.maximum(distances.mean(axis=1), np.float32(1e-6))
    for _ in range(24):
        too_wide = np.exp(-distances / scale[:, None]).sum(axis=1) > target
        high = np.where(too_wide, scale, high)
        low = np.where(too_wide, low, scale)
        # A row of equal distances never reaches the target; its scale must not run off to infinity.
        middle = np.where(np.isinf(high), scale * 2, (low + np.where(np.isinf(high), low, high)) / 2)
        scale = np.asarray(np.clip(middle, 1e-6, 1e6), dtype=np.float32)
    return scale
