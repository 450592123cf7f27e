"""What the C library keeps of freed memory, given back to the kernel: a server of 4 GB has no room for it."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_MMAP_THRESHOLD = -3  # of <malloc.h>
_LARGE = 1 << 20


def return_large_blocks() -> None:
    """Let blocks of a megabyte and more go back to the kernel when they are freed, for the rest of this process' life.

    The C library would raise that limit as it meets larger ones, and blocks of many sizes then leave holes.
    """
    with suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL("libc.so.6").mallopt(_M_MMAP_THRESHOLD, _LARGE)


def return_small_blocks() -> None:
    """Let what has been freed of smaller blocks go back to the kernel now."""
    with suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL("libc.so.6").malloc_trim(0)
