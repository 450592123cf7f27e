import pytest

from primetime.vectors.hybrid import reciprocal_ranks


def test_ranks_begin_at_one_and_add_up() -> None:
    scores = reciprocal_ranks([[5, 7], [7]])
    assert scores == {5: pytest.approx(1 / 61), 7: pytest.approx(1 / 62 + 1 / 61)}


def test_nothing_found_is_nothing() -> None:
    assert reciprocal_ranks([[], []]) == {}
