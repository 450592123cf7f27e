"""What is coarser and finer than topics: themes that join them, and subtopics that divide them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

FEWEST_THEMES = 4


def coarser_levels(centroids: NDArray[np.float32], sizes: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Themes at half, a quarter, … of the topics' number, down to four: for each level [topics], themes by size.

    Average linkage of the topics' centroids [topics, dimension] by cosine distance. Each level's themes are joined
    from those of the level before.
    """
    count = len(centroids)
    if count < 2 * FEWEST_THEMES:
        return []
    tree = linkage(np.maximum(pdist(centroids.astype(np.float64), "cosine"), 0), method="average")
    levels: list[NDArray[np.int64]] = []
    wanted = count // 2
    while wanted >= FEWEST_THEMES:
        themes = fcluster(tree, wanted, criterion="maxclust").astype(np.int64) - 1
        found = int(themes.max()) + 1
        if found < FEWEST_THEMES:
            break
        order = np.argsort(-np.bincount(themes, sizes, minlength=found), kind="stable")
        levels.append(np.argsort(order)[themes])
        wanted //= 2
    return levels


def finer_level(
    vectors: NDArray[np.float32], labels: NDArray[np.int64], finest: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Subtopics [n] of topics `labels` [n], -1 where there is none.

    A topic in which at least two of the smallest dense regions (`finest` [n], -1: none) have their bulk is divided
    among them, each article to its own or else to that with the nearest centroid; any other topic is one subtopic.
    """
    subtopics = np.full(len(labels), -1, dtype=np.int64)
    used = 0
    regions = int(finest.max(initial=-1)) + 1
    total = np.bincount(finest[finest >= 0], minlength=regions)
    for topic in range(int(labels.max(initial=-1)) + 1):
        members = np.flatnonzero(labels == topic)
        inside = np.bincount(finest[members][finest[members] >= 0], minlength=regions)
        own = np.flatnonzero(inside * 2 > total)
        if len(own) < 2:
            subtopics[members] = used
            used += 1
            continue
        centroids = np.stack([vectors[members[finest[members] == region]].mean(axis=0) for region in own])
        centroids /= np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-12)
        nearest = (vectors[members] @ centroids.T).argmax(axis=1)
        place = np.searchsorted(own, finest[members])
        at_home = np.isin(finest[members], own)
        nearest[at_home] = place[at_home]
        order = np.argsort(-np.bincount(nearest, minlength=len(own)), kind="stable")
        subtopics[members] = used + np.argsort(order)[nearest]
        used += len(own)
    return subtopics
