import numpy as np
import pytest

from primetime.analysis.near_duplicates import near_duplicates
from primetime.analysis.neighbours import InvertedFile
from primetime.encoder.pooling import to_unit_length


def test_pairs_are_found_once_with_their_cosine() -> None:
    random = np.random.default_rng(2)
    vectors = to_unit_length(random.normal(size=(60, 24)))
    vectors[[40, 50]] = to_unit_length(vectors[[3, 7]] + random.normal(size=(2, 24)) * 0.01)
    found = near_duplicates(InvertedFile.of(vectors).neighbours(10), 0.97)
    assert list(zip(found.one.tolist(), found.other.tolist(), strict=True)) == [(3, 40), (7, 50)]
    assert found.similarity.tolist() == pytest.approx([vectors[3] @ vectors[40], vectors[7] @ vectors[50]], abs=1e-5)


def test_a_neighbour_that_does_not_look_back_is_a_pair_too() -> None:
    # Three on one place and one beside them: each has one neighbour alone, and nobody's is the last one.
    vectors = to_unit_length(np.array([[1, 0, 0], [1, 0, 0], [1, 0, 0], [1, 0.1, 0], [0, 0, 1]]))
    found = near_duplicates(InvertedFile.of(vectors).neighbours(1), 0.9)
    assert (0, 3) in zip(found.one.tolist(), found.other.tolist(), strict=True)


def test_nothing_alike_gives_no_pairs() -> None:
    found = near_duplicates(InvertedFile.of(np.eye(5, dtype=np.float32)).neighbours(2), 0.5)
    assert len(found.one) == len(found.other) == len(found.similarity) == 0
