"""RIS, which every reference manager and most databases write.

Sources: https://refdb.sourceforge.net/manual-0.9.6/sect1-ris-format.html and
https://en.wikipedia.org/wiki/RIS_(file_format), which lists how vendors use the tags.
"""

import re
from collections.abc import Iterator
from typing import IO

from primetime.articles.formats.citation import REFERENCE_VERSION, make_article, people
from primetime.articles.formats.manager_pmid import pmid_in
from primetime.articles.formats.tagged_lines import Layout, TaggedRecord, tagged_articles
from primetime.articles.identifiers import read_doi, read_pmc
from primetime.articles.pubmed_citation import MalformedError
from primetime.articles.record import Article, Details, Record

LAYOUT = Layout(line=re.compile(rb"([A-Z][A-Z0-9])  -(?: (.*)|\s*$)", re.DOTALL), start="TY", end="ER")
_BOOKS = frozenset({"BOOK", "CHAP", "EBOOK", "ECHAP", "EDBOOK", "THES"})
_DATE = re.compile(r"(\d{4})(?:/(\d{0,2})(?:/(\d{0,2})(?:/(.*))?)?)?$")


def read_ris(stream: IO[bytes], name: str) -> Iterator[Record]:
    """The records of a RIS file in its order. Raises BadInput when the file cannot be read."""
    return tagged_articles(stream, name, LAYOUT, _article)


def _article(record: TaggedRecord) -> Article:
    first = record.first
    kind = first("TY").upper()
    if kind in _BOOKS:
        raise MalformedError(f"{kind.lower()}, not an article")
    start, end = first("SP"), first("EP")
    return make_article(
        version=REFERENCE_VERSION,
        pmid=_pmid(record),
        title=first("TI", "T1", "CT"),
        abstract=first("AB", "N2"),
        journal=first("JF", "T2", "JO", "JA", "J2"),
        journal_abbreviation=first("JA", "J2", "JO") if first("JF", "T2") else "",
        date=_date(record),
        authors=people(record.all("AU", "A1")),
        publication_types=[value for value in record.all("M3") if read_doi(value) is None],
        keywords=record.all("KW"),
        doi=next((value for value in record.all("DO", "DI", "M3", "UR", "L3", "N1") if read_doi(value)), ""),
        pmc=next((pmc for value in record.all("C2") if (pmc := _pmc(value))), None),
        languages=record.all("LA"),
        volume=first("VL"),
        issue=first("IS"),
        pages=f"{start}-{end}" if end and end != start and "-" not in start else start,
        details=Details(journal_issn=first("SN")),
    )


def _pmc(text: str) -> str | None:
    return read_pmc(text) if text.upper().startswith("PMC") else None


def _pmid(record: TaggedRecord) -> str:
    database = " ".join(record.all("DB", "DP"))
    return pmid_in(
        accession=record.first("AN", "ID"),
        database=database,
        custom=[record.first("C3"), record.first("C5")],
        addresses=record.all("UR", "L2", "N1"),
    )


def _date(record: TaggedRecord) -> str:
    """DA is year/month/day/anything: the anything is how the date is printed."""
    for value in record.all("DA", "PY", "Y1"):
        match = _DATE.match(value.strip())
        if match is None:
            continue
        if match[4] and match[1] in match[4]:
            return match[4]
        if value in record.all("DA") or "/" in value.strip("/"):
            numbers = [match[1], *(part for part in (match[2], match[3]) if part)]
            return "/".join(numbers)
    return record.first("PY", "Y1", "DA").rstrip("/")
