"""Outliers and later papers, and the topics that they join."""

import numpy as np
import pytest
from numpy.typing import NDArray

from primetime.analysis.joining import take_in_outliers, vote
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


def test_a_later_article_joins_the_topic_of_its_neighbours_only_when_they_agree() -> None:
    theirs = np.array([[0, 0], [0, 1], [-1, -1], [-1, 1]])
    distances = np.array([[0.2, 0.2], [0.1, 0.6], [0.2, 0.2], [0.2, 0.9]], dtype=np.float32)
    assert vote(theirs, distances).tolist() == [0, 0, -1, -1]
    assert vote(np.empty((0, 2), dtype=np.int64), np.empty((0, 2), dtype=np.float32)).tolist() == []
