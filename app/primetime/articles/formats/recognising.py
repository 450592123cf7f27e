"""Which format a file is in, told by its content; its name says nothing."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from primetime.articles.byte_window import ByteWindow, open_plain_or_gzip
from primetime.articles.formats.csv_table import columns_of, read_csv
from primetime.articles.formats.endnote_xml import read_endnote_xml
from primetime.articles.formats.nbib import read_nbib
from primetime.articles.formats.pmid_list import is_pmid_list, read_pmid_list
from primetime.articles.formats.ris import read_ris
from primetime.articles.pubmed_xml import read_pubmed_xml
from primetime.articles.record import Record
from primetime.errors import BadInput

_HEAD = 64 << 10
_ROOT = re.compile(rb"<(?![?!])([A-Za-z][\w.-]*)")


@dataclass(frozen=True, kw_only=True)
class Format:
    name: str  # as it is called in messages and stored with an import
    read: Callable[[IO[bytes], str], Iterator[Record]]


PUBMED_XML = Format(name="PubMed XML", read=read_pubmed_xml)
ENDNOTE_XML = Format(name="EndNote XML", read=read_endnote_xml)
NBIB = Format(name="NBIB", read=read_nbib)
RIS = Format(name="RIS", read=read_ris)
CSV = Format(name="CSV", read=read_csv)
PMID_LIST = Format(name="PMID list", read=read_pmid_list)


def recognise(path: Path) -> Format:
    """The format of a file, plain or gzip. Raises BadInput when it is none of them, or cannot be read."""
    with open_plain_or_gzip(path) as stream:
        head = ByteWindow(stream, str(path)).peek(_HEAD)
    text = head.lstrip()
    if text.startswith(b"<"):
        return _of_xml(text, path)
    if re.search(rb"^PMID-", head, re.MULTILINE):
        return NBIB
    if re.search(rb"^TY  -", head, re.MULTILINE):
        return RIS
    if b"\0" not in head:
        first_line = head.split(b"\n", 1)[0].decode("utf-8", "replace")
        if "title" in columns_of(first_line).values():
            return CSV
        if is_pmid_list(head.decode("utf-8", "replace")):
            return PMID_LIST
    if not text:
        raise BadInput(f"{path} is empty", remedy="export it again")
    raise BadInput(
        f"{path} is in no format that can be read",
        remedy="use PubMed XML, NBIB, RIS, EndNote XML, CSV with a column Title, or PMIDs: a list, or a column PMID",
    )


def _of_xml(text: bytes, path: Path) -> Format:
    root = _ROOT.search(text)
    name = root[1] if root else b""
    if name == b"PubmedArticleSet":
        return PUBMED_XML
    if name == b"records" or (name == b"xml" and b"<records" in text):
        return ENDNOTE_XML
    raise BadInput(
        f"{path} is not PubMed XML or EndNote XML: it begins with <{name.decode('utf-8', 'replace')[:40]}>",
        remedy="save it from PubMed as PubMed XML, or from EndNote as XML",
    )


def read_articles(path: Path) -> Iterator[Record]:
    """The records of a file in any of the formats, in its order. Raises BadInput, which may be after many records."""
    found = recognise(path)
    with open_plain_or_gzip(path) as stream:
        yield from found.read(stream, str(path))
