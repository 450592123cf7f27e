import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.encoder.batching import batches_by_length

lengths = st.lists(st.integers(min_value=0, max_value=600), max_size=300)


@given(lengths, st.integers(min_value=1, max_value=5000))
def test_every_text_is_in_exactly_one_batch(lengths: list[int], budget: int) -> None:
    indices = [int(i) for batch in batches_by_length(lengths, budget) for i in batch]
    assert sorted(indices) == list(range(len(lengths)))


@given(lengths, st.integers(min_value=1, max_value=5000))
def test_no_batch_exceeds_the_budget_unless_it_is_one_text(lengths: list[int], budget: int) -> None:
    for batch in batches_by_length(lengths, budget):
        padded = len(batch) * max(lengths[i] for i in batch)
        assert padded <= budget or len(batch) == 1


def test_longest_texts_come_first() -> None:
    batches = [batch.tolist() for batch in batches_by_length([3, 10, 7, 10], 20)]
    assert batches == [[1, 3], [2, 0]]


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        list(batches_by_length([1], 0))
