"""CSV in UTF-8 with the byte-order mark that Excel needs."""

import csv
import io
from collections.abc import Iterable, Iterator

from primetime.articles.exporting.selection import Context, ExportRow
from primetime.articles.exporting.table import COLUMNS, cells
from primetime.articles.spreadsheet_formulas import runs_as_formula

_PIECE = 64 << 10


def csv_pieces(rows: Iterable[ExportRow], context: Context) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([neutral(cell) for cell in cells(row, context)])
        if buffer.tell() >= _PIECE:
            yield _drain(buffer)
    yield _drain(buffer)


def neutral(value: object) -> object:
    """The value as a spreadsheet shows it; text that it would run as a formula gets an apostrophe before it."""
    if isinstance(value, str) and runs_as_formula(value):
        return "'" + value
    return value


def _drain(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data
