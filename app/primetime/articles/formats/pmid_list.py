"""A list of PMIDs: numbers one a line, or with commas, semicolons or blanks between them."""

import re
from collections.abc import Iterator
from typing import IO

from primetime.articles.byte_window import ByteWindow
from primetime.articles.formats.tagged_lines import numbered_lines
from primetime.articles.identifiers import read_pmid
from primetime.articles.record import SkippedRecord, WantedArticle

_BETWEEN = re.compile(r"[\s,;]+")


def read_pmid_list(stream: IO[bytes], name: str) -> Iterator[WantedArticle | SkippedRecord]:
    """Each PMID, and each word that is none with its place; a heading `PMID` in the first line is passed over."""
    number = 0
    for line, text in numbered_lines(ByteWindow(stream, name)):
        for word in _BETWEEN.split(text.decode("utf-8", "replace")):
            if not word or (line == 1 and number == 0 and word.strip("\"'").upper() in ("PMID", "PMIDS")):
                continue
            number += 1
            pmid = read_pmid(word.strip("\"'").upper().removeprefix("PMID:"))
            if pmid is None:
                yield SkippedRecord(number=number, line=line, pmid=None, reason=f"{word[:30]!r} is not a PMID")
            else:
                yield WantedArticle(pmid=pmid)
