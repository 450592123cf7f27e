"""Cutting a PubMed XML stream into its records, so that one bad record costs only itself.

An XML parser must stop at the first ill-formed byte of a document, and a baseline file has 30,000 records. So the
set is cut at its record tags, and each record is parsed as a document of its own. That also means that no document
type is ever in force: no DTD is fetched, and no entity but XML's own five can be used.
"""

import re
from collections.abc import Iterator
from typing import IO

from msgspec import Struct

from primetime.articles.byte_window import ByteWindow
from primetime.errors import BadInput

_LONGEST_PROLOGUE = 64 << 10
_ROOT = re.compile(rb"<PubmedArticleSet(?:\s[^>]*)?/?>")
# What XML lets stand before the root: declaration, processing instructions, comments, a document type.
_PROLOGUE = re.compile(rb"(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\]\s*+)?>)*+", re.DOTALL)
_RECORD = re.compile(rb"<(PubmedArticle|PubmedBookArticle|DeleteCitation)[\s>]")
_SET_END = b"</PubmedArticleSet"
_LONGEST_TAG = 24


class RawRecord(Struct, frozen=True, kw_only=True, gc=False):
    number: int  # 1 for the first of the stream
    line: int  # where it begins; 1 for the first line
    xml: bytes  # UTF-8
    problem: str = ""  # why `xml` cannot be a record; empty when it may be one


def split_records(stream: IO[bytes], name: str) -> Iterator[RawRecord]:
    """The records of the `PubmedArticleSet`s in `stream`, in order; `name` is what errors call the stream.

    Holds one record at a time. Raises BadInput when the stream is not PubMed XML, declares entities, or ends before
    its set does.
    """
    window = ByteWindow(stream, name)
    number = 0
    first = True
    while window.skip_space() or first:
        first = False
        if _enter_set(window).endswith(b"/>"):
            continue
        while (record := _next_record(window, number + 1)) is not None:
            number = record.number
            yield record


def _enter_set(window: ByteWindow) -> bytes:
    """Move behind the set's opening tag, which is returned."""
    head = window.peek(_LONGEST_PROLOGUE)
    root = _ROOT.search(head)
    prologue = head[: root.start()] if root else head
    if b"<!ENTITY" in prologue:
        raise BadInput(
            f"{window.name} declares XML entities, which PubMed's files never do",
            remedy="remove its document type declaration if you trust it",
        )
    if root is None or not _PROLOGUE.fullmatch(prologue):
        raise BadInput(
            f"{window.name} is not PubMed XML: no <PubmedArticleSet> at line {window.line}",
            remedy="save it from PubMed or E-utilities as PubMed XML",
        )
    return window.take(root.end())


def _next_record(window: ByteWindow, number: int) -> RawRecord | None:
    """The record that comes next, or None behind the set's closing tag."""
    while True:
        if not window.skip_space():
            raise _truncated(window, number)
        if window.peek(4) != b"<!--":
            break
        window.take(_find(window, b"-->", number, at=4) + 3)
    line = window.line
    start = window.peek(_LONGEST_TAG)
    if start.startswith(_SET_END):
        window.take(_find(window, b">", number) + 1)
        return None
    opening = _RECORD.match(start)
    if opening is None:
        stray = window.take(_next_boundary(window, number))
        shown = stray[:30].decode("utf-8", "replace").split(">")[0].strip()
        return RawRecord(number=number, line=line, xml=b"", problem=f"{shown!r} where a record should begin")
    name = opening[1]
    end = _find(window, b"</" + name, number)
    inner = window.contains(b"<" + name, 1, end)
    unclosed = inner if inner is not None else (end if window.peek(_LONGEST_TAG, at=end).startswith(_SET_END) else None)
    if unclosed is not None:
        problem = f"its <{name.decode()}> is not closed"
        return RawRecord(number=number, line=line, xml=window.take(unclosed), problem=problem)
    return RawRecord(number=number, line=line, xml=window.take(_find(window, b">", number, at=end) + 1))


def _next_boundary(window: ByteWindow, number: int) -> int:
    """The offset of the next record or of the set's end."""
    at = 1
    while True:
        at = _find(window, b"<", number, at=at)
        tag = window.peek(_LONGEST_TAG, at=at)
        if _RECORD.match(tag) or tag.startswith(_SET_END):
            return at
        at += 1


def _find(window: ByteWindow, token: bytes, number: int, *, at: int = 0) -> int:
    found = window.find(token, at=at)
    if found is None:
        raise _truncated(window, number)
    return found


def _truncated(window: ByteWindow, number: int) -> BadInput:
    return BadInput(
        f"{window.name} is truncated: it ends in record {number} (line {window.line}) or before it",
        remedy="fetch the file again",
    )
