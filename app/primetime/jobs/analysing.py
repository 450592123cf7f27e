"""The whole analysis as the worker, cron and the command line run it: encode what is new, then analyse."""

from collections.abc import Callable

import psycopg

from primetime.analysis.running import RunReport, analyse
from primetime.encoder.pace import Burst, Pace
from primetime.settings import Settings
from primetime.vectors.changing_model import change_model, new_model_waits
from primetime.vectors.serving_encoder import open_serving
from primetime.vectors.storing import EncodeReport, encode_missing

Progress = Callable[[int, int], None]


def run_analysis(
    connection: psycopg.Connection,
    settings: Settings,
    *,
    encoding: Progress | None = None,
    analysing: Progress | None = None,
) -> tuple[EncodeReport, RunReport]:
    """Encode the articles that have no vector of the serving model yet and publish a new analysis of all of them.

    Where the settings name a model that has never served, it is encoded after that, made to serve, and analysed with.
    Raises ModelProblem, Busy when another process encodes or analyses, BadInput when there is too little to analyse.
    """
    configured, threads = settings.model_directory, settings.encoder_threads
    pace = bulk_pace(settings)
    encoder = open_serving(connection, configured, threads=threads)
    encoded = encode_missing(connection, encoder, progress=encoding, pace=pace)
    report = analyse(connection, model_hash=encoded.model_hash, settings=settings, progress=analysing)
    if new_model_waits(connection, configured):
        del encoder  # two might not fit in memory
        encoded = change_model(connection, configured, None, threads=threads, progress=encoding, pace=pace)
        report = analyse(connection, model_hash=encoded.model_hash, settings=settings, progress=analysing)
    return encoded, report


def bulk_pace(settings: Settings, share: float | None = None) -> Pace:
    """How fast bulk encoding may go: by the settings, or by a share of the time (0..1) in place of theirs."""
    burst = None
    if settings.burst_capacity_file is not None:
        burst = Burst(
            file=settings.burst_capacity_file,
            floor=settings.burst_capacity_floor,
            sustainable=settings.burst_sustainable_share,
        )
    return Pace(settings.encoder_cpu_share if share is None else share, burst)
