"""Metric values that a test sets (`localcloud metric set`), in `metrics.json` of the state directory.

The endpoint reads the file at each question, so that a value counts from the moment it is set, and outlives a restart.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

FILE = "metrics.json"
SLOT_SECONDS = 300  # Lightsail measures every five minutes

# Resource's ARN → metric → (the slot of the last value, the values, oldest first; None: nothing was measured).
Settings = dict[str, dict[str, tuple[int, list[float | None]]]]


def slot_of(seconds: float) -> int:
    """Number of the five-minute slot that a time is in."""
    return int(seconds // SLOT_SECONDS)


def read(directory: Path) -> Settings:
    path = directory / FILE
    if not path.exists():
        return {}
    held = json.loads(path.read_text())
    return {arn: {name: (slot, values) for name, (slot, values) in metrics.items()} for arn, metrics in held.items()}


def put(directory: Path, arn: str, metric: str, values: Sequence[float | None]) -> None:
    """The last value is the present slot's and of all that follow, those before it are of the slots before."""
    held = read(directory)
    held.setdefault(arn, {})[metric] = (slot_of(time.time()), list(values))
    _write(directory, held)


def clear(directory: Path, arn: str | None) -> None:
    """Forget what was set for a resource, or for all."""
    held = {} if arn is None else {other: metrics for other, metrics in read(directory).items() if other != arn}
    _write(directory, held)


def value_at(set_values: tuple[int, list[float | None]], slot: int) -> tuple[bool, float | None]:
    """Whether the slot's value is set, and the value."""
    last, values = set_values
    position = len(values) - 1 + min(slot - last, 0)
    return (True, values[position]) if position >= 0 else (False, None)


def _write(directory: Path, held: Settings) -> None:
    scratch = directory / f"{FILE}.new"
    scratch.write_text(json.dumps(held))
    scratch.replace(directory / FILE)
