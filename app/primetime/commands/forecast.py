"""`primetime forecast`: a table of yearly series, some years on."""

from dataclasses import asdict
from pathlib import Path

import click
import numpy as np
import orjson
from numpy.typing import NDArray

from primetime.analysis.arima import read_order
from primetime.analysis.forecast import MODELS, Ahead, Model, ahead, standing
from primetime.analysis.forecast_error import Measured, checkable_origins, measure
from primetime.analysis.table import Table, read_table, refusal, write_csv
from primetime.commands.session import begin
from primetime.errors import BadInput

HEADER = ["series", "year", "horizon", "model", "forecast", "low80", "high80", "low95", "high95", "naive", "refused"]


@click.command("forecast")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--origin", type=int, help="Last year that may be used; default the last of the file.")
@click.option("--horizon", type=click.IntRange(1, 50), help="Years ahead; default PRIMETIME_FORECAST_PERIODS (3).")
@click.option("--model", type=click.Choice(MODELS), help="Default PRIMETIME_FORECAST_MODEL (automatic).")
@click.option("--order", help="ARIMA's p,d,q; default PRIMETIME_ARIMA_ORDER (1,1,1).")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="CSV file, one row a series and year.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def forecast_command(
    file: Path,
    origin: int | None,
    horizon: int | None,
    model: Model | None,
    order: str | None,
    output: Path,
    as_json: bool,
) -> None:
    """Forecast the series of FILE: CSV, plain or gzip, the first column the year, one column a series.

    No value after the origin is used. A series that cannot be forecast has one row with the reason. The line printed
    says how the same model did at the ten origins before.
    """
    settings = begin()
    chosen: Model = model or settings.forecast_model
    arima = read_order(order or settings.arima_order)
    years = horizon or settings.forecast_periods
    whole = read_table(file)
    last = whole.last_year if origin is None else origin
    if not whole.first_year <= last <= whole.last_year:
        raise BadInput(
            f"the origin {last} is outside {file}, which has {whole.first_year} to {whole.last_year}",
            remedy="choose an --origin among its years",
        )
    table = whole.until(last)
    reasons = [refusal(values, table.first_year) for values in table.values]
    usable = [number for number, reason in enumerate(reasons) if reason is None]
    series = np.log1p(table.values[usable])
    chosen = standing(series, chosen)
    found = ahead(series, years, chosen, arima) if usable else None
    origins = checkable_origins(series) if usable else []
    measured = measure(series, years, chosen, arima, origins) if origins else None
    figures = None if found is None else _figures(found)
    for row, number in enumerate(usable):
        if figures is not None and np.isnan(figures[row]).any():
            reasons[number] = f"its years are too few for {chosen}"
        elif figures is not None and np.isinf(figures[row]).any():
            reasons[number] = "its forecast, or its interval, is beyond all numbers"
    write_csv(output, HEADER, _rows(table, chosen, reasons, usable, figures))
    refused = sum(reason is not None for reason in reasons)
    if as_json:
        summary = {
            "model": chosen,
            "origin": last,
            "horizon": years,
            "forecast": len(reasons) - refused,
            "refused": {name: reason for name, reason in zip(table.names, reasons, strict=True) if reason},
            "measured": asdict(measured) if measured else None,
        }
        click.echo(orjson.dumps(summary))
    else:
        click.echo(
            f"{len(reasons) - refused} series forecast from {last} by {chosen}, {refused} refused; {_told(measured)}"
        )


def _figures(found: Ahead) -> NDArray[np.float64]:
    """[S, horizon, 5] of the usable series, back on their own scale: the forecast and the ends of both intervals."""
    middle, eighty, ninety_five = found.expected, found.half80, found.half95
    ends = [middle, middle - eighty, middle + eighty, middle - ninety_five, middle + ninety_five]
    with np.errstate(over="ignore"):
        figures: NDArray[np.float64] = np.maximum(np.expm1(np.stack(ends, axis=-1)), 0.0)
    return figures


def _rows(
    table: Table,
    model: str,
    reasons: list[str | None],
    usable: list[int],
    figures: NDArray[np.float64] | None,
) -> list[list[object]]:
    place = {number: row for row, number in enumerate(usable)}
    rows: list[list[object]] = []
    for number, name in enumerate(table.names):
        if figures is None or reasons[number] is not None:
            rows.append([name, "", "", model, "", "", "", "", "", "", reasons[number]])
            continue
        naive = float(table.values[number, -1])
        for step, told in enumerate(figures[place[number]].tolist(), start=1):
            rows.append([name, table.last_year + step, step, model, *told, naive, ""])
    return rows


def _told(measured: Measured | None) -> str:
    if measured is None:
        return "there are no earlier origins to measure the model at"
    share = "" if measured.error_of_naive is None else f"its error was {measured.error_of_naive:.2f} of naive's, "
    return (
        f"at the {measured.origins} origins before, {share}its 80 % interval held {measured.coverage80:.0%} "
        f"and its 95 % interval {measured.coverage95:.0%}"
    )
