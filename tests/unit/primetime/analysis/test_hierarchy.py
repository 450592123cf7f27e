from itertools import pairwise

import numpy as np

from primetime.analysis.hierarchy import coarser_levels, finer_level
from primetime.encoder.pooling import to_unit_length


def nested(fields: int, each: int) -> np.ndarray:
    random = np.random.default_rng(4)
    field = random.normal(size=(fields, 40))
    return to_unit_length(np.repeat(field, each, axis=0) + 0.3 * random.normal(size=(fields * each, 40)))


def test_themes_join_the_topics_that_belong_together() -> None:
    levels = coarser_levels(nested(4, 4), np.full(16, 10))
    assert [level.max() + 1 for level in levels] == [8, 4]
    assert len({tuple(levels[1][4 * one : 4 * one + 4]) for one in range(4)}) == 4
    for one in range(4):
        assert len(set(levels[1][4 * one : 4 * one + 4])) == 1


def test_each_level_is_joined_from_the_one_before() -> None:
    levels = coarser_levels(nested(9, 5), np.arange(45) + 1)
    for finer, coarser in pairwise(levels):
        for theme in range(finer.max() + 1):
            assert len(set(coarser[finer == theme])) == 1


def test_themes_are_numbered_by_their_articles() -> None:
    sizes = np.arange(45) + 1
    for level in coarser_levels(nested(9, 5), sizes):
        articles = np.bincount(level, sizes)
        assert (np.diff(articles) <= 0).all()


def test_few_topics_have_no_themes() -> None:
    assert coarser_levels(nested(7, 1), np.ones(7, dtype=int)) == []
    assert coarser_levels(nested(1, 1), np.ones(1, dtype=int)) == []


def test_a_topic_is_divided_among_its_dense_regions_and_every_article_is_in_one() -> None:
    vectors = to_unit_length(np.repeat(np.eye(4), 6, axis=0) + 0.01)
    labels = np.repeat([0, 0, 1, -1], 6)
    finest = np.repeat([0, 1, 2, -1], 6)
    finest[[0, 6]] = -1  # in the topic, in none of its dense regions
    subtopics = finer_level(vectors, labels, finest)
    assert subtopics.tolist() == np.repeat([0, 1, 2, -1], 6).tolist()


def test_a_topic_with_one_dense_region_is_its_own_subtopic() -> None:
    vectors = to_unit_length(np.ones((10, 3)))
    assert finer_level(vectors, np.zeros(10, dtype=int), np.full(10, -1)).tolist() == [0] * 10
