"""The edge's cache: whole responses in memory, the least used given up first."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from localcloud.edge.control_plane import View
from localcloud.edge.messages import Headers, Response
from localcloud.edge.path_patterns import invalidates

CAPACITY = 256 * 2**20  # bytes of bodies
LARGEST = 32 * 2**20  # bytes; a larger body passes through uncached

Key = tuple[Any, ...]  # (distribution id, path, …)


@dataclass(kw_only=True)
class Entry:
    """A cached response; `stored_at` and `fresh_until` on the monotonic clock."""

    status: int
    headers: Headers
    body: bytes
    stored_at: float
    fresh_until: float

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() < self.fresh_until

    @property
    def age(self) -> int:
        return int(time.monotonic() - self.stored_at)

    def response(self) -> Response:
        return Response(status=self.status, headers=self.headers.copy(), body=[self.body] if self.body else [])


@dataclass
class Cache:
    """Entries by key; safe among threads."""

    capacity: int = CAPACITY
    _entries: OrderedDict[Key, Entry] = field(default_factory=OrderedDict)
    _seen_invalidations: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _size: int = 0
    _generation: int = 0

    @property
    def generation(self) -> int:
        """Grows with each invalidation: what was asked of the origin before one must not be stored after it."""
        return self._generation

    def get(self, key: Key) -> Entry | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def put(self, key: Key, entry: Entry, generation: int) -> None:
        with self._lock:
            if generation != self._generation:
                return
            self._drop(key)
            self._entries[key] = entry
            self._size += len(entry.body)
            while self._size > self.capacity:
                self._drop(next(iter(self._entries)))

    def apply_invalidations(self, view: View) -> None:
        """Forgets what invalidations that were not there before name."""
        with self._lock:
            for distribution in view.distributions:
                for identifier, patterns in distribution.invalidations:
                    if identifier in self._seen_invalidations:
                        continue
                    self._seen_invalidations.add(identifier)
                    self._generation += 1
                    for key in [k for k in self._entries if k[0] == distribution.id]:
                        if any(invalidates(pattern, key[1]) for pattern in patterns):
                            self._drop(key)

    def keeping(self, key: Key, response: Response, seconds: float, generation: int) -> Iterable[bytes]:
        """The response's body, kept as it passes by once all of it has."""
        started = time.monotonic()
        headers = response.headers.copy()

        def keep(body: bytes) -> None:
            entry = Entry(
                status=response.status,
                headers=headers,
                body=body,
                stored_at=started,
                fresh_until=started + seconds,
            )
            self.put(key, entry, generation)

        return _collected(response.body, response.length, keep)

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._size -= len(entry.body)


def _collected(body: Iterable[bytes], length: int | None, keep: Callable[[bytes], None]) -> Iterator[bytes]:
    held: bytearray | None = bytearray()
    for chunk in body:
        if held is not None:
            held += chunk
            if len(held) > LARGEST:
                held = None
        yield chunk
    if held is not None and (length is None or len(held) == length):
        keep(bytes(held))
