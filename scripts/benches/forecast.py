"""Forecasts: each model's error and coverage on a table of yearly series, and its speed beside statsmodels' ARIMA.

    python scripts/bench.py forecast TABLE.csv.gz [--json]
    python scripts/bench.py forecast --months [--json]

Error: every series and origin, some years ahead, mean absolute on the scale log(1 + value), over the naive forecast's.
Speed: a thousand series, made from the table's by adding noise; statsmodels (requirements/bench.txt) fits ARIMA to
some of them in a loop, and its time is scaled up to all. Where it is not installed our own figures stand alone.

With `--months` on planted topics' papers a month, as no corpus beside the project prints enough of them: 60 topics of 3
to 40 papers a month over 15 years, with a wandering growth, chance (Poisson) and a January of 1.8.
"""

import importlib.util
import json
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np

from primetime.analysis.arima import Order, forecast_arima, read_order
from primetime.analysis.forecast import MODELS, Model, ahead
from primetime.analysis.forecast_error import measure
from primetime.analysis.monthly import Months, forecast_months
from primetime.analysis.table import read_table, refusal

SERIES = 1000
NOISE = 0.1


def _seconds(work: Callable[[], Any], repeats: int = 3) -> float:
    """The shortest of some runs, the first of which warms up."""
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def _months(order: Order) -> dict[str, Any]:
    """Each model's error a year ahead over naive's, and what the default's intervals held."""
    random = np.random.default_rng(20)
    first, months = 12 * 2000, 12 * 15
    season = np.array([1.8, 0.9, 1, 1, 0.95, 0.95, 0.9, 0.8, 0.9, 1, 0.9, 0.9])
    growth = random.normal(0.002, 0.02, (60, months)).cumsum(axis=1)
    usual = random.uniform(3, 40, (60, 1)) * np.exp(growth)
    counts = random.poisson(usual * np.resize(season, months))
    topics = [Months(counts=dict(enumerate(map(int, row), first)), known=1.0) for row in counts]
    field = dict(enumerate(map(int, counts.sum(axis=0)), first))
    _, measured = forecast_months(topics, field, order=order, horizon=12)
    assert measured is not None
    return asdict(measured)


@click.command("forecast")
@click.argument("table", required=False, type=click.Path(path_type=Path))
@click.option("--from", "first", default=1985, show_default=True, help="First origin.")
@click.option("--to", "last", default=2018, show_default=True, help="Last origin.")
@click.option("--horizon", default=3, show_default=True)
@click.option("--peers", default=50, show_default=True, help="Series that statsmodels fits; 0: none.")
@click.option("--months", is_flag=True, help="Of planted topics' papers a month.")
@click.option("--json", "as_json", is_flag=True)
def bench(table: Path | None, first: int, last: int, horizon: int, peers: int, months: bool, as_json: bool) -> None:
    """Measure the forecasts on TABLE."""
    order = read_order("1,1,1")
    if months:
        click.echo(json.dumps(_months(order), indent=None if as_json else 2))
        return
    if table is None:
        raise click.UsageError("give a TABLE, or --months")
    missing = ["statsmodels"] if peers and not importlib.util.find_spec("statsmodels") else []
    peers = 0 if missing else peers
    read = read_table(table)
    series = np.log1p(read.values[[refusal(one, read.first_year) is None for one in read.values]])
    origins = range(first - read.first_year, last - read.first_year + 1)
    report: dict[str, Any] = {
        "not installed": missing,
        "series": len(series),
        "origins": [first, last],
        "horizon": horizon,
        "models": {model: asdict(measure(series, horizon, model, order, origins)) for model in MODELS},
    }
    random = np.random.default_rng(20)
    many = np.resize(series, (SERIES, series.shape[1]))
    many = np.maximum(many + random.normal(0, NOISE, many.shape), 0)

    def forecasting(model: Model) -> Callable[[], Any]:
        return lambda: ahead(many, horizon, model, order)

    report["seconds_for_1000"] = {model: _seconds(forecasting(model)) for model in MODELS}
    if peers:
        from statsmodels.tsa.arima.model import ARIMA

        theirs = np.empty((peers, horizon))

        def loop() -> None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # its notes on starting values and convergence, a thousand of them
                for row in range(peers):
                    theirs[row] = ARIMA(many[row], order=(1, 1, 1)).fit().forecast(horizon)

        report["seconds_for_1000"]["statsmodels ARIMA, in a loop"] = _seconds(loop, 2) * SERIES / peers
        ours = forecast_arima(many[:peers], horizon, order)[0]
        report["arima_median_difference_from_statsmodels"] = float(np.median(np.abs(ours - theirs)))
        base = report["seconds_for_1000"]["statsmodels ARIMA, in a loop"]
        report["times_faster"] = {model: base / report["seconds_for_1000"][model] for model in MODELS}
    if as_json:
        click.echo(json.dumps(report, indent=2))
        return
    click.echo(f"{'':14}{'error':>8}{'in 80 %':>9}{'in 95 %':>9}{'s/1000':>9}{'faster':>9}")
    for model, one in report["models"].items():
        faster = f"{report['times_faster'][model]:.0f} x" if peers else ""
        click.echo(
            f"{model:14}{one['error_of_naive']:8.3f}{one['coverage80']:9.1%}{one['coverage95']:9.1%}"
            f"{report['seconds_for_1000'][model]:9.2f}{faster:>9}"
        )
    if missing:
        click.echo(f"not installed: {', '.join(missing)}; .venv/bin/pip install -r requirements/bench.txt")
    if peers:
        click.echo(f"statsmodels' ARIMA in a loop: {report['seconds_for_1000']['statsmodels ARIMA, in a loop']:.1f} s")
