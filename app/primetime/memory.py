"""This process's memory: what the C library keeps is given back to the kernel, and what stays is not looked through."""

from __future__ import annotations

import ctypes
import gc
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


def settle_down() -> None:
    """Let the search for unused cycles pass over all that lives now: this process has started, and keeps it.

    It would go through everything that was ever imported, again and again, while all that this process does waits.
    """
    gc.collect()
    gc.freeze()


def look_through_all() -> None:
    """Free every unused cycle, of what was there when this process started too."""
    gc.unfreeze()
    gc.collect()
