"""The whole analysis as the worker and the command line run it: encode what is new, then analyse; recorded."""

import os
from collections.abc import Callable, Sequence

import psycopg

from primetime.analysis.running import RunReport, analyse
from primetime.analysis.storing import EVERYTHING
from primetime.encoder.pace import Burst, Pace
from primetime.jobs.alerts import alert_of_topics
from primetime.jobs.recording import RunRecord, recorded_run
from primetime.settings import Settings
from primetime.vectors.changing_model import change_model, new_model_waits
from primetime.vectors.serving_encoder import encode_new
from primetime.vectors.storing import EncodeReport

Progress = Callable[[int, int], None]


def run_analysis(
    connection: psycopg.Connection,
    settings: Settings,
    *,
    asked_by: str = "hand",
    encoding: Progress | None = None,
    analysing: Progress | None = None,
    renew_reference: bool = False,
    scope: str = EVERYTHING,
    pmids: Sequence[int] | None = None,
) -> tuple[EncodeReport, RunReport]:
    """Encode the articles that have no vector of the serving model yet and publish a new analysis of all of them.

    With `pmids` it is of those alone, under the name `scope`.

    Where the settings name a model that has never served, it is encoded after that, made to serve, and analysed with.
    Raises ModelProblem, Busy when another process encodes or analyses, BadInput when there is too little to analyse.
    What was encoded before an error stays.
    """
    with recorded_run(
        settings, kind="analysis", asked_by=asked_by, scope=scope, rest=rest_between_steps(settings)
    ) as run:

        def analyse_with(model_hash: str) -> RunReport:
            made = analyse(
                connection,
                model_hash=model_hash,
                settings=settings,
                progress=analysing,
                record=run.step,
                renew_reference=renew_reference,
                scope=scope,
                pmids=pmids,
            )
            alert_of_topics(connection, made.run_id)
            connection.commit()
            return made

        encoded = encode_step(connection, settings, run, encoding)
        report = analyse_with(encoded.model_hash)
        if new_model_waits(connection, settings.model_directory):
            encoded = change_model_step(connection, settings, run, encoding)
            report = analyse_with(encoded.model_hash)
    return encoded, report


def encode_step(
    connection: psycopg.Connection, settings: Settings, run: RunRecord, progress: Progress | None = None
) -> EncodeReport:
    """Encode what has no vector of the serving model yet, as the step "embed" of a run."""
    with run.step("embed") as told:
        told.paced = True
        encoded = encode_new(
            connection,
            settings.model_directory,
            threads=settings.encoder_threads,
            progress=progress,
            pace=bulk_pace(settings),
        )
        told.amount = encoded.encoded
        told.counts |= {"encoded": encoded.encoded, "already": encoded.already}
    return encoded


def change_model_step(
    connection: psycopg.Connection, settings: Settings, run: RunRecord, progress: Progress | None = None
) -> EncodeReport:
    """Encode everything with the configured model and let it serve, as the step "change model" of a run."""
    with run.step("change model") as told:
        told.paced = True
        encoded = change_model(
            connection,
            settings.model_directory,
            None,
            threads=settings.encoder_threads,
            progress=progress,
            pace=bulk_pace(settings),
        )
        told.amount = encoded.encoded
        told.counts |= {"encoded": encoded.encoded, "already": encoded.already}
    return encoded


def bulk_pace(settings: Settings, share: float | None = None) -> Pace:
    """How fast bulk encoding may go: by the settings, or by a share of the time (0..1) in place of theirs."""
    return Pace(settings.encoder_cpu_share if share is None else share, burst_of(settings))


def burst_of(settings: Settings) -> Burst | None:
    """The burst capacity that the settings have work spare; None where none is read."""
    if settings.burst_capacity_file is None:
        return None
    return Burst(
        file=settings.burst_capacity_file,
        floor=settings.burst_capacity_floor,
        sustainable=settings.burst_sustainable_share,
    )


def rest_between_steps(settings: Settings) -> Callable[[float], None]:
    """Rests for the processor seconds of a step, so that over the run no more than the pace's share is spent."""
    pace, cores = bulk_pace(settings), os.cpu_count() or 1
    return lambda cpu_seconds: pace(cpu_seconds / cores)
