"""`primetime backtest`: does the score rank what grows?"""

from dataclasses import asdict
from pathlib import Path

import click
import orjson

from primetime.analysis.backtest import METRICS, backtest
from primetime.analysis.table import read_table
from primetime.commands.session import begin


@click.command("backtest")
@click.option(
    "--counts", required=True, type=click.Path(path_type=Path), help="CSV: the year, then one column a series."
)
@click.option("--from", "first", type=int, help="First origin; default the first that can be judged.")
@click.option("--to", "last", type=int, help="Last origin; default three years before the table's end.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def backtest_command(counts: Path, first: int | None, last: int | None, as_json: bool) -> None:
    """Score the series of a table at every year T and judge by their growth from T to T + 3.

    Beside each mean stands its difference from "past growth continues" with a 95 % bootstrap interval over origins.
    """
    begin()
    found = backtest(read_table(counts), first, last)
    if as_json:
        click.echo(orjson.dumps(asdict(found)))
        return
    fewest, most = min(found.series), max(found.series)
    click.echo(
        f"{len(found.origins)} origins, {found.origins[0]} to {found.origins[-1]}, {fewest} to {most} series each"
    )
    click.echo(f"{'':26}" + "".join(f"{metric:>34}" for metric in METRICS))
    for name, figures in found.scores.items():
        cells = (
            f"{one.value:.3f} ({one.difference:+.3f}: {one.difference_low:+.3f} to {one.difference_high:+.3f})"
            for one in (figures[metric] for metric in METRICS)
        )
        click.echo(f"{name:26}" + "".join(f"{cell:>34}" for cell in cells))
    click.echo(f"now the earlier origins speak for: {found.recommended}")
