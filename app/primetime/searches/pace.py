"""How fast a search goes, and so how long it still takes."""

import time
from collections.abc import Callable


class Rate:
    """Articles a second, measured over the batches so far; before the first, as fast as searches before."""

    def __init__(self, before: float | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._before = before
        self._clock = clock
        self._since: float | None = None
        self._done = 0

    def begin(self) -> None:
        """Work begins now."""
        self._since = self._clock()
        self._done = 0

    def add(self, articles: int) -> None:
        self._done += articles

    @property
    def measured(self) -> float | None:
        """What this search has measured itself."""
        if self._since is None or self._done == 0:
            return None
        return self._done / max(self._clock() - self._since, 1e-3)

    @property
    def best(self) -> float | None:
        return self.measured if self.measured is not None else self._before


def seconds_left(to_fetch: int, fetch_rate: float | None, to_encode: int, encode_rate: float | None) -> float | None:
    """The seconds of fetching and encoding that are left; None where there is work whose rate nobody knows."""
    total = 0.0
    for articles, rate in ((to_fetch, fetch_rate), (to_encode, encode_rate)):
        if articles == 0:
            continue
        if not rate:
            return None
        total += articles / rate
    return round(total, 1)
