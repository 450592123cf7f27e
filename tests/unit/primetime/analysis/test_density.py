import numpy as np
import pytest
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from primetime.analysis.density import clusters, dendrogram, labels_of


def blobs(centres: int, each: int, *, seed: int, dimensions: int = 3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    middle = random.uniform(-20, 20, (centres, dimensions))
    truth = np.repeat(np.arange(centres), each)
    return (middle[truth] + random.normal(size=(centres * each, dimensions))).astype(np.float32), truth


@pytest.mark.parametrize("seed", range(5))
def test_the_same_clusters_as_the_textbooks_quadratic_way(seed: int) -> None:
    points, _ = blobs(7, 60, seed=seed)
    theirs = HDBSCAN(min_cluster_size=12, min_samples=8, copy=True).fit_predict(points)
    tree = dendrogram(points, min_samples=8)
    assert adjusted_rand_score(theirs, labels_of(tree, clusters(tree, min_size=12))) > 0.95


def test_every_merge_joins_all_points_once() -> None:
    points, _ = blobs(5, 30, seed=1)
    tree = dendrogram(points, min_samples=5)
    assert (np.diff(tree.distances) >= 0).all()
    assert sorted(tree.children.ravel()) == list(range(2 * len(points) - 2))
    assert tree.sizes[-1] == len(points)
    order, first = tree.leaves()
    assert sorted(order) == list(range(len(points)))
    for merge, (left, right) in enumerate(tree.children):
        node = len(points) + merge
        under = set(order[first[node] : first[node] + tree.sizes[node]])
        parts = [set(order[first[one] : first[one] + tree.sizes[one]]) for one in (left, right)]
        assert parts[0] | parts[1] == under
        assert not parts[0] & parts[1]


def test_the_smallest_regions_lie_within_the_larger_ones() -> None:
    points, _ = blobs(8, 80, seed=3)
    tree = dendrogram(points, min_samples=5)
    coarse = labels_of(tree, clusters(tree, min_size=40))
    fine = labels_of(tree, clusters(tree, min_size=5, leaves=True))
    assert fine.max() > coarse.max()
    for region in range(fine.max() + 1):
        assert len(set(coarse[fine == region])) == 1


def test_a_cluster_that_is_too_large_is_taken_apart() -> None:
    random = np.random.default_rng(0)
    points = np.concatenate([random.normal(m, 1, (100, 2)) for m in (0, 6, 60)]).astype(np.float32)
    tree = dendrogram(points, min_samples=5)
    assert labels_of(tree, clusters(tree, min_size=20, max_size=150)).max() == 2


@pytest.mark.parametrize("points", [np.zeros((40, 3)), np.repeat([[0.0, 0, 0], [9, 9, 9]], 20, axis=0)])
def test_points_on_one_place_are_no_error(points: np.ndarray) -> None:
    tree = dendrogram(points.astype(np.float32), min_samples=5)
    labels = labels_of(tree, clusters(tree, min_size=10))
    assert len(labels) == 40
    assert tree.sizes[-1] == 40


def test_points_far_and_wide_are_in_no_cluster() -> None:
    points = np.random.default_rng(2).uniform(size=(60, 5)).astype(np.float32)
    tree = dendrogram(points, min_samples=5)
    assert clusters(tree, min_size=50) == []
    assert (labels_of(tree, []) == -1).all()


def test_a_large_cluster_is_not_given_up_for_a_few_splinters_of_it() -> None:
    random = np.random.default_rng(0)
    one = random.normal(size=(400, 2))
    splinters = [random.normal(middle, 0.02, (25, 2)) for middle in ((2.5, 0), (-2.5, 0))]
    points = np.concatenate([one, *splinters, random.normal(60, 1, (100, 2))]).astype(np.float32)
    tree = dendrogram(points, min_samples=10)
    labels = labels_of(tree, clusters(tree, min_size=25, max_size=200))
    assert (labels[:400] >= 0).mean() > 0.8
    assert len(set(labels[450:])) == 1
