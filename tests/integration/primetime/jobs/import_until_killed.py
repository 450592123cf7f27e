"""Run by a test in a process of its own: imports a kept file, and dies as by `kill -9` at the moment it is told."""

import os
import signal
import sys
from typing import Any

from primetime.articles import storing
from primetime.jobs import importing
from primetime.settings import Settings


def die_after(module: Any, name: str, calls: int = 1) -> None:
    """Die when a function has returned for the so-many-th time."""
    function = getattr(module, name)
    left = calls

    def dying(*arguments: Any, **options: Any) -> Any:
        nonlocal left
        result = function(*arguments, **options)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(module, name, dying)


MOMENTS = {
    "file fetched": lambda: die_after(importing, "kept_file"),
    "first run of records stored, not committed": lambda: die_after(storing, "_store"),
    "second run of records stored, not committed": lambda: die_after(storing, "_store", 2),
    "all stored, not committed": lambda: die_after(importing, "store_rows"),
    "all stored": lambda: die_after(importing, "_store"),
    "duplicates linked, not committed": lambda: die_after(importing, "link_if_needed"),
    "finished, not committed": lambda: die_after(importing, "_finish"),
    "finished": lambda: die_after(importing, "run_import"),
}

if __name__ == "__main__":
    moment, settings_json, import_id = sys.argv[1:]
    MOMENTS[moment]()
    importing.run_import(Settings.model_validate_json(settings_json), int(import_id))
