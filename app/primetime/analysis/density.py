"""Dense regions of a layout and what lies within what: HDBSCAN (Campello, Moulavi & Sander 2013) on a neighbour graph.

The tree of mutual reachability is spanned over each point's nearest points, and over the shortest bridges between the
parts of that graph, so that the cost grows as n log n where the textbook's grows with n squared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import cKDTree

_REACH = 15
# A part is bridged to this many others, the nearest by their centres, and along the tree of all centres.
_BRIDGES = 4
_OUTLIER = -1
_LEAST_LEFT = 0.6


@dataclass(frozen=True, kw_only=True)
class Dendrogram:
    """Single linkage of n points: merge i makes node n + i of two nodes; the last node holds all points."""

    children: NDArray[np.int64]
    """[n - 1, 2]"""
    distances: NDArray[np.float64]
    """[n - 1], ascending: mutual reachability at which the two met"""
    sizes: NDArray[np.int64]
    """[2n - 1], points under each node"""

    @property
    def points(self) -> int:
        return len(self.distances) + 1

    def leaves(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The points in an order in which every node's are consecutive, and each node's first place in it."""
        first = np.zeros(2 * self.points - 1, dtype=np.int64)
        firsts, sizes = first.tolist(), self.sizes.tolist()
        for merge in range(self.points - 2, -1, -1):
            left, right = self.children[merge]
            firsts[left] = firsts[self.points + merge]
            firsts[right] = firsts[left] + sizes[left]
        first = np.asarray(firsts, dtype=np.int64)
        return np.argsort(first[: self.points], kind="stable"), first


def dendrogram(positions: NDArray[np.float32], *, min_samples: int) -> Dendrogram:
    """Single linkage of points [n, few dimensions], n > 1, by mutual reachability with `min_samples` neighbours."""
    n = len(positions)
    reach = min(max(_REACH, min_samples), n - 1)
    # One more: each point's nearest is itself, or one on the same place.
    apart, others = cKDTree(positions).query(positions, reach + 1, workers=-1)
    core = apart[:, min(min_samples - 1, reach)]
    heads, tails = np.repeat(np.arange(n), reach), others[:, 1:].ravel()
    weights = np.maximum(apart[:, 1:].ravel(), np.maximum(core[heads], core[tails]))
    kept = heads != tails
    heads, tails, weights = heads[kept], tails[kept], weights[kept]
    parts, part = connected_components(sparse.csr_matrix((np.ones(len(heads)), (heads, tails)), (n, n)), directed=False)
    if parts > 1:
        near, far, lengths = _bridges(positions, part, parts)
        heads, tails = np.concatenate([heads, near]), np.concatenate([tails, far])
        weights = np.concatenate([weights, np.maximum(lengths, np.maximum(core[near], core[far]))])
    # Of two directions the graph keeps one: they are of equal length. A length of 0 would be no edge.
    edges, first = np.unique(np.minimum(heads, tails) * n + np.maximum(heads, tails), return_index=True)
    lengths = np.maximum(weights[first], 1e-9)
    tree = minimum_spanning_tree(sparse.csr_matrix((lengths, np.divmod(edges, n)), (n, n))).tocoo()
    return _merged(tree.row, tree.col, tree.data, n)


def _bridges(
    positions: NDArray[np.float32], part: NDArray[np.int32], parts: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The shortest edges between near parts of the graph: points, points, and how far apart they are."""
    order = np.argsort(part, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(part, minlength=parts))[:-1])
    centres = np.stack([positions[one].mean(axis=0) for one in members]).astype(np.float64)
    _, nearest = cKDTree(centres).query(centres, min(_BRIDGES + 1, parts))
    pairs = {(min(one, int(other)), max(one, int(other))) for one in range(parts) for other in nearest[one]}
    joined = sparse.csr_matrix((np.ones(len(pairs)), tuple(zip(*sorted(pairs), strict=True))), (parts, parts))
    groups, group = connected_components(joined, directed=False)
    while groups > 1:
        # Join the group of part 0 to the part whose centre is nearest to one of it.
        inside = group == group[0]
        gaps, places = cKDTree(centres[inside]).query(centres[~inside])
        outer = int(gaps.argmin())
        near, far = int(np.flatnonzero(inside)[places[outer]]), int(np.flatnonzero(~inside)[outer])
        pairs.add((min(near, far), max(near, far)))
        group[group == group[far]] = group[0]
        groups -= 1
    trees = [cKDTree(positions[one]) for one in members]
    near_points, far_points, lengths = [], [], []
    for one, other in sorted(pairs):
        if one == other:
            continue
        small, large = sorted((one, other), key=lambda which: (len(members[which]), which))
        gaps, places = trees[large].query(positions[members[small]])
        closest = int(gaps.argmin())
        near_points.append(members[small][closest])
        far_points.append(members[large][places[closest]])
        lengths.append(gaps[closest])
    return np.asarray(near_points), np.asarray(far_points), np.asarray(lengths, dtype=np.float64)


def _merged(heads: NDArray[np.int32], tails: NDArray[np.int32], lengths: NDArray[np.float64], n: int) -> Dendrogram:
    order = np.lexsort((tails, heads, lengths))
    above = list(range(2 * n - 1))
    sizes = [1] * n + [0] * (n - 1)
    children = []

    def top(node: int) -> int:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for merge, (head, tail) in enumerate(zip(heads[order].tolist(), tails[order].tolist(), strict=True)):
        left, right = top(head), top(tail)
        above[left] = above[right] = n + merge
        sizes[n + merge] = sizes[left] + sizes[right]
        children.append((left, right))
    return Dendrogram(
        children=np.asarray(children, dtype=np.int64).reshape(-1, 2),
        distances=lengths[order],
        sizes=np.asarray(sizes, dtype=np.int64),
    )


@dataclass
class _Cluster:
    node: int
    """of the dendrogram, where it came into being"""
    born: float
    """density (1 / distance) of that"""
    parent: int
    stability: float = 0.0
    split: tuple[int, int] | None = None


def clusters(tree: Dendrogram, *, min_size: int, max_size: int = 0, leaves: bool = False) -> list[int]:
    """Nodes of the dendrogram that are clusters: those of most excess of mass, or the smallest of all (`leaves`).

    A cluster has at least `min_size` points and lives until two such parts leave each other. One larger than
    `max_size` (0: any) is taken apart where its parts hold three fifths of it, or else a dense topic would be lost for
    a few splinters of it. All points together are no cluster.
    """
    found = _condensed(tree, min_size)
    if len(found) == 1:
        return []
    best = [0.0] * len(found)
    covered = [0] * len(found)
    chosen = [True] * len(found)
    for number in range(len(found) - 1, -1, -1):
        one = found[number]
        size = int(tree.sizes[one.node])
        best[number], covered[number] = one.stability, size
        if one.split is None:
            continue
        below = sum(best[part] for part in one.split)
        kept = sum(covered[part] for part in one.split)
        too_large = max_size and size > max_size and kept >= _LEAST_LEFT * size
        if number == 0 or leaves or too_large or one.stability < below:
            best[number], covered[number], chosen[number] = below, kept, False
    nodes, waiting = [], [0]
    while waiting:
        one = found[number := waiting.pop()]
        if chosen[number] or one.split is None:
            nodes.append(one.node)
        else:
            waiting.extend(one.split)
    return sorted(nodes)


def _condensed(tree: Dendrogram, min_size: int) -> list[_Cluster]:
    """Clusters of the condensed tree, a parent before its children; the first holds all points."""
    n = tree.points
    sizes, children, distances = tree.sizes.tolist(), tree.children.tolist(), tree.distances.tolist()
    found = [_Cluster(node=2 * n - 2, born=0.0, parent=-1)]
    waiting = [0]
    while waiting:
        number = waiting.pop()
        one = found[number]
        node = one.node
        while node >= n:
            left, right = children[node - n]
            density = 1 / distances[node - n]
            large = [child for child in (left, right) if sizes[child] >= min_size]
            if len(large) == 1:
                one.stability += (sizes[node] - sizes[large[0]]) * (density - one.born)
                node = large[0]
                continue
            one.stability += sizes[node] * (density - one.born)
            if large:
                one.split = (len(found), len(found) + 1)
                waiting.extend(one.split)
                found += [_Cluster(node=child, born=density, parent=number) for child in large]
            break
    return found


def labels_of(tree: Dendrogram, nodes: list[int]) -> NDArray[np.int64]:
    """Labels [n] of the points by the node, of some that do not overlap, which they are under; -1: none."""
    order, first = tree.leaves()
    labels = np.full(tree.points, _OUTLIER, dtype=np.int64)
    for label, node in enumerate(nodes):
        labels[order[first[node] : first[node] + tree.sizes[node]]] = label
    return labels
