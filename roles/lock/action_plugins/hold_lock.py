"""Holds a lock for the run of ansible-playbook that asks for it, on this controller.

The lock is a file that names the run's process and when that began. It counts for as long as the process lives: a run
that was killed leaves nothing to clear away, and the plays of one run may each ask.
"""

from __future__ import annotations

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase


def began(process: int) -> str:
    """When a process began, in the kernel's ticks since the machine did; empty for one that has ended."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    # The second field is the program's name, in parentheses and with whatever it has in it.
    state, *fields = status.rpartition(")")[2].split()
    # It stays listed until whoever started it has asked how it ended, which a container's first process may never do.
    return "" if state in "ZX" else fields[18]


def take(path: Path, process: int) -> dict[str, Any] | None:
    """Take the lock for a process; who has it, where another that lives does.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        try:
            holder: dict[str, Any] = json.loads(file.read() or "{}")
        except ValueError:
            # Cut short by a machine that stopped, with which its writer ended too.
            holder = {}
        if holder and holder["process"] != process and began(holder["process"]) == holder["began"]:
            return holder
        file.truncate(0)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        file.write(json.dumps({"process": process, "began": began(process), "since": since}))
    return None


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible has no types
    """The task `hold_lock`: fails when another run has the lock. Check mode, which changes nothing, takes none."""

    _VALID_ARGS = frozenset({"path", "purpose"})

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        path, purpose = Path(self._task.args["path"]).expanduser(), self._task.args["purpose"]
        if self._task.check_mode:
            return {**result, "changed": False}
        # This is a worker of the run; the run itself is what started it.
        if holder := take(path, os.getppid()):
            message = (
                f"another run is at work on {purpose} (process {holder['process']} on this machine, since "
                f"{holder['since']}): wait until it has ended, then run the same command again"
            )
            return {**result, "failed": True, "msg": message}
        return {**result, "changed": False}
