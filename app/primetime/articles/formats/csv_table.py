"""CSV with a heading: our own exports, PubMed's, and tables whose columns are named as usual."""

import csv
from collections.abc import Iterator, Sequence
from typing import IO

from primetime.articles.byte_window import ByteWindow
from primetime.articles.folding import letters_and_digits
from primetime.articles.formats.citation import TABLE_VERSION, are_initials, make_article, people, without_suffix
from primetime.articles.formats.nbib import read_heading
from primetime.articles.formats.tagged_lines import numbered_lines
from primetime.articles.identifiers import read_pmc
from primetime.articles.pubmed_citation import MalformedError
from primetime.articles.record import Article, Record, SkippedRecord
from primetime.articles.spreadsheet_formulas import runs_as_formula
from primetime.errors import BadInput

# Field by the column's name in letters and digits alone; the first of a row's columns with a value counts.
FIELDS = {
    "pmid": "pmid", "pubmedid": "pmid", "medlinepmid": "pmid",
    "title": "title", "articletitle": "title", "documenttitle": "title",
    "abstract": "abstract",
    "journal": "journal", "journalbook": "journal", "sourcetitle": "journal", "publicationtitle": "journal",
    "journalname": "journal",
    "publicationdate": "date", "date": "date", "publicationyear": "year", "year": "year", "py": "year",
    "authors": "authors", "author": "authors", "authornames": "authors",
    "doi": "doi", "pmcid": "pmc", "pmc": "pmc",
    "volume": "volume", "issue": "issue", "number": "issue", "pages": "pages", "pagestart": "first", "pageend": "last",
    "mesh": "mesh", "meshterms": "mesh", "publicationtypes": "types", "publicationtype": "types",
    "documenttype": "types", "authorkeywords": "keywords", "language": "languages",
    "languages": "languages",
}  # fmt: skip
_LARGEST_FIELD = 8 << 20


def read_csv(stream: IO[bytes], name: str) -> Iterator[Record]:
    """The rows of a table in its order. Raises BadInput when it has no heading with a title or cannot be read."""
    csv.field_size_limit(_LARGEST_FIELD)
    lines = numbered_lines(ByteWindow(stream, name))
    place = 0

    def text_lines() -> Iterator[str]:
        nonlocal place
        for place, line in lines:
            try:
                yield line.decode() + "\n"
            except UnicodeDecodeError as error:
                raise BadInput(f"{name} is not UTF-8 at line {place}", remedy="save it as CSV UTF-8") from error

    source = text_lines()
    heading_line = next(source, "")
    if "\r" in heading_line:
        raise BadInput(
            f"{name} has lines that end as they did on old Macintoshes",
            remedy="save it as CSV UTF-8",
        )
    columns = columns_of(heading_line)
    if "title" not in columns.values():
        raise BadInput(
            f"{name} has no column for the title in its first line", remedy="name the columns PMID, Title, Authors, …"
        )
    rows = csv.reader(source, delimiter=delimiter_of(heading_line))
    number = 0
    while True:
        line = place + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise BadInput(
                f"{name} cannot be read as CSV at record {number + 1} (line {line}): {error}",
                remedy="look for a quotation mark that is not closed",
            ) from error
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        number += 1
        try:
            yield _article(_cells(row, columns))
        except MalformedError as error:
            yield SkippedRecord(number=number, line=line, pmid=None, reason=str(error))


def delimiter_of(heading: str) -> str:
    """The one of comma, semicolon and tab that the heading has most of."""
    return max(",;\t", key=heading.count)


def columns_of(heading: str) -> dict[int, str]:
    """The field of each column that has one, by the column's place from 0."""
    heading = heading.partition("\r")[0]
    names = next(csv.reader([heading], delimiter=delimiter_of(heading)), [])
    fields = ((place, FIELDS.get(letters_and_digits(cell))) for place, cell in enumerate(names))
    return {place: field for place, field in fields if field is not None}


def _cells(row: Sequence[str], columns: dict[int, str]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for place, field in columns.items():
        if place < len(row) and row[place].strip():
            cells.setdefault(field, _plain(row[place]))
    return cells


def _plain(cell: str) -> str:
    """Without the apostrophe that our exports set before what a spreadsheet would run."""
    return cell[1:] if cell.startswith("'") and runs_as_formula(cell[1:]) else cell


def _article(cells: dict[str, str]) -> Article:
    first, last = cells.get("first", ""), cells.get("last", "")
    return make_article(
        version=TABLE_VERSION,
        pmid=cells.get("pmid", ""),
        title=cells.get("title", ""),
        abstract=cells.get("abstract", ""),
        journal=cells.get("journal", ""),
        date=cells.get("date", "") or cells.get("year", ""),
        authors=people(_names(cells.get("authors", ""))),
        mesh=[read_heading(part) for part in _parts(cells.get("mesh", ""))],
        publication_types=_parts(cells.get("types", "")),
        keywords=_parts(cells.get("keywords", "")),
        doi=cells.get("doi", ""),
        pmc=read_pmc(cells.get("pmc", "")),
        languages=_parts(cells.get("languages", "")),
        volume=cells.get("volume", ""),
        issue=cells.get("issue", ""),
        pages=cells.get("pages", "") or (f"{first}-{last}" if last else first),
    )


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _names(cell: str) -> list[str]:
    """Names stand between semicolons, and between commas where the first of them ends in initials.

    `Smith JA Jr, Doe A; The Group` are three. A comma also stands within a name, which must stay whole:
    `Smith, John A; Doe, Jane`.
    """
    return [name for part in _parts(cell.strip().rstrip(".")) for name in _between_commas(part)]


def _between_commas(part: str) -> list[str]:
    names = [name.strip() for name in part.split(",") if name.strip()]
    words, _ = without_suffix(names[0].split()) if names else ([], "")
    return names if len(words) > 1 and are_initials(words[-1]) else [part]
