"""Runs an analysis that is killed at the end of a step, before it is written down: URL, model folder, step."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from primetime.database.connection import connect
from primetime.jobs import recording
from primetime.jobs.analysing import run_analysis
from primetime.settings import Settings

url, model, fatal = sys.argv[1:]
settings = Settings(database_url=url, model_dir=Path(model), database_pool_min=1)
honest = recording.RunRecord.step


@contextmanager
def step(self: recording.RunRecord, name: str, amount: int = 0) -> Iterator[Any]:
    with honest(self, name, amount) as told:
        yield told
        if name == fatal:
            os.kill(os.getpid(), signal.SIGKILL)


recording.RunRecord.step = step  # type: ignore[method-assign]
with connect(settings) as connection:
    run_analysis(connection, settings)
