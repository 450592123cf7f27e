"""Sentences of abstracts that say what research is needed or what is not known, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHOWN = 20
# One article that repeats itself does not fill the list.
_AN_ARTICLE = 2
_LONGEST = 600

# The words that the wordings below are made of; each is one alternative, to be put between word boundaries.
_WORK = (
    r"(?:research|stud(?:y|ies)|trials?|investigations?|experiments?|work|evaluation|data|evidence|information"
    r"|confirmation)"
)
_WORKS = r"(?:research|studies|trials|investigations|experiments|data|evidence)"
_MORE = (
    r"(?:further|more|additional|future|subsequent|better|larger?|long(?:er)?-term|prospective"
    r"|well-(?:designed|controlled)|randomi[sz]ed|controlled|new)"
)
_NEEDED = (
    r"(?:needed|required|warranted|merited|justified|necessary|desirable|recommended|indicated|called for|essential"
    r"|awaited)"
)
_LACKING = r"(?:lacking|scarce|sparse|scant|insufficient|inconclusive|conflicting|contradictory|inconsistent|limited)"
_DONE = (
    r"(?:investigated|confirmed|studied|explored|elucidated|clarified|established|determined|defined|understood|proven"
    r"|addressed|answered|resolved)"
)
# What is done to patients as well as in research.
_TESTED = rf"(?:{_DONE}|evaluated|examined|tested|assessed|compared|performed|done)"
_ADVERBS = r"(?:still|yet|also|now|as yet|thus|therefore|however|much|more|very|well|\w+ly) "
_OPEN = (
    r"(?:unknown|unclear|uncertain|controversial|unresolved|unanswered|inconclusive|debated|an open question"
    rf"|not (?:{_ADVERBS})*(?:known|clear|{_TESTED})"
    r"|(?:poorly|incompletely|little) (?:known|understood|defined|studied))"
)
# Up to so many characters of the same clause.
_SOME, _MANY = r"[^.;]{0,40}", r"[^.;]{0,160}"
_WORDINGS = (
    # further trials in children are needed
    rf"{_MORE}\b{_MANY}\b{_WORK}\b{_MANY}\b(?:is|are|be|seems?|appears?)\b{_SOME}\b{_NEEDED}",
    # trials that compare the two are clearly needed; not: studies show that it is needed
    rf"(?:research|studies|trials|investigations|experiments)\b(?! (?:suggest|show|indicat|demonstrat|support))"
    rf"{_MANY}\b(?:is|are|remains?) (?:{_ADVERBS})*(?:needed|required|warranted|necessary|awaited|{_LACKING})",
    # data on mortality are lacking
    rf"(?:data|evidence)(?: (?:on|of|about|for|from|regarding|concerning|comparing)\b{_MANY})? "
    rf"(?:is|are|remains?) (?:{_ADVERBS})*(?:needed|required|{_LACKING})",
    # this warrants further study; the need for larger trials; we need better data
    rf"(?:needs?|requires?|warrants?|deserves?|calls? for|merits?|supports?|justif(?:y|ies))\b"
    rf"{_SOME}\b{_MORE}\b{_SOME}\b{_WORK}",
    r"(?:warrants?|deserves?|merits?|worthy of) (?:\w+ ){0,3}"
    r"(?:investigation|study|evaluation|research|trials?|confirmation|exploration)",
    # future trials should enrol women; more research needs to be done
    rf"(?:future|further|more|subsequent|additional)\b{_SOME}\b{_WORK}\b{_MANY}\b(?:should|must|ought to|needs? to)",
    # these results should be confirmed in children; the effect should be tested in larger trials
    rf"should (?:{_ADVERBS})*be (?:{_ADVERBS}|further )*(?:{_DONE}|{_TESTED}\b{_SOME}\b{_WORKS})",
    # its role remains to be elucidated; the dose needs to be established; whether it works is not known
    rf"(?:remains?|has yet|have yet|is yet|are yet) to be (?:{_ADVERBS})*{_TESTED}",
    rf"needs? (?:{_ADVERBS})*to be (?:{_ADVERBS}|further )*{_DONE}",
    rf"(?:remains?|is|are|has been|have been) (?:{_ADVERBS})*{_OPEN}",
    rf"(?:has|have) (?:not|never) (?:{_ADVERBS})*been (?:{_ADVERBS})*{_TESTED}",
    r"(?:remains?|is|are) (?:still )?(?:the |a )?(?:subject|matter|topic) of (?:\w+ ){0,3}"
    r"(?:investigation|debate|research|controversy|discussion)",
    r"unanswered questions|questions? (?:\w+ ){0,3}unanswered",
    # little is known; few trials have compared them; there is a paucity of data
    rf"little (?:is known|(?:\w+ )?{_WORK})",
    rf"(?:no|few|limited) (?:[\w-]+ ){{0,3}}{_WORKS} (?:have|has|exist|are available|is available)",
    rf"there (?:are|is) (?:only )?(?:no|few|little|limited) (?:[\w-]+ ){{0,3}}{_WORKS}\b(?! that)",
    rf"(?:paucity|scarcity|dearth|lack) of (?:[\w-]+,? ){{0,4}}{_WORKS}",
    r"need for (?:[\w-]+,? ){0,4}(?:research|studies|trials)",
    r"(?:insufficient|inconclusive|conflicting|contradictory) (?:\w+ )?(?:data|evidence)",
)
_NEED = re.compile(rf"\b(?:{'|'.join(_WORDINGS)})\b", re.IGNORECASE)
# No further trials are needed; this does not require more data; it obviates the need for further study.
_DENIED = re.compile(
    rf"\bno (?:further|more|additional)\b{_MANY}\b{_NEEDED}\b"
    rf"|\b(?:no|without|(?:obviat|eliminat|avoid|circumvent|abolish|reduc)\w*) (?:the |any |further )*need\b"
    rf"|\b(?:not|never|no longer|rarely|seldom) (?:{_ADVERBS})*(?:be )?"
    rf"(?:needs?|requires?|warrants?|supports?|justify|{_NEEDED})\b",
    re.IGNORECASE,
)
# A denial may stand so many characters before what it denies.
_BEFORE = 30
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
        own = [sentence for sentence in sentences(abstract) if len(sentence) <= _LONGEST and _names_a_need(sentence)]
        # The need itself stands at an abstract's end; what is unknown as a motive stands at its beginning.
        found += [ResearchNeed(pmid=pmid, sentence=sentence) for sentence in own[-_AN_ARTICLE:]]
        if len(found) >= shown:
            break
    return found[:shown]


def _names_a_need(sentence: str) -> bool:
    found = ((max(one.start() - _BEFORE, 0), one.end()) for one in _NEED.finditer(sentence))
    return any(not _DENIED.search(sentence, start, end) for start, end in found)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, each as it stands there."""
    for line in text.splitlines():
        yield from (part for part in _END.split(line.strip()) if part)
