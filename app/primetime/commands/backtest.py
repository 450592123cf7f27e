"""`primetime backtest`: does the score rank what grows?"""

from dataclasses import asdict
from pathlib import Path

import click
import orjson

from primetime.analysis.backtest import FEWEST_ORIGINS, METRICS, Backtest, backtest
from primetime.analysis.table import read_table
from primetime.commands.session import begin, database, leave_record


@click.command("backtest")
@click.option(
    "--counts",
    type=click.Path(path_type=Path),
    help="CSV: the year, then one column a series; default the stored corpus.",
)
@click.option("--from", "first", type=int, help="First origin; default the first that can be judged.")
@click.option("--to", "last", type=int, help="Last origin; default three years before the end.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def backtest_command(counts: Path | None, first: int | None, last: int | None, as_json: bool) -> None:
    """Score everything as of every year T and judge by the growth from T to T + 3.

    The stored corpus's topics are found anew at each T, and the result is kept for the site; the series of a table are
    given. Beside each mean stands its difference from "past growth continues" with a 95 % bootstrap interval.
    """
    settings = begin()
    if counts is not None:
        of_table = backtest(read_table(counts), first, last)
        if as_json:
            click.echo(orjson.dumps({**asdict(of_table), "alternative": of_table.alternative}))
            return
        _show(of_table, "series")
        _offer(of_table)
        return
    from primetime.jobs.backtesting import run_backtest

    with database(settings) as connection:
        found = run_backtest(connection, settings, first=first, last=last)
        leave_record(connection)
    if as_json:
        click.echo(orjson.dumps({**asdict(found), "alternative": found.alternative}))
        return
    _show(found, "topics")
    unknown = [name for name, topics in found.known.items() if topics == 0]
    if unknown:
        click.echo(f"no topic had enough known of {' and '.join(unknown)}: the score was judged without")
    _offer(found)


def _show(found: Backtest, what: str) -> None:
    origins = found.origins
    judged = f"{min(found.series)} to {max(found.series)} {what} each"
    click.echo(f"{len(origins)} origins, {origins[0]} to {origins[-1]}, {judged}")
    click.echo(f"{'':26}" + "".join(f"{metric:>34}" for metric in METRICS))
    for name, figures in found.scores.items():
        cells = (
            f"{one.value:.3f} ({one.difference:+.3f}: {one.difference_low:+.3f} to {one.difference_high:+.3f})"
            for one in (figures[metric] for metric in METRICS)
        )
        click.echo(f"{name:26}" + "".join(f"{cell:>34}" for cell in cells))
    if len(origins) < FEWEST_ORIGINS:
        click.echo(f"fewer than {FEWEST_ORIGINS} origins give intervals that are too narrow: they prove no difference")


def _offer(found: Backtest) -> None:
    click.echo(
        f"what is chosen by rolling origin changes the correlation of {found.own} by {found.gain:+.3f} "
        f"({found.gain_low:+.3f} to {found.gain_high:+.3f})"
    )
    offered = "offered as an alternative" if found.alternative else "no alternative is offered"
    click.echo(f"now the origins speak for {found.recommended}; {offered}")
