"""A list of PMIDs: numbers one a line, or with commas, semicolons or blanks between them; or a table's column PMID."""

import csv
import re
from collections.abc import Iterator
from typing import IO

from primetime.articles.byte_window import ByteWindow
from primetime.articles.folding import letters_and_digits
from primetime.articles.formats.csv_table import FIELDS, columns_of, delimiter_of
from primetime.articles.formats.tagged_lines import numbered_lines
from primetime.articles.identifiers import read_pmid
from primetime.articles.record import SkippedRecord, WantedArticle
from primetime.errors import BadInput

_BETWEEN = re.compile(r"[\s,;\"']+")
_LABEL = re.compile(r"\bPMID:?\s*(?=\d)", re.IGNORECASE)
_YEAR = re.compile(r"1[89]\d\d|20\d\d")


def read_pmid_list(stream: IO[bytes], name: str) -> Iterator[WantedArticle | SkippedRecord]:
    """Each PMID, and each word that is none with its place; of a table, the column that its heading calls so.

    Raises BadInput when the file cannot be read.
    """
    number, column, delimiter = 0, None, ","
    for line, raw in numbered_lines(ByteWindow(stream, name)):
        text = raw.decode("utf-8", "replace")
        if line == 1 and (found := _heading_column(text)) is not None:
            column, delimiter = found, delimiter_of(text)
            continue
        try:
            told = text if column is None else _cell(text, column, delimiter)
        except csv.Error as error:
            raise BadInput(f"{name} cannot be read as CSV at line {line}: {error}", remedy="export it again") from error
        for word in words_of(told):
            if line == 1 and number == 0 and word.upper() in ("PMID", "PMIDS"):
                continue
            number += 1
            pmid = read_pmid(word)
            if pmid is None:
                yield SkippedRecord(number=number, line=line, pmid=None, reason=f"{word[:30]!r} is not a PMID")
            else:
                yield WantedArticle(pmid=pmid)


def is_pmid_list(text: str) -> bool:
    """Whether the beginning of a file is one: at least half of the words are numbers, and they are not years.

    A table is one only where its heading names the column, since any other column has numbers too.
    """
    lines = text.splitlines()
    named = columns_of(lines[0] if lines else "").values()
    if named:
        return "pmid" in named
    words = words_of(text)
    numbers = [word for word in words if word.isascii() and word.isdigit()]
    return bool(numbers) and len(numbers) * 2 >= len(words) and not _has_years(lines)


def words_of(text: str) -> list[str]:
    """`PMID: 7, 8` is 7 and 8."""
    return [word for word in _BETWEEN.split(_LABEL.sub("", text)) if word]


def _heading_column(line: str) -> int | None:
    """The place of the column PMID, from 0, in the heading of a table; None: it is none, or of one column alone."""
    cells = line.partition("\r")[0].split(delimiter_of(line))
    if len(cells) < 2 or any(map(read_pmid, cells)):
        return None
    return next((place for place, cell in enumerate(cells) if FIELDS.get(letters_and_digits(cell)) == "pmid"), None)


def _has_years(lines: list[str]) -> bool:
    """Whether some column of these lines has nothing but years."""
    rows = [words_of(line) for line in lines if line.strip()]
    if len(rows) < 2 or len({len(row) for row in rows}) != 1:
        return False
    return any(all(_YEAR.fullmatch(word) for word in column) for column in zip(*rows, strict=True))


def _cell(line: str, column: int, delimiter: str) -> str:
    cells = next(csv.reader([line.replace("\r", " ")], delimiter=delimiter), [])
    return cells[column] if column < len(cells) else ""
