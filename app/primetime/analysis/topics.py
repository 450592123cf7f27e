"""Articles to topics: dense regions of a layout of the neighbour graph, and the articles that clearly belong to one.

docs/topics.md has what else was tried, and the figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from primetime.analysis.density import Dendrogram, clusters, dendrogram, labels_of
from primetime.analysis.graph import fuzzy_graph
from primetime.analysis.hierarchy import coarser_levels, finer_level
from primetime.analysis.joining import OUTLIER, centroids_of, settle, take_in_outliers
from primetime.analysis.layout import MAP_EPOCHS, RESUMED_RATE, TOPIC_EPOCHS, lay_out, modes, projections
from primetime.analysis.neighbours import InvertedFile, Neighbours
from primetime.errors import BadInput

FEWEST_ARTICLES = 30
NEIGHBOURS = 15
CLUSTERING_DIMENSIONS = 5
REPRESENTATIVE = 8


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How finely articles are grouped. 0: chosen from the number of articles."""

    neighbours: int = NEIGHBOURS
    smallest_subtopic: int = 5
    smallest_topic: int = 0
    min_samples: int = 0

    def of(self, n: int) -> Sizes:
        """The sizes for n articles, none of them 0."""
        smallest = max(self.smallest_topic or default_topic_size(n), 2)
        return Sizes(
            neighbours=min(self.neighbours, n - 1),
            smallest_subtopic=min(max(self.smallest_subtopic, 2), smallest),
            smallest_topic=smallest,
            min_samples=min(self.min_samples or min(10, smallest), n),
        )


@dataclass(frozen=True, kw_only=True)
class Partition:
    """n articles in topics numbered by size, largest first."""

    labels: NDArray[np.int64]
    """[n], topic or -1"""
    dense: NDArray[np.int64]
    """[n], the same before outliers were taken in and borders settled"""
    count: int
    """of topics"""
    file: InvertedFile
    """of the articles' vectors"""
    neighbours: Neighbours
    graph: sparse.csr_matrix
    sizes: Sizes

    def members(self, topic: int) -> NDArray[np.int64]:
        return np.flatnonzero(self.labels == topic)


@dataclass(frozen=True, kw_only=True)
class Topics(Partition):
    """The same, and what is coarser and finer, and where all is on the map."""

    subtopics: NDArray[np.int64]
    """[n], subtopic or -1; those of a topic have consecutive numbers, the largest first"""
    themes: list[NDArray[np.int64]]
    """for each coarser level, finest first: [topics], the theme that each topic is part of, by size"""
    coordinates: NDArray[np.float32]
    """[n, 2], place on the map"""
    centroids: NDArray[np.float32]
    """[topics, dimension], unit length"""
    centres: NDArray[np.float32]
    """[topics, 2], where the topic's name belongs on the map"""


def find_topics(
    vectors: NDArray[np.float32],
    *,
    seed: int,
    sizes: Sizes | None = None,
    earlier_map: NDArray[np.float32] | None = None,
    same_model: bool = True,
) -> Topics:
    """Group unit vectors [n, dimension] into topics, with themes and subtopics, and place them on a map.

    `earlier_map` [n, 2] has the articles' places on the map before, NaN for new ones; the new map keeps to them. With
    `same_model` false it was laid from another model's vectors: the new map begins there, and goes wherever these lead.
    Same input and seed: same result, whatever the number of cores.
    Raises BadInput for too few articles, vectors of zeros, articles all alike, or none dense enough to be a topic.
    """
    found, tree = _partitioned(vectors, seed=seed, sizes=sizes)
    finest = labels_of(tree, clusters(tree, min_size=found.sizes.smallest_subtopic, leaves=True))
    centroids = centroids_of(vectors, found.labels, found.count)
    coordinates = _map(vectors, found.graph, earlier_map, same_model, seed)
    return Topics(
        **vars(found),
        subtopics=finer_level(vectors, found.labels, finest),
        themes=coarser_levels(centroids, np.bincount(found.labels[found.labels >= 0], minlength=found.count)),
        coordinates=coordinates,
        centroids=centroids,
        # The median stays with the topic's bulk when a few of its articles lie elsewhere on the map.
        centres=np.stack([np.median(coordinates[found.labels == topic], axis=0) for topic in range(found.count)]),
    )


def partition(vectors: NDArray[np.float32], *, seed: int, sizes: Sizes | None = None) -> Partition:
    """The topics of `find_topics` alone, without what is coarser or finer and without the map."""
    return _partitioned(vectors, seed=seed, sizes=sizes)[0]


def _partitioned(vectors: NDArray[np.float32], *, seed: int, sizes: Sizes | None) -> tuple[Partition, Dendrogram]:
    n = len(vectors)
    check_vectors(vectors)
    sizes = (sizes or Sizes()).of(n)
    file = InvertedFile.of(vectors, seed=seed)
    neighbours = file.neighbours(sizes.neighbours)
    graph = fuzzy_graph(neighbours)
    start = projections(vectors, dimensions=CLUSTERING_DIMENSIONS, seed=seed)
    tree = density_tree(start, graph, sizes, seed=seed)
    dense = dense_regions(tree, sizes, largest=largest_topic_size(n))
    labels = settle(vectors, take_in_outliers(vectors, dense), neighbours.indices)
    count = int(labels.max(initial=OUTLIER)) + 1
    if count == 0:
        raise BadInput(
            f"no {sizes.smallest_topic} of the {n} articles are close enough together to be a topic",
            remedy="lower PRIMETIME_TOPIC_MIN_ARTICLES or import more articles",
        )
    rank = _largest_first(labels, count)
    found = Partition(
        labels=rank[labels],
        dense=rank[dense],
        count=count,
        file=file,
        neighbours=neighbours,
        graph=graph,
        sizes=sizes,
    )
    return found, tree


def check_vectors(vectors: NDArray[np.float32]) -> None:
    """Raise BadInput for vectors that cannot be grouped, saying why."""
    n = len(vectors)
    if n < FEWEST_ARTICLES:
        raise BadInput(
            f"{n} article{'' if n == 1 else 's'} with a vector cannot be grouped into topics, {FEWEST_ARTICLES} can",
            remedy="import more articles and run `primetime embed`",
        )
    longest = np.maximum(vectors.max(axis=1), -vectors.min(axis=1))
    useless = int((longest == 0).sum())
    broken = useless or int((~np.isfinite(longest)).sum())
    if broken:
        raise BadInput(
            f"{broken} of the {n} articles have a vector of zeros, or of no numbers",
            remedy="rebuild the model with `primetime model build`, which makes all vectors anew",
        )
    if np.ptp(vectors, axis=0).max() < 1e-4:
        raise BadInput("all articles have the same vector, so there are no topics", remedy="import other articles")


def density_tree(projected: NDArray[np.float32], graph: sparse.csr_matrix, sizes: Sizes, *, seed: int) -> Dendrogram:
    """What lies within what in a layout of the graph [n, n], begun from the vectors' projections [n, more]."""
    start = modes(projected, graph, dimensions=CLUSTERING_DIMENSIONS)
    placed = lay_out(graph, start, seed=seed, epochs=TOPIC_EPOCHS)
    return dendrogram(placed, min_samples=sizes.min_samples)


def dense_regions(tree: Dendrogram, sizes: Sizes, *, largest: int) -> NDArray[np.int64]:
    """Labels [n] of the dense regions that are topics, -1: none; none has more than `largest` articles if it can be
    taken apart."""
    return labels_of(tree, clusters(tree, min_size=sizes.smallest_topic, max_size=largest))


def default_topic_size(n: int) -> int:
    """The smallest topic of n articles: 5 to about 400 of them, then as a quarter of the square root of n."""
    return max(5, round(0.25 * math.sqrt(n)))


def largest_topic_size(n: int) -> int:
    """Above this a topic is taken apart: without it, half of a corpus about one field can come out as one topic."""
    return max(400, n // 10)


def representatives(vectors: NDArray[np.float32], topics: Topics, topic: int) -> NDArray[np.int64]:
    """Indices of the topic's articles nearest to its centroid, nearest first, at most eight."""
    members = topics.members(topic)
    similarity = vectors[members] @ topics.centroids[topic]
    return members[np.argsort(-similarity, kind="stable")[:REPRESENTATIVE]]


def _map(
    vectors: NDArray[np.float32],
    graph: sparse.csr_matrix,
    earlier: NDArray[np.float32] | None,
    same_model: bool,
    seed: int,
) -> NDArray[np.float32]:
    known = None if earlier is None else ~np.isnan(earlier[:, 0])
    if earlier is None or known is None or known.mean() < 0.5:
        return lay_out(
            graph,
            modes(projections(vectors, dimensions=2, seed=seed), graph, dimensions=2),
            seed=seed,
            epochs=MAP_EPOCHS,
        )
    if known.all() and same_model:
        return earlier
    # A new article begins among those of its neighbours that have a place, or in the middle.
    placed = np.where(known[:, None], earlier, 0).astype(np.float32)
    for _ in range(3):
        weights = graph.multiply(known[None, :].astype(np.float32)).tocsr()
        total = np.asarray(weights.sum(axis=1)).ravel()
        found = ~known & (total > 0)
        placed[found] = (weights @ placed)[found] / total[found, None]
        known = known | found
    return lay_out(graph, placed, seed=seed, epochs=MAP_EPOCHS, rate=RESUMED_RATE if same_model else 1.0)


def _largest_first(labels: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """[count + 1]: each label's place by size; the last entry, which -1 picks, stays -1."""
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    rank = np.empty(count + 1, dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(count)
    rank[count] = OUTLIER
    return rank
