import numpy as np

from primetime.analysis.stability import jaccard, stability
from primetime.analysis.topics import find_topics
from primetime.encoder.pooling import to_unit_length


def test_clear_topics_are_stable_and_blurred_ones_less() -> None:
    random = np.random.default_rng(0)
    clear = np.repeat(random.normal(size=(4, 40)), 60, axis=0)
    blurred = np.repeat(random.normal(size=(1, 40)) + 0.35 * random.normal(size=(5, 40)), 40, axis=0)
    vectors = to_unit_length(np.concatenate([clear, blurred]) + 0.35 * random.normal(size=(440, 40)))
    found = find_topics(vectors, seed=1)
    certain = stability(vectors, found, repeats=5, seed=1)
    assert len(certain) == found.count
    assert ((certain >= 0) & (certain <= 1)).all()
    of_clear = [certain[topic] for topic in range(found.count) if (found.members(topic) < 240).all()]
    of_blurred = [certain[topic] for topic in range(found.count) if (found.members(topic) >= 240).all()]
    assert len(of_clear) == 4
    assert min(of_clear) > 0.8
    assert np.mean(of_blurred) < np.mean(of_clear)
    assert certain.tolist() == stability(vectors, found, repeats=5, seed=1).tolist()


def test_no_repeats_say_nothing() -> None:
    vectors = to_unit_length(np.random.default_rng(0).normal(size=(60, 3)))
    assert len(stability(vectors, find_topics(vectors, seed=1), repeats=0, seed=1)) == 0


def test_jaccard_counts_shared_over_all() -> None:
    first = np.array([0, 0, 0, 1, 1, -1])
    second = np.array([1, 1, -1, 0, -1, 0])
    assert np.allclose(jaccard(first, second, 2), [[0, 2 / 3], [1 / 3, 0]])


def test_nothing_found_agrees_with_nothing() -> None:
    assert jaccard(np.array([0, 0]), np.array([-1, -1]), 1).shape == (1, 0)
