"""How certain it is that a topic is one: its agreement with what is found among fewer of the articles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from primetime.analysis.layout import projections
from primetime.analysis.topics import (
    CLUSTERING_DIMENSIONS,
    Partition,
    Sizes,
    dense_regions,
    density_tree,
    largest_topic_size,
)

SHARE = 0.8


def stability(vectors: NDArray[np.float32], topics: Partition, *, repeats: int, seed: int) -> NDArray[np.float64]:
    """Agreement [topics], 0..1, of each topic with the most like one found among 80 % of the articles, on average.

    Hennig's (2007) cluster-wise assessment by subsets: the Jaccard index of the dense regions, from the same neighbour
    graph without the articles left out. Hennig calls .75 stable and less than .6 not to be trusted.
    Empty where `repeats` is 0.
    """
    if repeats == 0:
        return np.empty(0)
    n = len(vectors)
    random = np.random.default_rng(seed)
    kept = round(SHARE * n)
    sizes = Sizes(
        neighbours=topics.sizes.neighbours,
        smallest_subtopic=topics.sizes.smallest_subtopic,
        smallest_topic=max(round(SHARE * topics.sizes.smallest_topic), 2),
        min_samples=topics.sizes.min_samples,
    )
    agreement = np.zeros(topics.count)
    for _ in range(repeats):
        chosen = np.sort(random.choice(n, kept, replace=False))
        again = int(random.integers(2**31))
        # Of all and then of some, as the chosen vectors by themselves would be most of them once more.
        projected = projections(vectors, dimensions=CLUSTERING_DIMENSIONS, seed=again)[chosen]
        tree = density_tree(projected, topics.graph[chosen][:, chosen], sizes, seed=again)
        found = dense_regions(tree, sizes, largest=largest_topic_size(n))
        agreement += jaccard(topics.dense[chosen], found, topics.count).max(axis=1, initial=0)
    return agreement / repeats


def jaccard(first: NDArray[np.int64], second: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Jaccard index [count, groups of `second`] of the groups of two labellings [n] of the same points; -1: none."""
    others = int(second.max(initial=-1)) + 1
    both = (first >= 0) & (second >= 0)
    shared = sparse.csr_matrix((np.ones(int(both.sum())), (first[both], second[both])), shape=(count, others)).toarray()
    sizes = np.bincount(first[first >= 0], minlength=count)
    theirs = np.bincount(second[second >= 0], minlength=others)
    return np.asarray(shared / np.maximum(sizes[:, None] + theirs[None, :] - shared, 1))
