import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from primetime.vectors.halfvec import Halfvec, from_binary, to_parameter

vectors = arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 40)), elements=st.floats(-1, 1, width=16))


@pytest.mark.parametrize("storage", ["halfvec", "bytea"])
@given(vectors)
def test_half_precision_survives_the_way_there_and_back(storage, rows: np.ndarray) -> None:
    parameters = [to_parameter(row, storage) for row in rows]
    payloads = [p.payload if isinstance(p, Halfvec) else p for p in parameters]
    assert np.array_equal(from_binary(payloads, storage), rows)


def test_the_wire_format_is_pgvectors() -> None:
    found = to_parameter(np.array([1.0, -2.0], dtype=np.float32), "halfvec")
    assert found == Halfvec(bytes.fromhex("0002 0000 3c00 c000"))


def test_no_rows_give_an_empty_array() -> None:
    assert from_binary([], "halfvec").shape == (0, 0)
