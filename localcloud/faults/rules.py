"""Which faults are on, and which call meets one.

Whether the n-th call that a fault applies to meets it depends on the fault's seed and on n alone: the same calls after
the same commands meet the same faults. Faults and their counts are kept in `faults.json` of the state directory, so
that they outlive a restart of the endpoint; `localcloud fault clear` and `localcloud reset` end them.
"""

from __future__ import annotations

import fnmatch
import random
import threading
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

FILE = "faults.json"


class Kind(StrEnum):
    THROTTLE = "throttle"  # refused, as when too much is asked
    SLOW = "slow"  # answered late
    ERROR = "error"  # refused with an error of the service
    LOSE_REPLY = "lose-reply"  # carried out, and the connection closed instead of an answer


class Fault(BaseModel):
    """One fault that is on."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)
    kind: Kind
    share: float = Field(default=1.0, gt=0, le=1)  # of the calls it applies to
    service: str = "*"  # a pattern for the name that requests are signed for, such as lightsail
    operation: str = "*"  # a pattern for the operation as calls.jsonl names it, such as CreateInstances
    count: int | None = Field(default=None, ge=1)  # so many faults, then it is over; None: until cleared
    seed: int = 0
    seconds: float = Field(default=3.0, gt=0, le=600)  # how late, for slow
    code: str = ""  # the error's name, for error; empty: the service's own name for a failure of its own
    seen: int = 0  # calls that it applied to
    met: int = 0  # calls that met it

    def applies_to(self, service: str, operation: str) -> bool:
        return (
            (self.count is None or self.met < self.count)
            and fnmatch.fnmatchcase(service, self.service)
            and fnmatch.fnmatchcase(operation, self.operation)
        )

    def strikes(self) -> bool:
        """Count one call more; whether it meets this fault."""
        self.seen += 1
        # No secret hangs on it, and it must be the same again.
        struck = random.Random(f"{self.seed}/{self.kind}/{self.seen}").random() < self.share  # noqa: S311
        self.met += struck
        return struck


class Faults(BaseModel):
    """All faults that are on, oldest first."""

    model_config = ConfigDict(extra="forbid")
    faults: list[Fault] = Field(default_factory=list)


class FaultBook:
    """The faults of one endpoint, kept in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._held = read(path)

    def listed(self) -> Faults:
        with self._lock:
            return self._held.model_copy(deep=True)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._held.faults.append(fault)
            self._write()

    def clear(self) -> int:
        """End all; how many there were."""
        with self._lock:
            ended, self._held.faults = len(self._held.faults), []
            self._write()
            return ended

    def draw(self, service: str, operation: str) -> Fault | None:
        """The first fault that this call meets. One that a call met is not drawn for those behind it."""
        with self._lock:
            applying = [fault for fault in self._held.faults if fault.applies_to(service, operation)]
            drawn = next((fault for fault in applying if fault.strikes()), None)
            if applying:
                self._write()
            return drawn.model_copy() if drawn else None

    def _write(self) -> None:
        # Written at every draw, so that a restarted endpoint goes on with the next; a lost last count is no harm.
        scratch = self._path.with_suffix(".new")
        scratch.write_text(self._held.model_dump_json(indent=1))
        scratch.replace(self._path)


def read(path: Path) -> Faults:
    """The faults in the file; none where there is no file."""
    return Faults.model_validate_json(path.read_bytes()) if path.exists() else Faults()
