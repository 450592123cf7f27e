"""Reading PubMed XML: sets of records, of any size, plain or gzip."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from lxml import etree

from primetime.articles.byte_window import open_plain_or_gzip
from primetime.articles.pubmed_citation import MalformedError, read_record
from primetime.articles.pubmed_plain_parts import NOTHING_TAKEN, PlainParts, take_plain_parts
from primetime.articles.record import Record, SkippedRecord
from primetime.articles.record_stream import RawRecord, split_records

_PMID = re.compile(rb"<PMID\b[^>]*>\s*(\d{1,18})\s*<")
# Records parsed as one document: making a document costs as much as reading a record of it.
_RECORDS, _BYTES = 100, 2 << 20


def read_pubmed_file(path: Path) -> Iterator[Record]:
    """The records of a file, plain or gzip, in order. Raises BadInput as `read_pubmed_xml` does."""
    with open_plain_or_gzip(path) as stream:
        yield from read_pubmed_xml(stream, str(path))


def read_pubmed_xml(stream: IO[bytes], name: str) -> Iterator[Record]:
    """The records of one or more `PubmedArticleSet`s, a hundred in memory at a time.

    A record that cannot be read comes as a SkippedRecord. Raises BadInput, which names the stream `name`, when it
    is not PubMed XML, or ends early; that may be after many articles, so store them in one transaction.
    """
    for batch in batched(split_records(stream, name)):
        yield from read_raw(batch)


def batched(raw: Iterable[RawRecord]) -> Iterator[list[RawRecord]]:
    """The records in runs small enough to be parsed as one document. What was cut before an error comes before it."""
    batch: list[RawRecord] = []
    size = 0
    for record in raw:
        if batch and (len(batch) == _RECORDS or size + len(record.xml) > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += len(record.xml)
    if batch:
        yield batch


def read_raw(batch: list[RawRecord]) -> list[Record]:
    """What each of the records is. Reads them as one document where all are well-formed, else one by one."""
    parser = _parser()
    if all(not raw.problem for raw in batch):
        cut = [take_plain_parts(raw.xml) for raw in batch]
        try:
            root = etree.fromstring(b"<set>" + b"".join(left for left, _ in cut) + b"</set>", parser)
        except etree.XMLSyntaxError:
            root = None
        # A comment that opens in one record and closes in another would hide what stands between.
        if root is not None and len(root) == len(batch):
            return [_read(raw, element, taken) for raw, element, (_, taken) in zip(batch, root, cut, strict=True)]
    return [_read_alone(raw, parser) for raw in batch]


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )


def _read_alone(raw: RawRecord, parser: etree.XMLParser) -> Record:
    if raw.problem:
        return _skipped(raw, raw.problem)
    try:
        return _read(raw, etree.fromstring(raw.xml, parser))
    except etree.XMLSyntaxError as error:
        # lxml counts the line within the record.
        return _skipped(raw, f"not well-formed XML at line {raw.line + (error.lineno or 1) - 1}: {error.msg}")


def _read(raw: RawRecord, element: etree._Element, taken: PlainParts = NOTHING_TAKEN) -> Record:
    try:
        return read_record(element, taken)
    except MalformedError as error:
        return _skipped(raw, str(error))


def _skipped(raw: RawRecord, reason: str) -> SkippedRecord:
    pmid = _PMID.search(raw.xml)
    return SkippedRecord(number=raw.number, line=raw.line, pmid=int(pmid[1]) if pmid else None, reason=reason)
