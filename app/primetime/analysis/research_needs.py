"""Sentences of abstracts that say what research is needed or what is not known, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHOWN = 20
# One article that repeats itself does not fill the list.
_AN_ARTICLE = 2
_LONGEST = 600

_WORK = (
    r"(?:research|stud(?:y|ies)|(?:clinical |controlled |randomi[sz]ed )*trials?|investigations?|work|evaluation|data)"
)
_MORE = (
    r"(?:further|more|additional|future|larger?|long(?:er)?-term|prospective|well-designed|randomi[sz]ed|controlled"
    r"|new)"
)
_NEEDED = r"(?:needed|required|warranted|necessary|called for|essential|awaited)"
_DONE = r"(?:investigated|confirmed|evaluated|studied|examined|explored|tested)"
_OPEN = (
    r"(?:to be (?:determined|established|elucidated|confirmed|defined|clarified|proven)|unknown|unclear|uncertain"
    r"|controversial|unresolved|poorly understood|not (?:well |fully |completely |yet )*(?:known|understood|clear"
    r"|established))"
)
_NEED = re.compile(
    rf"\b{_MORE}\b[^.;]{{0,80}}\b{_WORK}\b[^.;]{{0,120}}\b(?:is|are|be|seems?|appears?)\b[^.;]{{0,30}}\b{_NEEDED}\b"
    rf"|\b(?:needs?|requires?|warrants?|deserves?|calls? for|merits?)\b[^.;]{{0,20}}\b{_MORE}\b[^.;]{{0,60}}\b{_WORK}\b"
    rf"|\bshould be (?:further |prospectively )?{_DONE}\b"
    rf"|\b(?:remains?|is|are) (?:still |largely |currently |yet |as yet )*{_OPEN}\b"
    r"|\blittle is known\b"
    r"|\b(?:no|few|limited) (?:\w+ ){0,3}(?:studies|trials|data|evidence) (?:have|has|exist|are available|is available)"
    r"\b",
    re.IGNORECASE,
)
# The end of a sentence: a mark, then white space, then what can begin the next. An abbreviation or initial ends none.
_END = re.compile(
    r"(?<=[.!?])(?<!\b[A-Za-z]\.)(?<!\bvs\.)(?<!\bcf\.)(?<!\bal\.)(?<!\be\.g\.)(?<!\bi\.e\.)\s+(?=[A-Z0-9(\[\"'])"
)


@dataclass(frozen=True, kw_only=True)
class ResearchNeed:
    """A sentence, word for word, and the article that says it."""

    pmid: int
    sentence: str


def research_needs(pmids: Sequence[int], abstracts: Sequence[str], *, shown: int = SHOWN) -> list[ResearchNeed]:
    """The sentences of these abstracts that name a need for research or something unknown, in the articles' order.

    Two an article at most. A sentence is a part of its abstract as it is printed.
    """
    found: list[ResearchNeed] = []
    for pmid, abstract in zip(pmids, abstracts, strict=True):
        own = [sentence for sentence in sentences(abstract) if len(sentence) <= _LONGEST and _NEED.search(sentence)]
        # The need itself stands at an abstract's end; what is unknown as a motive stands at its beginning.
        found += [ResearchNeed(pmid=pmid, sentence=sentence) for sentence in own[-_AN_ARTICLE:]]
        if len(found) >= shown:
            break
    return found[:shown]


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, each as it stands there."""
    for line in text.splitlines():
        yield from (part for part in _END.split(line.strip()) if part)
