"""Run by a test in a process of its own: encodes, and dies as by `kill -9` once two batches are committed."""

import os
import signal
import sys
from pathlib import Path

import psycopg

from primetime.encoder.serving import Encoder
from primetime.vectors import storing

if __name__ == "__main__":
    database_url, model_directory = sys.argv[1:]
    storing.BATCH = 4

    def die_in_the_third_batch(done: int, total: int) -> None:
        if done >= 8:
            os.kill(os.getpid(), signal.SIGKILL)

    with psycopg.connect(database_url) as connection:
        storing.encode_missing(connection, Encoder.open(Path(model_directory)), progress=die_in_the_third_batch)
