"""`primetime nightly`, `runs`."""

from dataclasses import asdict

import click
import orjson

from primetime.analysis.storing import EVERYTHING
from primetime.commands.session import begin, database, leave_record, read_only
from primetime.jobs.history import WorkRun, WorkStep, work_runs
from primetime.jobs.night import run_night
from primetime.jobs.planning import plan_lines, plan_night

_MEBIBYTE = 2**20


@click.command("nightly")
@click.option(
    "--asked-by", default="hand", show_default=True, type=click.Choice(["hand", "cron"]), help="For the record."
)
def nightly_command(asked_by: str) -> None:
    """Print the night's plan, then do it: encode what is new, analyse what changed, forget old records.

    A part that fails leaves what the others did; the command then ends with that part's error.
    """
    settings = begin()
    with database(settings) as connection:
        for line in plan_lines(plan_night(connection, settings)):
            click.echo(line)
        connection.commit()
        night = run_night(connection, settings, asked_by=asked_by)
        leave_record(connection, subject=f"run={night.run_id}")
    click.echo(f"run {night.run_id}: " + "; ".join(night.told))


@click.command("runs")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 200))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def runs_command(limit: int, as_json: bool) -> None:
    """Show what ran: each step's outcome, time, processor seconds, peak memory and counts, newest run first."""
    with read_only(begin()) as connection:
        found = work_runs(connection, limit=limit)
    if as_json:
        click.echo(orjson.dumps({"items": [asdict(run) for run in found]}))
        return
    for run in found:
        click.echo(_run_line(run))
        for step in run.steps:
            click.echo(_step_line(step))
    if not found:
        click.echo("nothing has run yet: `primetime analyse` or `primetime nightly`", err=True)


def _run_line(run: WorkRun) -> str:
    took = f", {(run.finished_at - run.started_at).total_seconds():.1f} s" if run.finished_at else ""
    cause = f": {run.cause}" if run.cause else ""
    started = run.started_at.strftime("%Y-%m-%d %H:%M %Z")
    scope = "" if run.scope == EVERYTHING else f" of {run.scope}"
    return f"{run.id}  {run.kind}{scope} by {run.asked_by}, {started}{took}, {run.outcome}{cause}"


def _step_line(step: WorkStep) -> str:
    took = f"{(step.finished_at - step.started_at).total_seconds():8.1f} s" if step.finished_at else f"{'':10}"
    cpu = "" if step.cpu_seconds is None else f"{step.cpu_seconds:8.1f} s processor"
    memory = "" if step.peak_memory is None else f"{step.peak_memory / _MEBIBYTE:7.0f} MiB"
    counts = ", ".join(f"{value} {name}" for name, value in step.counts.items())
    return f"      {step.name:14} {step.outcome:8}{took}{cpu}{memory}  {counts or step.cause}".rstrip()
