"""Points of the neighbour graph laid out in a few dimensions: five for clustering, two for the map.

The objective is UMAP's (McInnes, Healy & Melville 2018) with the curve 1 / (1 + d^2): neighbours attract, random
points repel. Two things make it fast without a compiler. It starts from the graph's own slowest modes, which tells
topics apart at once, so that a fraction of UMAP's epochs is left to do. And an epoch is a few array operations: every
edge pulls with its weight, and one sample of points pushes all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from primetime.analysis.blocks import in_blocks, one_thread_each

# Topics are clearest early: more epochs pull them into smaller pieces. A map wants longer to become even.
TOPIC_EPOCHS = 20
MAP_EPOCHS = 60
# A layout that goes on from an earlier one moves less.
RESUMED_RATE = 0.1
_SAMPLE = 64
_REPULSIONS = 5
# Keeps the push between points on one place finite.
_NEAREST_SQUARED = np.float32(0.01)
_LARGEST_STEP = 4.0
_EXTENT = np.float32(10.0)
_SMOOTHINGS = 20
_SPARE_MODES = 8
# Rows whose distances to the sample stay in a core's cache.
_ROWS = 2500


def projections(vectors: NDArray[np.float32], *, dimensions: int, seed: int) -> NDArray[np.float32]:
    """Random projections of `vectors` [n, d], of which `modes` makes so many dimensions."""
    random = np.random.default_rng(seed)
    count = min(dimensions + _SPARE_MODES, len(vectors) - 1)
    with one_thread_each():
        return vectors @ random.normal(size=(vectors.shape[1], count)).astype(np.float32)


def modes(found: NDArray[np.float32], graph: sparse.csr_matrix, *, dimensions: int) -> NDArray[np.float32]:
    """The slowest modes of a walk on the graph [n, n], roughly, scaled to lie in -10..10: float32 [n, dimensions].

    Projections `found` [n, more], smoothed along the graph and made orthogonal (subspace iteration, Halko, Martinsson &
    Tropp 2011): enough to start a layout from. As they begin at the vectors, parts of the graph that hang together by
    no edge lie apart as well.
    """
    degree = np.asarray(graph.sum(axis=1), dtype=np.float32).ravel()
    # A point without an edge has no mode: it begins in the middle.
    inverse = np.where(degree > 0, 1 / np.sqrt(np.maximum(degree, np.float32(1e-12))), np.float32(0))
    walk = (sparse.diags(inverse) @ graph @ sparse.diags(inverse)).tocsr().astype(np.float32)
    constant = np.sqrt(degree)
    constant /= max(float(np.linalg.norm(constant)), 1e-12)
    with one_thread_each():
        for smoothing in range(_SMOOTHINGS):
            found = (walk @ found + found) / 2
            found -= constant[:, None] * (constant @ found)
            if smoothing % 5 == 4:
                found = np.linalg.qr(found)[0]
        turned = np.linalg.eigh(found.T @ (walk @ found))[1][:, ::-1]
        found = (found @ turned)[:, :dimensions] * inverse[:, None]
    placed = np.zeros((len(found), dimensions), dtype=np.float32)
    placed[:, : found.shape[1]] = found - found.mean(axis=0)
    placed *= _EXTENT / np.maximum(np.abs(placed).max(axis=0), np.float32(1e-12))
    return placed


def lay_out(
    graph: sparse.csr_matrix, start: NDArray[np.float32], *, seed: int, epochs: int, rate: float = 1.0
) -> NDArray[np.float32]:
    """Coordinates float32 [n, dimensions] under the symmetric graph [n, n], from those of `start`.

    `rate` is the first epoch's; it falls evenly to 0. Same input and seed: same result.
    """
    random = np.random.default_rng(seed)
    n = len(start)
    # Points on one place would stay together for ever.
    position = start + random.normal(scale=0.01, size=start.shape).astype(np.float32)
    heaviest = max(float(graph.data.max(initial=0)), 1e-12)
    blocks = [_Block.of(graph, first, min(first + _ROWS, n), heaviest) for first in range(0, n, _ROWS)]
    with one_thread_each():
        for epoch in range(epochs):
            sample = position[random.integers(0, n, _SAMPLE)]
            step = np.float32(rate * (1 - epoch / epochs))
            position = np.concatenate(in_blocks(partial(_moved, blocks, position, sample, step), len(blocks), 1))
    return position


@dataclass(frozen=True, kw_only=True)
class _Block:
    """Some consecutive points and their edges."""

    points: slice
    edges: sparse.csr_matrix
    """[points, n]; its values are replaced at every step"""
    heads: NDArray[np.int64]
    tails: NDArray[np.int64]
    weights: NDArray[np.float32]
    repulsion: NDArray[np.float32]

    @classmethod
    def of(cls, graph: sparse.csr_matrix, first: int, stop: int, heaviest: float) -> _Block:
        edges = graph[first:stop].astype(np.float32)
        weights = edges.data / np.float32(heaviest)
        heads = np.repeat(np.arange(stop - first), np.diff(edges.indptr))
        degree = np.bincount(heads, weights, minlength=stop - first).astype(np.float32)
        return cls(
            points=slice(first, stop),
            edges=edges,
            heads=heads,
            tails=edges.indices.astype(np.int64),
            weights=weights,
            # As many random points push for an edge as UMAP draws for it.
            repulsion=(2 * _REPULSIONS / _SAMPLE * degree)[:, None].astype(np.float32),
        )

    def moved(
        self, position: NDArray[np.float32], sample: NDArray[np.float32], step: np.float32
    ) -> NDArray[np.float32]:
        own = position[self.points]
        # `take` needs a quarter of the time of an index in brackets.
        apart = position.take(self.tails, axis=0) - own.take(self.heads, axis=0)
        self.edges.data = 2 * self.weights / (1 + np.einsum("ij,ij->i", apart, apart))
        move = self.edges @ position - np.asarray(self.edges.sum(axis=1)) * own
        squared = own @ sample.T
        squared *= -2
        squared += np.einsum("ij,ij->i", own, own)[:, None] + np.einsum("ij,ij->i", sample, sample)
        np.maximum(squared, 0, out=squared)
        push = 1 / ((squared + 1) * (squared + _NEAREST_SQUARED))
        move += self.repulsion * (push.sum(axis=1, keepdims=True) * own - push @ sample)
        np.clip(move, -_LARGEST_STEP, _LARGEST_STEP, out=move)
        return np.asarray(own + step * move, dtype=np.float32)


def _moved(
    blocks: list[_Block], position: NDArray[np.float32], sample: NDArray[np.float32], step: np.float32, one: slice
) -> NDArray[np.float32]:
    (block,) = blocks[one]
    return block.moved(position, sample, step)
