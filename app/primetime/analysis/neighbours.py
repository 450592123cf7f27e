"""The graph of nearest articles, built once: topics, their stability and the map are read from it.

Up to 20,000 articles every pair is compared, in blocks that a processor's cache holds. Above, articles are sorted into
cells around sampled centres, and each is compared with those of the cells nearest to its own (an inverted file, Jégou,
Douze & Schmid 2011): cost grows with n, not with its square, and some neighbours are missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from primetime.analysis.blocks import in_blocks, one_thread_each

EXACT_UP_TO = 20_000
CELL = 400
"""Articles of a cell, on average"""
PROBES = 24
"""Cells that an article is compared with, its own among them"""
# Rows of the similarity matrix held at once.
_BLOCK = 256
# The k best of a row are among the k groups with the best maxima: the groups are sorted, not the row.
_GROUP = 16
_ROUNDS = 4
_NEVER = np.float32(-2)


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The nearest neighbours of each of n points."""

    indices: NDArray[np.int64]
    """[n, k], nearest first, the point itself left out"""
    distances: NDArray[np.float32]
    """[n, k], cosine distance, 0..2"""


def nearest_neighbours(
    vectors: NDArray[np.float32], k: int, *, exact_up_to: int = EXACT_UP_TO, probes: int = PROBES, seed: int = 0
) -> Neighbours:
    """The k nearest neighbours of unit vectors [n, dimension] by cosine, k < n; exact up to `exact_up_to` points.

    Ties go to the lower index. Same input and seed: same result.
    """
    n = len(vectors)
    if not 0 < k < n:
        raise ValueError(f"{k} neighbours of {n} points cannot be had")
    indices = np.empty((n, k), dtype=np.int64)
    distances = np.empty((n, k), dtype=np.float32)
    if n <= exact_up_to:
        everything = np.arange(n)
        transposed = np.ascontiguousarray(vectors.T)

        def compare(rows: slice) -> None:
            indices[rows], distances[rows] = _best(vectors[rows], transposed, everything[rows], everything, k)

        with one_thread_each():
            in_blocks(compare, n, _BLOCK)
        return Neighbours(indices=indices, distances=distances)

    with one_thread_each():
        cells = _Cells.of(vectors, seed)

        def compare_cell(one: slice) -> None:
            members, candidates = cells.members(one.start), cells.around(one.start, probes, at_least=k + 1)
            transposed = np.ascontiguousarray(vectors[candidates].T)
            for start in range(0, len(members), _BLOCK):
                rows = members[start : start + _BLOCK]
                indices[rows], distances[rows] = _best(vectors[rows], transposed, rows, candidates, k)

        in_blocks(compare_cell, cells.count, 1)
    return Neighbours(indices=indices, distances=distances)


def nearest_of(
    new: NDArray[np.float32], vectors: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Indices and cosine distances [m, k] of the k articles [n, dimension] nearest to each new one [m, dimension]."""
    everything = np.arange(len(vectors))
    transposed = np.ascontiguousarray(vectors.T)
    nobody = np.full(_BLOCK, -1)
    with one_thread_each():
        found = in_blocks(
            lambda rows: _best(new[rows], transposed, nobody[: len(new[rows])], everything, k), len(new), _BLOCK
        )
    return np.concatenate([one for one, _ in found]), np.concatenate([one for _, one in found])


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


def _best(
    rows: NDArray[np.float32],
    transposed: NDArray[np.float32],
    themselves: NDArray[np.int64],
    candidates: NDArray[np.int64],
    k: int,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The k best of `candidates` [c], ascending, whose vectors are `transposed` [dimension, c], for each row."""
    groups = max(-(-len(candidates) // _GROUP), k)
    similarity = np.empty((len(rows), groups * _GROUP), dtype=np.float32)
    similarity[:, len(candidates) :] = _NEVER
    np.matmul(rows, transposed, out=similarity[:, : len(candidates)])
    own = np.searchsorted(candidates, themselves)
    inside = own < len(candidates)
    inside[inside] = candidates[own[inside]] == themselves[inside]
    similarity[np.flatnonzero(inside), own[inside]] = _NEVER
    grouped = similarity.reshape(len(rows), _GROUP, groups)
    kept = np.argpartition(grouped.max(axis=1), groups - k, axis=1)[:, groups - k :]
    values = np.take_along_axis(grouped, kept[:, None, :], axis=2).reshape(len(rows), -1)
    places = (kept[:, None, :] + np.arange(0, groups * _GROUP, groups)[None, :, None]).reshape(len(rows), -1)
    order = np.lexsort((places, -values), axis=1)[:, :k]
    return (
        candidates[np.minimum(np.take_along_axis(places, order, axis=1), len(candidates) - 1)],
        np.maximum(1 - np.take_along_axis(values, order, axis=1), 0),
    )


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """Points sorted into cells, and for each cell the cells by their centres' nearness to its own."""

    order: NDArray[np.int64]
    bounds: NDArray[np.int64]
    nearest: NDArray[np.int64]

    @classmethod
    def of(cls, vectors: NDArray[np.float32], seed: int) -> _Cells:
        n = len(vectors)
        count = max(n // CELL, 1)
        random = np.random.default_rng(seed)
        sample = vectors[np.sort(random.choice(n, min(n, 40 * count), replace=False))]
        centres = sample[np.sort(random.choice(len(sample), count, replace=False))]
        for _ in range(_ROUNDS):  # spherical k-means (Dhillon & Modha 2001)
            cell = _nearest_centre(sample, centres)
            sums = sparse.csr_matrix((np.ones(len(sample), np.float32), (cell, np.arange(len(sample)))),
                                     shape=(count, len(sample))) @ sample  # fmt: skip
            filled = np.flatnonzero(np.bincount(cell, minlength=count))
            centres = centres.copy()
            centres[filled] = sums[filled] / np.maximum(np.linalg.norm(sums[filled], axis=1, keepdims=True), 1e-12)
        cell = _nearest_centre(vectors, centres)
        return cls(
            order=np.argsort(cell, kind="stable"),
            bounds=np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=count))]),
            nearest=np.argsort(-(centres @ centres.T), axis=1, kind="stable"),
        )

    @property
    def count(self) -> int:
        return len(self.bounds) - 1

    def members(self, cell: int) -> NDArray[np.int64]:
        return self.order[self.bounds[cell] : self.bounds[cell + 1]]

    def around(self, cell: int, probes: int, *, at_least: int) -> NDArray[np.int64]:
        """The members of the nearest cells, ascending; more cells than `probes` where these hold too few."""
        found = [self.members(cell)]
        total = len(found[0])
        for place, other in enumerate(self.nearest[cell]):
            if place >= probes and total >= at_least:
                break
            if other != cell:
                found.append(self.members(int(other)))
                total += len(found[-1])
        return np.sort(np.concatenate(found))


def _nearest_centre(vectors: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.int64]:
    transposed = np.ascontiguousarray(centres.T)
    return np.concatenate(in_blocks(lambda rows: (vectors[rows] @ transposed).argmax(axis=1), len(vectors), 1024))


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
