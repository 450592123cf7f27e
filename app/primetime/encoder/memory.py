"""Giving back memory of an engine that is not needed for the moment."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from pathlib import Path

from primetime.memory import return_small_blocks

_DONTNEED = 4  # MADV_DONTNEED of <sys/mman.h>


def give_back_memory(weights: Path) -> None:
    """Let the C library return what was freed, and the kernel drop pages of the file `weights` that are mapped.

    An engine keeps copies of the weights in the order that its kernels like; the file's own pages are read again from
    the disk's cache if they are ever wanted. The C library would keep what is free for this process' life.
    """
    return_small_blocks()
    with suppress(OSError, AttributeError):  # another C library than glibc, another system than Linux
        libc = ctypes.CDLL("libc.so.6", use_errno=True)
        for start, length in _read_only_mappings(weights):
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), _DONTNEED)


def _read_only_mappings(file: Path, maps: Path = Path("/proc/self/maps")) -> list[tuple[int, int]]:
    """Address and length of each mapping of the file that nothing can have been written to."""
    name = str(file.resolve())
    found = []
    for line in maps.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[5] == name and fields[1].startswith("r-"):
            start, _, end = fields[0].partition("-")
            found.append((int(start, 16), int(end, 16) - int(start, 16)))
    return found
