"""Yearly series from a CSV file, and their forecasts into one: the first column the year, one column a series."""

from __future__ import annotations

import csv
import io
import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.forecast import FEWEST_YEARS
from primetime.articles.byte_window import read_plain_or_gzip
from primetime.errors import BadInput

# Years above zero that a series needs: in fewer there is nothing to continue.
FEWEST_ABOVE_ZERO = 5
# Counts above it are no counts of anything here, and a forecast from them leaves what a float can hold.
LARGEST = 1e15


@dataclass(frozen=True, kw_only=True)
class Table:
    """Values of S named series in n consecutive years."""

    first_year: int
    names: list[str]
    values: NDArray[np.float64]
    """[S, n]; NaN where the file has no value"""

    @property
    def last_year(self) -> int:
        return self.first_year + int(self.values.shape[1]) - 1

    def until(self, year: int) -> Table:
        """The years up to `year`: whatever is computed from the answer cannot know a later one."""
        kept = self.values[:, : year - self.first_year + 1]
        return Table(first_year=self.first_year, names=self.names, values=kept)


def read_table(path: Path) -> Table:
    """Read a CSV file, plain or gzip, in UTF-8. A year that is not there has no values.

    Raises BadInput, naming the line, for a file that cannot be read, has no series, a name twice, a year twice or none,
    a row of another length, or a cell that is no number up to 1e15.
    """
    try:
        text = read_plain_or_gzip(path).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"cannot read {path}: {error}", remedy="give a CSV file in UTF-8, plain or gzip") from error
    if len(rows) < 2 or len(rows[0]) < 2:
        raise BadInput(
            f"{path} has no series", remedy="the first column is the year, each other one a series, the first row names"
        )
    names = [name.strip() for name in rows[0][1:]]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(f"{path} names the series {twice[0]!r} twice", remedy="give each series a name of its own")
    by_year: dict[int, list[float]] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"{path}, line {line}"
        if len(row) != len(rows[0]):
            raise BadInput(f"{where} has {len(row)} cells, the first row {len(rows[0])}", remedy="correct the row")
        year = _year(row[0], where)
        if year in by_year:
            raise BadInput(f"{where} has the year {year} again", remedy="keep one row a year")
        by_year[year] = [_value(cell, where, name) for cell, name in zip(row[1:], names, strict=True)]
    if not by_year:
        raise BadInput(f"{path} has no years", remedy="write one row a year")
    first, last = min(by_year), max(by_year)
    values = np.full((len(names), last - first + 1), np.nan)
    for year, cells in by_year.items():
        values[:, year - first] = cells
    return Table(first_year=first, names=names, values=values)


def refusal(values: NDArray[np.float64], first_year: int) -> str | None:
    """Why one series [n] cannot be forecast; None if it can. Leading years without a value are its time before."""
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return "it has no value up to the origin"
    inside = values[known[0] :]
    if np.isnan(inside).any():
        return f"its value of {first_year + int(known[0]) + int(np.flatnonzero(np.isnan(inside))[0])} is missing"
    if (inside < 0).any():
        return f"its value of {first_year + int(known[0]) + int(np.flatnonzero(inside < 0)[0])} is negative"
    if len(inside) < FEWEST_YEARS:
        return f"{len(inside)} years are too few, {FEWEST_YEARS} are needed"
    if (inside > 0).sum() < FEWEST_ABOVE_ZERO:
        return f"{int((inside > 0).sum())} of its years are above zero, {FEWEST_ABOVE_ZERO} are needed"
    return None


def write_csv(path: Path, header: list[str], rows: list[list[object]]) -> None:
    """Write a CSV file whole or not at all. Raises BadInput where it cannot be written."""
    # Written beside and renamed at the end, so that a stopped command leaves no half file under that name.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
        unfinished.replace(path)
    except OSError as error:
        raise BadInput(f"cannot write {path}: {error.strerror}", remedy="choose another --output") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _year(cell: str, where: str) -> int:
    text = cell.strip()
    if not (text.isascii() and text.isdigit() and 1000 <= int(text) <= 9999):
        raise BadInput(f"{where} begins with {cell!r}, which is no year", remedy="the first column is the year")
    return int(text)


def _value(cell: str, where: str, name: str) -> float:
    text = cell.strip()
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise BadInput(
            f"{where} has {cell!r} in the column {name!r}, which is no number",
            remedy="write a number, or leave the cell empty",
        )
    if abs(value) > LARGEST:
        raise BadInput(
            f"{where} has {cell!r} in the column {name!r}, which is beyond {LARGEST:.0e}",
            remedy="count in a larger unit, or leave the cell empty",
        )
    return value
