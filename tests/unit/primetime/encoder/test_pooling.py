import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from primetime.encoder.pooling import pool, to_unit_length

TOKENS = np.array([[[1, 2], [3, 4], [100, 100]]], dtype=np.float32)
MASK = np.array([[1, 1, 0]], dtype=np.int64)


@pytest.mark.parametrize(("pooling", "expected"), [("mean", [2, 3]), ("cls", [1, 2]), ("max", [3, 4])])
def test_padding_does_not_count(pooling: str, expected: list[float]) -> None:
    assert pool(TOKENS, MASK, pooling).tolist() == [expected]


@pytest.mark.parametrize("pooling", ["mean", "max"])
def test_a_text_without_tokens_gives_zeros_not_nan(pooling: str) -> None:
    assert pool(TOKENS, np.zeros_like(MASK), pooling).tolist() == [[0, 0]]


@given(arrays(np.float32, (4, 6), elements=st.floats(-1e3, 1e3, width=32)))
def test_rows_have_length_one_or_are_zero(vectors: np.ndarray) -> None:
    lengths = np.linalg.norm(to_unit_length(vectors), axis=1)
    zero = np.linalg.norm(vectors, axis=1) == 0
    assert np.allclose(lengths[~zero], 1, atol=1e-3)
    assert (lengths[zero] == 0).all()
