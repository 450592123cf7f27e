"""Bulk encoding within a share of the processor, so that a burstable server keeps its credits."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from primetime.errors import BadInput

# A reading that nobody has renewed for this long (seconds) says nothing of now.
STALE = 900.0
# How often the reading is looked at (seconds).
_EVERY = 30.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Burst:
    """The burst capacity's reading, and what to do about it."""

    file: Path
    """holds one number, percent of the burst capacity left, renewed by the deployment"""
    floor: float
    """percent; below it work slows to the sustainable share"""
    sustainable: float
    """share of all cores, 0..1, that spends no credits"""

    def slows(self, left: float | None) -> bool:
        """Whether work slows at this reading in percent; None: no reading."""
        return left is None or left < self.floor

    def share(self, full: float, left: float | None) -> float:
        """What of a full share, 0..1, may be taken at this reading."""
        return min(full, self.sustainable) if self.slows(left) else full


class Pace:
    """Rests after each batch so long that no more than a share of the time is spent computing."""

    def __init__(
        self,
        share: float,
        burst: Burst | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not 0 < share <= 1:
            raise BadInput(f"a CPU share of {share} is not above 0 and at most 1", remedy="give one like 0.5")
        self._share = share
        self._burst = burst
        self._sleep = sleep
        self._clock = clock
        self._looked: float | None = None
        self._slow = False

    def __call__(self, busy: float) -> None:
        """Rest after `busy` seconds of computing."""
        share = self.share()
        if share < 1:
            self._sleep(busy * (1 - share) / share)

    def share(self) -> float:
        """The share that holds now."""
        burst = self._burst
        if burst is None:
            return self._share
        now = self._clock()
        if self._looked is None or now - self._looked >= _EVERY:
            self._looked = now
            left = burst_left(burst.file)
            slow = burst.slows(left)
            if slow != self._slow:
                self._slow = slow
                known = "unknown" if left is None else f"{left:.0f} %"
                log.warning(
                    "encoding slows to the sustainable share" if slow else "encoding takes its full share again",
                    burst_capacity=known,
                    share=burst.share(self._share, left),
                )
        return min(self._share, burst.sustainable) if self._slow else self._share


def burst_left(file: Path) -> float | None:
    """Percent of the burst capacity left; None when the reading is missing, stale or no percentage."""
    try:
        age = time.time() - file.stat().st_mtime
        left = float(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return left if age <= STALE and 0 <= left <= 100 else None
