"""The whole analysis as the worker, cron and the command line run it: encode what is new, then analyse."""

from collections.abc import Callable

import psycopg

from primetime.analysis.running import RunReport, analyse
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
) -> tuple[EncodeReport, RunReport]:
    """Encode the articles that have no vector yet and publish a new analysis of all of them.

    Raises ModelProblem, Busy when another process encodes or analyses, BadInput when there is too little to analyse.
    """
    encoder = Encoder.open(settings.model_directory, threads=settings.encoder_threads)
    encoded = encode_missing(connection, encoder, progress=encoding)
    report = analyse(connection, model_hash=encoded.model_hash, settings=settings, progress=analysing)
    return encoded, report
