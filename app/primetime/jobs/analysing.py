"""The whole analysis as the worker, cron and the command line run it: encode what is new, then analyse."""

from collections.abc import Callable

import psycopg

from primetime.analysis.running import RunReport, analyse
from primetime.encoder.pace import Burst, Pace
from primetime.encoder.serving import Encoder
from primetime.settings import Settings
from primetime.vectors.storing import EncodeReport, encode_missing

Progress = Callable[[int, int], None]


def run_analysis(
    connection: psycopg.Connection,
    settings: Settings,
    *,
    encoding: Progress | None = None,
    analysing: Progress | None = None,
    renew_reference: bool = False,
) -> tuple[EncodeReport, RunReport]:
    """Encode the articles that have no vector yet and publish a new analysis of all of them.

    Raises ModelProblem, Busy when another process encodes or analyses, BadInput when there is too little to analyse.
    """
    encoder = Encoder.open(settings.model_directory, threads=settings.encoder_threads)
    encoded = encode_missing(connection, encoder, progress=encoding, pace=bulk_pace(settings))
    report = analyse(
        connection,
        model_hash=encoded.model_hash,
        settings=settings,
        progress=analysing,
        renew_reference=renew_reference,
    )
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
