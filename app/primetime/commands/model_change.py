"""`primetime model status`, `switch`, `rollback`, `forget`: which model serves, and changing it."""

from pathlib import Path

import click
import orjson

from primetime.commands.session import begin, database, leave_record, progress_bar, read_only


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status_command(as_json: bool) -> None:
    """Show which model serves, how far the others are, and the latest changes."""
    from primetime.encoder.artifact import read_manifest
    from primetime.errors import ModelProblem
    from primetime.vectors.serving_model import model_states, switches

    settings = begin()
    try:
        configured: str | None = read_manifest(settings.model_directory).hash
    except ModelProblem as error:
        configured = None
        click.echo(error.one_line, err=True)
    with read_only(settings) as connection:
        states, history = model_states(connection), switches(connection)
    known = {state.hash for state in states}
    if as_json:
        models = [
            {name: getattr(state, name) for name in ("hash", "source", "dimension", "encoded", "missing", "serving")}
            | {"configured": state.hash == configured, "artifact": _artifact(settings.model_directory, state.hash)}
            for state in states
        ]
        click.echo(orjson.dumps({"configured": configured, "models": models, "switches": history}))
        return
    for state in states:
        marks = [mark for mark, on in (("serves", state.serving), ("configured", state.hash == configured)) if on]
        total = state.encoded + state.missing
        share = f"{100 * state.encoded // total} %" if total else "no articles"
        click.echo(
            f"{state.hash}  {state.source}, {state.dimension} dimensions: {state.encoded} of {total} articles ({share})"
            + (f"; {', '.join(marks)}" if marks else "")
            + ("" if _artifact(settings.model_directory, state.hash) else "; its artifact is not here")
        )
    if configured is not None and configured not in known:
        click.echo(f"{configured}  configured, and nothing is encoded with it yet")
    for switch in history:
        click.echo(f"{switch.switched_at:%Y-%m-%d %H:%M}  {switch.reason}: {switch.model_hash} ({switch.source})")


@click.command("switch")
@click.argument("model_hash", metavar="[HASH]", required=False)
@click.option("--cpu-share", type=float, help="Share of the time to work, above 0 to 1; default: the setting's.")
def switch_command(model_hash: str | None, cpu_share: float | None) -> None:
    """Encode every article with the model HASH (default: the configured one), then let it serve.

    Until then the other one serves. A stopped run continues where it was.
    """
    from primetime.jobs.analysing import bulk_pace
    from primetime.vectors.changing_model import change_model

    settings = begin()
    pace = bulk_pace(settings, cpu_share)
    with database(settings) as connection, progress_bar("articles") as progress:
        report = change_model(
            connection,
            settings.model_directory,
            model_hash,
            threads=settings.encoder_threads,
            progress=progress,
            pace=pace,
        )
        leave_record(connection, subject=f"model={report.model_hash}", encoded=report.encoded)
    click.echo(f"model {report.model_hash} serves ({report.encoded} newly encoded, {report.already} were already)")
    click.echo("the topics are still those of the latest analysis: run `primetime analyse`")


@click.command("rollback")
def rollback_command() -> None:
    """Let the model serve again that served before."""
    from primetime.encoder.serving import Encoder
    from primetime.vectors.serving_encoder import find_artifact
    from primetime.vectors.serving_model import previous_model, roll_back

    settings = begin()
    with database(settings) as connection:
        model_hash = previous_model(connection)
        # Before anything is changed: a model that does not work here must not be made to serve.
        Encoder.open(find_artifact(settings.model_directory, model_hash), threads=settings.encoder_threads).warm()
        state = roll_back(connection, model_hash)
        leave_record(connection, subject=f"model={model_hash}")
    note = f"; {state.missing} articles lack a vector of it: run `primetime embed`" if state.missing else ""
    click.echo(f"model {model_hash} serves again{note}")


@click.command("forget")
@click.argument("model_hash", metavar="HASH")
def forget_command(model_hash: str) -> None:
    """Delete the vectors of a model that does not serve."""
    from primetime.vectors.serving_model import forget_vectors

    settings = begin()
    with database(settings) as connection:
        deleted = forget_vectors(connection, model_hash)
        leave_record(connection, subject=f"model={model_hash}", deleted=deleted)
    folder = _artifact(settings.model_directory, model_hash)
    click.echo(f"{deleted} vectors deleted" + (f"; its artifact is still in {folder}" if folder else ""))


def _artifact(configured: Path, model_hash: str) -> str | None:
    from primetime.errors import ModelProblem
    from primetime.vectors.serving_encoder import find_artifact

    try:
        return str(find_artifact(configured, model_hash))
    except ModelProblem:
        return None
