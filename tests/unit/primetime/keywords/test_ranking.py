import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.keywords.ranking import group, maximal_marginal_relevance


def unit(*rows: tuple[float, ...]) -> np.ndarray:
    vectors = np.asarray(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_twin_waits_for_something_different() -> None:
    vectors = unit((1, 0.02), (1, 0), (0.6, 0.8))
    relevance = vectors @ unit((1, 0.1))[0]
    assert maximal_marginal_relevance(relevance, vectors, count=3, diversity=0.5) == [0, 2, 1]
    assert maximal_marginal_relevance(relevance, vectors, count=3, diversity=0.0) == [0, 1, 2]


@given(st.integers(0, 12), st.integers(1, 9), st.floats(0, 1))
def test_each_is_chosen_once_and_the_best_first(size: int, count: int, diversity: float) -> None:
    rng = np.random.default_rng(size)
    vectors = unit(*rng.normal(size=(size, 4))) if size else np.empty((0, 4), dtype=np.float32)
    relevance = vectors @ vectors[0] if size else np.empty(0, dtype=np.float32)
    chosen = maximal_marginal_relevance(relevance, vectors, count=count, diversity=diversity)
    assert len(chosen) == len(set(chosen)) == min(count, size)
    if chosen:
        assert relevance[chosen[0]] == pytest.approx(relevance.max())


def test_what_means_the_same_is_one_group() -> None:
    vectors = unit((1, 0), (0, 1), (0.9, 0.3), (0.1, 1))
    assert group(vectors, likeness=0.8) == [[0, 2], [1, 3]]
    assert group(vectors, likeness=1.1) == [[0], [1], [2], [3]]
    assert group(np.empty((0, 2), dtype=np.float32), likeness=0.5) == []
