"""Files whose lines begin with a tag: cutting NBIB and RIS into records, each with its place.

Well-kept readers exist for RIS (rispy), but they hold the whole file, and leave out what does not end, untold.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from primetime.articles.byte_window import ByteWindow
from primetime.articles.pubmed_citation import MalformedError
from primetime.articles.record import Article, Record, SkippedRecord
from primetime.errors import BadInput

_LARGEST = 32 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedRecord:
    number: int  # 1 for the file's first record
    line: int  # where it begins; 1 for the first line
    fields: list[tuple[str, str]]  # tag and value, in order; lines that continue a value are joined by spaces
    problem: str = ""  # why it cannot be used; empty when it can

    def all(self, *tags: str) -> list[str]:
        """The values of these tags that are not empty, in order."""
        return [value for tag, value in self.fields if tag in tags and value]

    def first(self, *tags: str) -> str:
        """The first value of the first of these tags that has one; empty when none has."""
        for tag in tags:
            for name, value in self.fields:
                if name == tag and value:
                    return value
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    line: re.Pattern[bytes]  # groups: tag, value
    start: str  # the tag that a record begins with
    end: str = ""  # the tag that it must end with; empty: it ends where the next begins


def tagged_records(stream: IO[bytes], name: str, layout: Layout) -> Iterator[TaggedRecord]:
    """The records of a file in its order, one in memory at a time. Raises BadInput when it cannot be read."""
    number = begun = size = 0
    values: list[tuple[bytes, list[bytes]]] = []  # tag, and the lines of its value
    unended = f"it does not end: no {layout.end} line" if layout.end else ""
    for place, line in numbered_lines(ByteWindow(stream, name)):
        match = layout.line.match(line)
        tag = match[1].strip().decode("ascii") if match else ""
        if match and tag == layout.start:
            if begun:
                yield _record(number, begun, values, unended)
            number, begun, size = number + 1, place, 0
            values = [(match[1], [match[2] or b""])]
        elif begun and tag and tag == layout.end:
            yield _record(number, begun, values, "")
            values, begun = [], 0
        elif begun and match:
            values.append((match[1], [match[2] or b""]))
        elif begun and line.strip():
            values[-1][1].append(line)
        size += len(line)
        if size > _LARGEST and begun:
            raise BadInput(
                f"{name} has a record of more than {_LARGEST >> 20} MB at line {begun}",
                remedy="check that it is a file of articles",
            )
    if begun:
        yield _record(number, begun, values, unended)


def tagged_articles(
    stream: IO[bytes], name: str, layout: Layout, read: Callable[[TaggedRecord], Article]
) -> Iterator[Record]:
    """The records of a file in its order; one that `read` finds malformed is skipped with its place and its PMID.

    Raises BadInput when the file cannot be read.
    """
    for record in tagged_records(stream, name, layout):
        try:
            yield _skipped(record, record.problem) if record.problem else read(record)
        except MalformedError as error:
            yield _skipped(record, str(error))


def _skipped(record: TaggedRecord, reason: str) -> SkippedRecord:
    pmid = record.first("PMID")
    known = int(pmid) if pmid.isascii() and pmid.isdigit() and len(pmid) < 16 else None
    return SkippedRecord(number=record.number, line=record.line, pmid=known, reason=reason)


def _record(number: int, line: int, values: list[tuple[bytes, list[bytes]]], problem: str) -> TaggedRecord:
    try:
        fields = [
            (tag.decode("ascii").strip(), " ".join(part.decode().strip() for part in parts).strip())
            for tag, parts in values
        ]
    except UnicodeDecodeError:
        return TaggedRecord(number=number, line=line, fields=[], problem="not UTF-8: save the file in UTF-8")
    return TaggedRecord(number=number, line=line, fields=fields, problem=problem)


def numbered_lines(window: ByteWindow) -> Iterator[tuple[int, bytes]]:
    """Each line with its number, from 1, without its end."""
    while True:
        end = window.find(b"\n")
        place = window.line
        line = window.take(end + 1) if end is not None else window.rest()
        if line:
            yield place, line.rstrip(b"\r\n")
        if end is None:
            return
