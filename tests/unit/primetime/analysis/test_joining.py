"""Outliers and later papers, and the topics that they join."""

import numpy as np
import pytest
from numpy.typing import NDArray

from primetime.analysis.joining import settle, take_in_outliers, vote
from primetime.encoder.pooling import to_unit_length


@pytest.fixture
def around() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """300 articles around each of three directions."""
    random = np.random.default_rng(4)
    truth = np.repeat(np.arange(3), 300)
    noise = random.normal(size=(900, 20)) * 0.3 / np.sqrt(20)
    return to_unit_length((np.eye(20)[truth] + noise).astype(np.float32)), truth


def test_an_outlier_as_near_to_a_topic_as_its_own_articles_joins_it(
    around: tuple[NDArray[np.float32], NDArray[np.int64]],
) -> None:
    vectors, truth = around
    dense = truth.copy()
    left_out = np.arange(0, 900, 9)
    dense[left_out] = -1
    labels = take_in_outliers(vectors, dense)
    assert (labels[dense >= 0] == truth[dense >= 0]).all()
    joined = labels[left_out] >= 0
    assert (labels[left_out][joined] == truth[left_out][joined]).all()
    assert joined.mean() > 0.95


def test_an_outlier_far_from_every_topic_stays_one(around: tuple[NDArray[np.float32], NDArray[np.int64]]) -> None:
    vectors, truth = around
    strange = to_unit_length(np.eye(20, dtype=np.float32)[[10, 11]] + np.eye(20, dtype=np.float32)[0] * 0.3)
    labels = take_in_outliers(np.concatenate([vectors, strange]), np.append(truth, [-1, -1]))
    assert labels[-2:].tolist() == [-1, -1]


@pytest.mark.parametrize("dense", [[-1, -1], [0, 0]])
def test_without_topics_or_outliers_all_stays(dense: list[int]) -> None:
    vectors = np.eye(2, dtype=np.float32)
    assert take_in_outliers(vectors, np.array(dense)).tolist() == dense


def nearest_ten(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -1)
    return np.argsort(-similarity, axis=1)[:, :10]


def test_an_article_in_the_wrong_region_goes_where_its_neighbours_and_the_nearest_centre_are(
    around: tuple[NDArray[np.float32], NDArray[np.int64]],
) -> None:
    vectors, truth = around
    near = nearest_ten(vectors)
    astray = truth.copy()
    astray[::30] = (astray[::30] + 1) % 3
    assert settle(vectors, astray, near).tolist() == truth.tolist()
    astray[1::30] = -1
    assert (settle(vectors, astray, near)[1::30] == -1).all(), "an outlier stays one"


def test_an_article_stays_where_most_of_its_neighbours_are_though_another_centre_is_nearer(
    around: tuple[NDArray[np.float32], NDArray[np.int64]],
) -> None:
    vectors, truth = around
    long = truth.copy()  # a region of another shape than a ball: all of the second and a corner of the first
    corner = np.argsort(vectors[:300, 5])[:20]
    long[corner] = 1
    near = np.tile(corner[:10], (900, 1))
    assert settle(vectors, long, near)[corner].tolist() == [1] * 20


def test_no_topic_is_emptied(around: tuple[NDArray[np.float32], NDArray[np.int64]]) -> None:
    vectors, _ = around
    labels = np.full(900, -1)
    labels[:3] = [0, 0, 1]
    near = np.zeros((900, 1), dtype=np.int64)
    near[:3, 0] = [1, 0, 0]
    vectors[2] = vectors[0]  # of topic 1 alone, nearer to topic 0 and with its neighbour there
    vectors[1] = vectors[0]
    assert settle(vectors, labels, near)[:3].tolist() == [0, 0, 1]


def test_one_topic_or_none_has_nothing_to_settle() -> None:
    vectors = np.eye(2, dtype=np.float32)
    for labels in ([-1, -1], [0, 0], [0, -1]):
        assert settle(vectors, np.array(labels), np.array([[1], [0]])).tolist() == labels


def test_a_later_article_joins_the_topic_of_its_neighbours_only_when_they_agree() -> None:
    theirs = np.array([[0, 0], [0, 1], [-1, -1], [-1, 1]])
    distances = np.array([[0.2, 0.2], [0.1, 0.6], [0.2, 0.2], [0.2, 0.9]], dtype=np.float32)
    assert vote(theirs, distances).tolist() == [0, 0, -1, -1]
    assert vote(np.empty((0, 2), dtype=np.int64), np.empty((0, 2), dtype=np.float32)).tolist() == []
