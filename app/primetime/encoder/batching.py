"""Which texts are run together: longest first, under a budget of padded tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray


def batches_by_length(lengths: Sequence[int], budget: int) -> Iterator[NDArray[np.int64]]:
    """Split texts of the given token lengths into batches of indices.

    Texts are taken longest first, so that a batch's padding is the difference between neighbours and the first batch
    needs the most memory. No batch exceeds `budget` tokens when padded to its longest, except a single longer text.
    Every index appears exactly once.
    """
    if budget < 1:
        raise ValueError("the token budget must be positive")
    order = np.argsort(-np.asarray(lengths, dtype=np.int64), kind="stable")
    start = 0
    while start < len(order):
        longest = max(int(lengths[order[start]]), 1)
        stop = start + max(budget // longest, 1)
        yield order[start:stop]
        start = stop
