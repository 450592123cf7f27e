"""Articles made ready once to be compared: the graph of nearest articles and the distance to earlier work are of it.

Up to 20,000 articles every pair is compared, in blocks that a processor's cache holds. Above, articles are sorted into
cells around sampled centres, and each is compared with those of the cells nearest to its own (an inverted file, Jégou,
Douze & Schmid 2011): cost grows with n, not with its square, and some neighbours are missed.
"""

from __future__ import annotations

from collections.abc import Callable
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
_BLOCK = 512
# The k best of a row are among the k groups with the best maxima: the groups are sorted, not the row.
_GROUP = 16
_ROUNDS = 4
_NEVER = np.float32(-2)

Vectors = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The nearest neighbours of each of n points."""

    indices: Indices
    """[n, k], nearest first, the point itself left out"""
    distances: NDArray[np.float32]
    """[n, k], cosine distance, 0..2"""


@dataclass(frozen=True, kw_only=True)
class InvertedFile:
    """Unit vectors [n, dimension], sorted into cells, and for each cell the cells by their centres' nearness to it.

    What is nearest is exact where there is one cell. Ties go to the lower index. Same input and seed: same result.
    """

    vectors: Vectors
    order: Indices
    """[n], the points cell by cell"""
    bounds: Indices
    """[cells + 1], where each cell begins in `order`"""
    centres: Vectors
    """[cells, dimension]"""
    nearest: Indices
    """[cells, cells], the cell itself first"""
    probes: int

    @classmethod
    def of(
        cls, vectors: Vectors, *, seed: int = 0, exact_up_to: int = EXACT_UP_TO, probes: int = PROBES
    ) -> InvertedFile:
        """Of unit vectors, which are not copied; one cell for up to `exact_up_to`."""
        n = len(vectors)
        if n <= exact_up_to:
            return cls(
                vectors=vectors,
                order=np.arange(n),
                bounds=np.asarray([0, n]),
                centres=vectors[:1],
                nearest=np.zeros((1, 1), dtype=np.int64),
                probes=1,
            )
        with one_thread_each():
            centres = _centres(vectors, max(n // CELL, 1), seed)
            cell = _nearest_centre(vectors, centres)
            near = np.argsort(-(centres @ centres.T), axis=1, kind="stable")
        order, bounds = _sorted_into(cell, len(centres))
        # Of equal centres each is its own first.
        own = near == np.arange(len(centres))[:, None]
        return cls(
            vectors=vectors,
            order=order,
            bounds=bounds,
            centres=centres,
            nearest=np.take_along_axis(near, np.argsort(~own, axis=1, kind="stable"), axis=1),
            probes=probes,
        )

    @property
    def cells(self) -> int:
        return len(self.bounds) - 1

    def neighbours(self, k: int) -> Neighbours:
        """The k nearest of each point, k < n."""
        n = len(self.vectors)
        if not 0 < k < n:
            raise ValueError(f"{k} neighbours of {n} points cannot be had")
        indices = np.empty((n, k), dtype=np.int64)
        distances = np.empty((n, k), dtype=np.float32)

        def compare(rows: Indices, candidates: Indices, theirs: Vectors) -> None:
            indices[rows], distances[rows] = _best(self.vectors[rows], theirs, candidates, k, rows)

        self._in_cells(self.order, self.bounds, lambda cell, _: self._around(cell, k + 1), compare)
        return Neighbours(indices=indices, distances=distances)

    def nearest_of(self, new: Vectors, k: int) -> Neighbours:
        """Of each new unit vector [m, dimension] the k nearest points, k <= n."""
        indices = np.empty((len(new), k), dtype=np.int64)
        distances = np.empty((len(new), k), dtype=np.float32)

        def compare(rows: Indices, candidates: Indices, theirs: Vectors) -> None:
            indices[rows], distances[rows] = _best(new[rows], theirs, candidates, k)

        with one_thread_each():
            cell = np.zeros(len(new), dtype=np.int64) if self.cells == 1 else _nearest_centre(new, self.centres)
        self._in_cells(*_sorted_into(cell, self.cells), lambda cell, _: self._around(cell, k), compare)
        return Neighbours(indices=indices, distances=distances)

    def earlier(self, rows: Indices, years: Indices, k: int) -> Neighbours:
        """Of each of the points `rows` [m] the k nearest of earlier years than its own.

        `years` [n], unknown ones 0, which are earlier than none. Where fewer than k are earlier: -1, distances NaN.
        """
        indices = np.full((len(rows), k), -1, dtype=np.int64)
        distances = np.full((len(rows), k), np.nan, dtype=np.float32)
        own = years[rows]
        known = np.flatnonzero(np.searchsorted(np.sort(years[years > 0]), own) >= k)
        home = np.empty(len(self.order), dtype=np.int64)
        home[self.order] = np.repeat(np.arange(self.cells), np.diff(self.bounds))
        # By year within a cell, so that what is compared at once has few years.
        order = known[np.lexsort((own[known], home[rows[known]]))]
        bounds = np.searchsorted(home[rows[order]], np.arange(self.cells + 1))

        def candidates(cell: int, of: Indices) -> Indices:
            dated = years > 0
            found = self._around(cell, k, dated & (years < own[of].min()))
            found = found[dated[found]]
            return found[np.argsort(years[found], kind="stable")]

        def compare(of: Indices, candidates: Indices, theirs: Vectors) -> None:
            ascending = years[candidates]
            for year in np.unique(own[of]):
                now = of[own[of] == year]
                until = int(np.searchsorted(ascending, year))
                indices[now], distances[now] = _best(self.vectors[rows[now]], theirs[:until], candidates[:until], k)

        self._in_cells(order, bounds, candidates, compare)
        return Neighbours(indices=indices, distances=distances)

    def _in_cells(
        self,
        order: Indices,
        bounds: Indices,
        candidates: Callable[[int, Indices], Indices],
        compare: Callable[[Indices, Indices, Vectors], None],
    ) -> None:
        """`compare` each cell's rows, `order` within `bounds`, with its candidates and their vectors."""

        def compare_cell(one: slice) -> None:
            rows = order[bounds[one.start] : bounds[one.stop]]
            if len(rows):
                chosen = candidates(one.start, rows)
                theirs = self.vectors[chosen]
                for start in range(0, len(rows), _BLOCK):
                    compare(rows[start : start + _BLOCK], chosen, theirs)

        with one_thread_each():
            if self.cells > 1:
                in_blocks(compare_cell, self.cells, 1)
            elif len(order):
                chosen = candidates(0, order)
                theirs = self.vectors[chosen]
                in_blocks(lambda rows: compare(order[rows], chosen, theirs), len(order), _BLOCK)

    def _around(self, cell: int, at_least: int, among: NDArray[np.bool_] | None = None) -> Indices:
        """The points of the nearest cells, ascending; of more cells where too few of them are `among` [n] those."""
        probes = self.probes
        while True:
            near = self.nearest[cell, :probes]
            found = np.sort(np.concatenate([self.order[self.bounds[one] : self.bounds[one + 1]] for one in near]))
            if probes >= self.cells or (len(found) if among is None else among[found].sum()) >= at_least:
                return found
            probes *= 2


def _centres(vectors: Vectors, count: int, seed: int) -> Vectors:
    """Spherical k-means (Dhillon & Modha 2001) of a sample."""
    random = np.random.default_rng(seed)
    sample = vectors[np.sort(random.choice(len(vectors), min(len(vectors), 40 * count), replace=False))]
    centres = sample[np.sort(random.choice(len(sample), count, replace=False))]
    for _ in range(_ROUNDS):
        cell = _nearest_centre(sample, centres)
        sums = sparse.csr_matrix((np.ones(len(sample), np.float32), (cell, np.arange(len(sample)))),
                                 shape=(count, len(sample))) @ sample  # fmt: skip
        filled = np.flatnonzero(np.bincount(cell, minlength=count))
        centres = centres.copy()
        centres[filled] = sums[filled] / np.maximum(np.linalg.norm(sums[filled], axis=1, keepdims=True), 1e-12)
    return centres


def _nearest_centre(vectors: Vectors, centres: Vectors) -> Indices:
    found = in_blocks(lambda rows: (vectors[rows] @ centres.T).argmax(axis=1), len(vectors), 1024)
    return np.concatenate([np.empty(0, dtype=np.int64), *found])


def _sorted_into(cell: Indices, cells: int) -> tuple[Indices, Indices]:
    """The order [n] cell by cell, and where each cell begins in it [cells + 1]."""
    return np.argsort(cell, kind="stable"), np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=cells))])


def _best(
    rows: Vectors, theirs: Vectors, candidates: Indices, k: int, themselves: Indices | None = None
) -> tuple[Indices, NDArray[np.float32]]:
    """The k best of `candidates` [c], whose vectors are `theirs` [c, dimension], for each row.

    `themselves` are the rows' own numbers, where they are among the candidates, ascending: no row is its own nearest.
    """
    groups = max(-(-len(candidates) // _GROUP), k)
    similarity = np.empty((len(rows), groups * _GROUP), dtype=np.float32)
    similarity[:, len(candidates) :] = _NEVER
    np.matmul(rows, theirs.T, out=similarity[:, : len(candidates)])
    if themselves is not None:
        similarity[np.arange(len(rows)), np.searchsorted(candidates, themselves)] = _NEVER
    grouped = similarity.reshape(len(rows), _GROUP, groups)
    kept = np.argpartition(grouped.max(axis=1), groups - k, axis=1)[:, groups - k :]
    values = np.take_along_axis(grouped, kept[:, None, :], axis=2).reshape(len(rows), -1)
    places = (kept[:, None, :] + np.arange(0, groups * _GROUP, groups)[None, :, None]).reshape(len(rows), -1)
    values, places = _first(values, places, k)
    return candidates[np.minimum(places, len(candidates) - 1)], np.maximum(1 - values, 0)


def _first(values: NDArray[np.float32], places: Indices, k: int) -> tuple[NDArray[np.float32], Indices]:
    """The k largest of each row of `values` and their places, in the order of falling value, then of rising place.

    Value and place are sorted as one whole number, which takes a twentieth of the time of sorting by two keys: a
    float's bits, taken as an integer, rise with the float; those of negative ones fall, but for the sign.
    """
    bits = values.view(np.int32)
    falling = ~(bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF)))
    keys = np.sort((falling.astype(np.int64) << 32) | places, axis=1)[:, :k]
    bits = ~(keys >> 32).astype(np.int32)
    return (bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF))).view(np.float32), keys & 0xFFFFFFFF
