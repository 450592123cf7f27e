"""Whose turn it is at the one model: a query goes ahead of the batches of bulk work that wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turn:
    """A semaphore whose urgent waiters are served first. A query waits for one running batch at most."""

    def __init__(self, places: int = 1) -> None:
        self._changed = Condition()
        self._free = places
        self._urgent = 0

    @contextmanager
    def take(self, *, urgent: bool) -> Iterator[None]:
        with self._changed:
            if urgent:
                self._urgent += 1
            try:
                self._changed.wait_for(lambda: self._free > 0 and (urgent or self._urgent == 0))
            finally:
                if urgent:
                    self._urgent -= 1
            self._free -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()
