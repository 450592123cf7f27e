"""Whose turn it is at the one model: a query goes ahead of the batches of bulk work that wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turn:
    """A lock whose urgent waiters are served first. A query waits for one running batch at most."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._taken = False
        self._urgent = 0

    @contextmanager
    def take(self, *, urgent: bool) -> Iterator[None]:
        with self._changed:
            if urgent:
                self._urgent += 1
            try:
                self._changed.wait_for(lambda: not self._taken and (urgent or self._urgent == 0))
            finally:
                if urgent:
                    self._urgent -= 1
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()
