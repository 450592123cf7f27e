"""RIS: https://en.wikipedia.org/wiki/RIS_(file_format)"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from primetime.articles.exporting.selection import Context, ExportRow

_PAGES = re.compile(r"([^\s,;-]+)-([^\s,;-]+)")


def ris_pieces(rows: Iterable[ExportRow], _context: Context) -> Iterator[bytes]:
    for row in rows:
        lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in _fields(row) if value.strip()]
        yield ("\r\n".join(["TY  - JOUR", *lines, "ER  - "]) + "\r\n\r\n").encode()


def _fields(row: ExportRow) -> Iterator[tuple[str, str]]:
    yield "TI", row.title
    for author in row.authors:
        yield "AU", person_line(author)
    yield "PY", str(row.publication_year or "")
    first = row.publication_date
    # The fourth part of DA is for anything: the date as it is printed.
    yield "DA", f"{first:%Y/%m/%d}/{row.publication_date_printed}" if first else ""
    yield "JF", row.journal
    yield "JA", row.journal_abbreviation
    yield "VL", row.volume
    yield "IS", row.issue
    pages = _PAGES.fullmatch(row.pages)
    if pages and pages[1] != pages[2]:
        yield "SP", pages[1]
        yield "EP", pages[2]
    else:
        yield "SP", row.pages
    yield "SN", row.details.get("journal_issn", "")
    yield "DO", row.doi or ""
    yield "C2", row.pmc or ""
    for kind in row.publication_types:
        yield "M3", kind
    for keyword in dict.fromkeys((*row.keywords, *(heading["name"] for heading in row.mesh))):
        yield "KW", keyword
    for language in row.languages:
        yield "LA", language
    yield "AB", row.abstract
    if row.pubmed_id is not None and row.owner != "MADE-UP":
        yield "DB", "PubMed"
        yield "AN", str(row.pubmed_id)
        yield "UR", f"https://pubmed.ncbi.nlm.nih.gov/{row.pubmed_id}/"
    yield "N1", f"Topic: {row.topic}" if row.topic else ""


def person_line(author: dict[str, Any]) -> str:
    """`Doe, John A., Jr`; a group ends in a comma, by which reference managers know that it is no person."""
    if author.get("collective_name"):
        return f"{author['collective_name']},"
    given = author.get("fore_name") or author.get("initials") or ""
    parts = (author.get("last_name") or "", given, author.get("suffix") or "")
    return ", ".join(part for part in parts if part)
