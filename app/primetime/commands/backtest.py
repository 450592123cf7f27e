"""`primetime backtest`: does the score rank what grows?"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click
import orjson

from primetime.analysis.backtest import FEWEST_ORIGINS, METRICS, Figure, backtest
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
            click.echo(orjson.dumps(asdict(of_table)))
            return
        _show(of_table.origins, of_table.series, "series", of_table.scores)
        click.echo(f"now the earlier origins speak for: {of_table.recommended}")
        return
    from primetime.jobs.backtesting import run_backtest

    with database(settings) as connection:
        found = run_backtest(connection, settings, first=first, last=last)
        leave_record(connection)
    if as_json:
        click.echo(orjson.dumps({**asdict(found), "alternative": found.alternative}))
        return
    _show(found.origins, found.series, "topics", found.scores)
    unknown = [name for name, topics in found.known.items() if topics == 0]
    if unknown:
        click.echo(f"no topic had enough known of {' and '.join(unknown)}: the score was judged without")
    click.echo(
        f"the weights chosen by rolling origin change the correlation of 0.4/0.4/0.2 by {found.gain:+.3f} "
        f"({found.gain_low:+.3f} to {found.gain_high:+.3f})"
    )
    offered = "no alternative is offered" if found.alternative is None else "offered as an alternative"
    click.echo(f"now the origins speak for novelty/velocity/recency {found.recommended}; {offered}")


def _show(origins: list[int], judged: list[int], what: str, scores: Mapping[str, Mapping[str, Figure]]) -> None:
    click.echo(f"{len(origins)} origins, {origins[0]} to {origins[-1]}, {min(judged)} to {max(judged)} {what} each")
    click.echo(f"{'':26}" + "".join(f"{metric:>34}" for metric in METRICS))
    for name, figures in scores.items():
        cells = (
            f"{one.value:.3f} ({one.difference:+.3f}: {one.difference_low:+.3f} to {one.difference_high:+.3f})"
            for one in (figures[metric] for metric in METRICS)
        )
        click.echo(f"{name:26}" + "".join(f"{cell:>34}" for cell in cells))
    if len(origins) < FEWEST_ORIGINS:
        click.echo(f"fewer than {FEWEST_ORIGINS} origins give intervals that are too narrow: they prove no difference")
