"""How many articles a list has: counted once for all its pages, and again when the data change."""

import threading

from primetime.api.changes import Changes
from primetime.articles.listing import Counts

_MOST = 10_000


class KeptCounts:
    """The counts of the present state of the data, in this process's memory."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._lock = threading.Lock()
        self._version: str | None = None
        self._counts: Counts = {}

    def current(self) -> Counts:
        """To be asked for before the database is, so that what is kept is never older than what it is kept under.

        Who still has those of a former state fills what nobody reads any more.
        """
        version = self._changes.data
        with self._lock:
            if version is None or version != self._version or len(self._counts) >= _MOST:
                self._version, self._counts = version, {}
            return self._counts
