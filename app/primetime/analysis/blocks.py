"""Array work in blocks on all cores, with a result that does not hang on how many there are.

A matrix product that OpenBLAS divides among threads is summed in another order for another number of threads, and a
layout makes a wholly different map of a difference in the last bit. So each block is computed by one thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

Result = TypeVar("Result")


def one_thread_each() -> AbstractContextManager[Any]:
    """While it is held, a matrix product uses the calling thread alone."""
    limits: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="blas")
    return limits


def in_blocks(work: Callable[[slice], Result], n: int, size: int) -> list[Result]:
    """`work` on the slices of 0..n that are `size` long, on as many threads as there are cores; results in order."""
    blocks = [slice(start, min(start + size, n)) for start in range(0, n, size)]
    threads = min(len(os.sched_getaffinity(0)), len(blocks))
    if threads <= 1:
        return [work(block) for block in blocks]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, blocks))
