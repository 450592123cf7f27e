"""The formats of an export: what each is called, and what makes it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from primetime.articles.exporting.bibtex import bibtex_pieces
from primetime.articles.exporting.csv_table import csv_pieces
from primetime.articles.exporting.excel import excel_pieces
from primetime.articles.exporting.nbib import nbib_pieces
from primetime.articles.exporting.ris import ris_pieces
from primetime.articles.exporting.selection import Context, ExportRow


class ExportFormat(StrEnum):
    CSV = "csv"
    RIS = "ris"
    BIBTEX = "bibtex"
    NBIB = "nbib"
    EXCEL = "excel"


@dataclass(frozen=True, kw_only=True)
class _Kind:
    pieces: Callable[[Iterable[ExportRow], Context], Iterator[bytes]]
    extension: str
    media_type: str


_KINDS = {
    ExportFormat.CSV: _Kind(pieces=csv_pieces, extension="csv", media_type="text/csv; charset=utf-8"),
    ExportFormat.RIS: _Kind(
        pieces=ris_pieces, extension="ris", media_type="application/x-research-info-systems; charset=utf-8"
    ),
    ExportFormat.BIBTEX: _Kind(pieces=bibtex_pieces, extension="bib", media_type="application/x-bibtex; charset=utf-8"),
    ExportFormat.NBIB: _Kind(pieces=nbib_pieces, extension="nbib", media_type="application/nbib; charset=utf-8"),
    ExportFormat.EXCEL: _Kind(
        pieces=excel_pieces,
        extension="xlsx",
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


def export_pieces(rows: Iterable[ExportRow], wanted: ExportFormat, context: Context | None = None) -> Iterator[bytes]:
    """The articles in a format, piece by piece; `rows` are taken as they are needed."""
    return _KINDS[wanted].pieces(rows, context or Context())


def extension_of(wanted: ExportFormat) -> str:
    """csv, ris, bib, nbib or xlsx."""
    return _KINDS[wanted].extension


def media_type_of(wanted: ExportFormat) -> str:
    return _KINDS[wanted].media_type


def format_named(name: str) -> ExportFormat | None:
    """The format of a file of this name, by its extension; None when it is none of them."""
    extension = name.rpartition(".")[2].lower()
    return next((known for known, kind in _KINDS.items() if kind.extension == extension), None)
