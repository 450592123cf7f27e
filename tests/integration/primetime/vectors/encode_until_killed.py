"""Run by a test in a process of its own: changes the model, and dies as by `kill -9` once two batches are committed."""

import os
import signal
import sys
from pathlib import Path

import psycopg

from primetime.vectors import storing
from primetime.vectors.changing_model import change_model

if __name__ == "__main__":
    database_url, model_directory = sys.argv[1:]
    storing.BATCH = 4

    def die_in_the_third_batch(done: int, total: int) -> None:
        if done >= 8:
            os.kill(os.getpid(), signal.SIGKILL)

    with psycopg.connect(database_url) as connection:
        change_model(connection, Path(model_directory), None, threads=0, progress=die_in_the_third_batch)
