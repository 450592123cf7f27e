"""How often one may ask, and what goes wrong on demand."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from threading import Lock

from pydantic import BaseModel, ConfigDict, Field

WITHOUT_KEY, WITH_KEY = 3, 10  # requests a second that NCBI allows


class Fault(BaseModel):
    """One thing that goes wrong for the next requests whose path has `path` in it."""

    model_config = ConfigDict(extra="forbid")

    path: str = ""  # empty: every request
    times: int = Field(default=1, ge=1, le=10_000)
    status: int | None = Field(default=None, ge=400, le=599)  # answered instead of the reply
    retry_after: str | None = None  # with that status
    cut: bool = False  # only the first half of the reply is sent
    delay: float = Field(default=0, ge=0, le=60)  # seconds


class Gate:
    """Counts requests in sliding seconds, and holds the faults that are ordered."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._recent: dict[str, deque[float]] = {}
        self._faults: list[Fault] = []
        self.counts: Counter[str] = Counter()

    def over_limit(self, key: str) -> bool:
        """Count one request to E-utilities; whether it is one too many in its second."""
        limit = WITH_KEY if key else WITHOUT_KEY
        now = self._clock()
        with self._lock:
            recent = self._recent.setdefault(key, deque())
            while recent and now - recent[0] >= 1:
                recent.popleft()
            if len(recent) >= limit:
                return True
            recent.append(now)
            return False

    def count(self, path: str, status: int) -> None:
        with self._lock:
            self.counts[f"{status} {path}"] += 1

    def order(self, faults: list[Fault]) -> None:
        """From now on these faults, and no others."""
        with self._lock:
            self._faults = [fault.model_copy() for fault in faults]

    def fault_for(self, path: str) -> Fault | None:
        """The fault that meets this request, used up once."""
        with self._lock:
            for fault in self._faults:
                if fault.path in path:
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                    return fault
        return None
