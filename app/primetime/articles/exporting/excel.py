"""Excel's own format (ECMA-376, parts 1 and 2), row by row: the archive goes out as it is made, and needs no room.

The libraries that write it keep the whole sheet in memory or in a file first.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from primetime.articles.exporting.selection import Context, ExportRow
from primetime.articles.exporting.table import COLUMNS, cells

_PIECE = 64 << 10
_LONGEST_CELL = 32_767  # UTF-16 units
# Excel's sheets end at 1,048,576 rows, and a file in an archive that is sent as it is made at 4 GB: more goes to a
# further sheet.
_ROWS, _SHEET_BYTES = 1_000_000, 3 << 30
_WIDTHS = {"Title": 60, "Abstract": 80, "Journal": 30, "Authors": 40, "MeSH": 40}
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# What XML has no place for, and what would be read as the escape of it (part 1, 22.9.2.19, ST_Xstring).
_ESCAPED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_STYLES = f"""{_HEAD}<styleSheet xmlns="{_MAIN}">\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


def excel_pieces(rows: Iterable[ExportRow], context: Context) -> Iterator[bytes]:
    sent, remaining, sheets = _Sent(), iter(rows), 0
    with ZipFile(sent, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        row = next(remaining, None)
        while row is not None or not sheets:  # one sheet with the heading where there are no articles
            sheets += 1
            with archive.open(_entry(f"xl/worksheets/sheet{sheets}.xml"), "w") as sheet:
                line, size = 1, sheet.write(_sheet_head().encode())
                while row is not None and line <= _ROWS and size < _SHEET_BYTES:
                    line += 1
                    size += sheet.write(_row(line, cells(row, context)).encode())
                    if sent.waiting >= _PIECE:
                        yield sent.take()
                    row = next(remaining, None)
                sheet.write(b"</sheetData></worksheet>")
        for name, text in _book(sheets).items():
            archive.writestr(_entry(name), text)
    yield sent.take()


class _Sent:
    """What the archive has written and nobody has taken yet. Nothing can be put right in it afterwards."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.waiting = 0
        """bytes"""

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.waiting += len(data)
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts, self.waiting = [], 0
        return data


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, datetime.now(UTC).timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    return entry


def _sheet_head() -> str:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{_WIDTHS.get(name, 16)}" customWidth="1"/>'
        for number, name in enumerate(COLUMNS, 1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane xSplit="2" ySplit="1" topLeftCell="C2" activePane="bottomRight" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>{_row(1, COLUMNS, style=1)}"
    )


def _row(line: int, values: Iterable[object], *, style: int = 0) -> str:
    """Texts stay texts: no formula, no link, no number."""
    written = []
    for name, value in zip(_LETTERS, values, strict=True):
        if isinstance(value, (int, float)):
            written.append(f'<c r="{name}{line}" s="{style}"><v>{value!r}</v></c>')
        elif value != "":
            text = escape(_ESCAPED.sub(_code, _cut(str(value))))
            written.append(
                f'<c r="{name}{line}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
            )
    return f'<row r="{line}">{"".join(written)}</row>'


def _letters(number: int) -> str:
    """A column's name: A, …, Z, AA, …"""
    return (_letters((number - 1) // 26) if number > 26 else "") + chr(ord("A") + (number - 1) % 26)


_LETTERS = [_letters(number) for number in range(1, len(COLUMNS) + 1)]


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_CELL // 2:
        return text
    return text.encode("utf-16-le")[: 2 * _LONGEST_CELL].decode("utf-16-le", "ignore")


def _code(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def _book(sheets: int) -> dict[str, str]:
    """The archive's other files, by name."""
    numbers = range(1, sheets + 1)
    listed = "".join(f'<sheet name="Sheet{number}" sheetId="{number}" r:id="rId{number}"/>' for number in numbers)
    parts = {"xl/workbook.xml": "sheet.main", "xl/styles.xml": "styles"}
    parts |= {f"xl/worksheets/sheet{number}.xml": "worksheet" for number in numbers}
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPES}.{type_}+xml"/>' for name, type_ in parts.items()
    )
    own = chain(
        ((f"worksheets/sheet{number}.xml", f"{_OFFICE}/worksheet") for number in numbers),
        [("styles.xml", f"{_OFFICE}/styles")],
    )
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": _relations([("xl/workbook.xml", f"{_OFFICE}/officeDocument")]),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(own),
        "xl/styles.xml": _STYLES,
    }


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{type_}" Target="{target}"/>'
        for number, (target, type_) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'
