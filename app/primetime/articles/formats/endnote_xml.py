"""EndNote's XML export. The file is cut at its records, so that one that is not well-formed costs only itself."""

import re
from collections.abc import Iterator
from typing import IO

from lxml import etree

from primetime.articles.byte_window import ByteWindow
from primetime.articles.formats.citation import REFERENCE_VERSION, make_article, one_line, people
from primetime.articles.formats.manager_pmid import pmid_in
from primetime.articles.identifiers import read_pmc
from primetime.articles.pubmed_citation import MalformedError
from primetime.articles.record import Article, Details, Record, SkippedRecord
from primetime.errors import BadInput

_BOOKS = frozenset({"Book", "Book Section", "Edited Book", "Electronic Book", "Thesis"})
_START = re.compile(rb"<record[\s>]")
_LINES = re.compile(r"\s*[\r\n]+\s*")


def read_endnote_xml(stream: IO[bytes], name: str) -> Iterator[Record]:
    """The records of an EndNote XML file in its order, one in memory at a time.

    No document type is in force: entities of its own are refused record by record, nothing is fetched. Raises
    BadInput when the file ends within a record.
    """
    window = ByteWindow(stream, name)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, encoding="utf-8"
    )
    number = 0
    while (start := window.find(b"<record")) is not None:
        window.take(start)
        if not _START.match(window.peek(8)):
            window.take(7)
            continue
        number += 1
        line = window.line
        end = window.find(b"</record>")
        if end is None:
            raise BadInput(
                f"{name} is truncated: it ends in record {number} (line {line})", remedy="export the file again"
            )
        try:
            yield _article(etree.fromstring(window.take(end + len(b"</record>")), parser))
        except etree.XMLSyntaxError as error:
            yield SkippedRecord(number=number, line=line, pmid=None, reason=f"not well-formed XML: {error.msg}")
        except MalformedError as error:
            yield SkippedRecord(number=number, line=line, pmid=None, reason=str(error))


def _article(record: etree._Element) -> Article:
    kind = record.find("ref-type")
    if kind is not None and kind.get("name") in _BOOKS:
        raise MalformedError(f"{str(kind.get('name')).lower()}, not an article")

    def text(path: str) -> str:
        return _text(record.find(path))

    def texts(path: str) -> list[str]:
        return [_text(element) for element in record.iterfind(path)]

    year, day = text("dates/year"), text("dates/pub-dates/date")
    full_journal = text("periodical/full-title")
    journal = text("titles/secondary-title") or full_journal or text("titles/alt-title")
    return make_article(
        version=REFERENCE_VERSION,
        pmid=pmid_in(
            accession=text("accession-num"),
            database=f"{text('remote-database-provider')} {text('remote-database-name')}",
            custom=[text("custom3"), text("custom5")],
            addresses=[_text(element) for element in record.iterfind("urls//url")],
        ),
        title=text("titles/title"),
        abstract=text("abstract"),
        journal=journal,
        journal_abbreviation=text("periodical/abbr-1") or text("titles/alt-title"),
        date=day if year and year in day else f"{year} {day}".strip(),
        authors=people(texts("contributors/authors/author")),
        publication_types=[part for part in text("work-type").split(";") if part.strip()],
        keywords=texts("keywords/keyword"),
        doi=text("electronic-resource-num"),
        pmc=read_pmc(text("custom2")),
        languages=[part for part in re.split(r"[,;\n]", text("language")) if part.strip()],
        volume=text("volume"),
        issue=text("number"),
        pages=text("pages"),
        details=Details(journal_issn=_LINES.split(text("isbn"))[0]),
    )


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    text = "".join(str(piece) for piece in element.itertext()).strip()
    return "\n".join(one_line(part) for part in _LINES.split(text))
