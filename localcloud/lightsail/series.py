"""The values of a metric in five-minute slots: those that a test set, and plausible ones where none are set.

Nothing is measured here: a quiet server's values come from a hash of resource, metric and slot, so that the same
question has the same answer. Burst capacity is computed from the CPU's values as Lightsail's user guide ("View instance
burst capacity") describes it: what is used below the bundle's baseline is saved up, to at most a day's worth, and what
is used above it is taken from there.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from localcloud.lightsail.metric_settings import SLOT_SECONDS, value_at

# Percent of each vCPU that a bundle sustains, by its size; the table of EC2's T3 sizes, which Lightsail's bundles are.
BASELINE_PERCENT = {"nano": 5, "micro": 10, "small": 20, "medium": 20, "large": 30}
LARGER_PERCENT = 40
DAY_SLOTS = 24 * 3600 // SLOT_SECONDS

# The least and greatest value of a quiet day.
Range = tuple[float, float]
INSTANCE: dict[str, Range] = {
    "CPUUtilization": (1.0, 6.0),
    "NetworkIn": (40_000, 400_000),
    "NetworkOut": (60_000, 900_000),
    "StatusCheckFailed": (0, 0),
    "StatusCheckFailed_Instance": (0, 0),
    "StatusCheckFailed_System": (0, 0),
}
DATABASE: dict[str, Range] = {
    "CPUUtilization": (2.0, 8.0),
    "DatabaseConnections": (2, 12),
    "DiskQueueDepth": (0, 0.3),
    "NetworkReceiveThroughput": (500, 9_000),
    "NetworkTransmitThroughput": (900, 30_000),
}
QUIET: dict[str, dict[str, Range]] = {"Instance": INSTANCE, "RelationalDatabase": DATABASE}


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is asked about: `first` is the slot of its creation, `set_values` what a test set."""

    arn: str
    resource_type: str
    size: str  # the bundle's, such as medium
    disk_bytes: int
    first: int
    set_values: dict[str, tuple[int, list[float | None]]]

    def at(self, metric: str, slot: int) -> float | None:
        """The value of one slot; None where nothing was measured."""
        if slot < self.first:
            return None
        if metric in self.set_values:
            is_set, value = value_at(self.set_values[metric], slot)
            if is_set:
                return value
        if metric.startswith("BurstCapacity"):
            return self._burst(slot)[metric]
        if metric == "FreeStorageSpace":
            return round(self.disk_bytes * 0.9 - self._noise(metric, slot) * 2**20)
        low, high = QUIET[self.resource_type][metric]
        return round(low + (high - low) * self._noise(metric, slot), 3)

    def _burst(self, slot: int) -> dict[str, float]:
        baseline = BASELINE_PERCENT.get(self.size, LARGER_PERCENT)
        full = baseline * DAY_SLOTS  # in percent of all vCPUs times slots
        # Counted from full, two days back: a day with little used fills it up.
        left = float(full)
        for earlier in range(max(self.first, slot - 2 * DAY_SLOTS), slot + 1):
            used = self.at("CPUUtilization", earlier)
            left = min(full, max(0.0, left + baseline - (0.0 if used is None else used)))
        return {
            "BurstCapacityPercentage": round(100 * left / full, 3),
            # Time at 100 %, in which the baseline goes on being earned.
            "BurstCapacityTime": round(left / (100 - baseline) * SLOT_SECONDS, 1),
        }

    def _noise(self, metric: str, slot: int) -> float:
        """From 0 to 1, the same for the same question."""
        return zlib.crc32(f"{self.arn}/{metric}/{slot}".encode()) / 2**32
