"""A line for each call in `calls.jsonl`: what was asked and how it ended, never what was in it."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

READING_PREFIXES = ("Get", "Is")


def is_mutating(operation: str) -> bool:
    return not operation.startswith(READING_PREFIXES)


class CallLog:
    """Appends whole lines, from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)

    def record(self, operation: str, outcome: str) -> None:
        """`outcome` is "ok" or the name of the error."""
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "service": "lightsail",
            "operation": operation,
            "mutating": is_mutating(operation),
            "outcome": outcome,
        }
        with self._lock, self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")
