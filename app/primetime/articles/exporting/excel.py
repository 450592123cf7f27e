"""Excel's own format. It is a zip archive, so it is made in a file and streamed from there."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import xlsxwriter

from primetime.articles.exporting.selection import Context, ExportRow
from primetime.articles.exporting.table import COLUMNS, cells

_PIECE = 64 << 10
_LONGEST_CELL = 32_767
_ROWS = 1_000_000  # Excel's sheets end at 1,048,576: what is more goes to a further sheet
_WIDTHS = {"Title": 60, "Abstract": 80, "Journal": 30, "Authors": 40, "MeSH": 40}


def excel_pieces(rows: Iterable[ExportRow], context: Context) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="primetime-excel-") as folder:
        path = Path(folder) / "articles.xlsx"
        # Each row goes to the disk before the next begins. Texts stay texts: no formula, no link, no number.
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(str(path), options) as workbook:
            bold = workbook.add_format({"bold": True})
            sheet, line = None, 0
            for row in _at_least_one(rows):
                if sheet is None or line > _ROWS:
                    sheet = workbook.add_worksheet()
                    sheet.freeze_panes(1, 2)
                    for column, name in enumerate(COLUMNS):
                        sheet.set_column(column, column, _WIDTHS.get(name, 16))
                    sheet.write_row(0, 0, COLUMNS, bold)
                    line = 1
                if row is None:
                    continue
                for column, cell in enumerate(cells(row, context)):
                    if isinstance(cell, (int, float)):
                        sheet.write_number(line, column, cell)
                    elif cell != "":
                        sheet.write_string(line, column, str(cell)[:_LONGEST_CELL])
                line += 1
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _at_least_one(rows: Iterable[ExportRow]) -> Iterator[ExportRow | None]:
    yield None  # the heading, even where there are no articles
    yield from rows
