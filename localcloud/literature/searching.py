"""Running a query over the index, and telling how it was understood, as ESearch does."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from localcloud.literature.fields import ENTRY_TERMS, TAGS, Field
from localcloud.literature.grammar import Both, Query, Range, parse
from localcloud.literature.index import NOTHING, Index, Numbers, intersection, union
from localcloud.literature.words import words

_DATE = re.compile(r"(\d{4})(?:/(\d{1,2}))?(?:/(\d{1,2}))?")
_SAID: dict[Field, str] = dict(TAGS.values())
_WHOLE_VALUES = frozenset({"mh", "majr", "pt", "la", "au", "pmid", "aid"})


@dataclass(kw_only=True)
class Result:
    """What was found and how it was understood."""

    numbers: Numbers
    query: str
    translations: list[tuple[str, str]] = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)
    unknown_fields: list[str] = field(default_factory=list)
    sought: list[str] = field(default_factory=list)  # words, for the order by relevance


def search(index: Index, text: str) -> Result:
    """Documents that match, oldest first. A query of nothing finds nothing."""
    parsed = parse(text)
    result = Result(numbers=NOTHING, query="", unknown_fields=list(parsed.unknown_fields))
    if parsed.query is not None:
        result.numbers, result.query = _run(index, parsed.query, result)
    return result


def by_relevance(index: Index, result: Result) -> list[int]:
    """Best first: words of the title weigh three times one of the abstract; equals by date, then PMID.

    The stand-in's own order. PubMed's Best Match is a trained ranking that nobody outside has.
    """

    def weight(number: int) -> tuple[float, date, int]:
        score = sum(
            3 * index.title_has(number, word) + min(index.text_count(number, word), 3) for word in result.sought
        )
        document = index.documents[number]
        return score, document.date, document.pmid

    return sorted(result.numbers.tolist(), key=weight, reverse=True)


def _run(index: Index, query: Query, result: Result) -> tuple[Numbers, str]:
    if isinstance(query, Both):
        left, said_left = _run(index, query.left, result)
        right, said_right = _run(index, query.right, result)
        join: Callable[[Numbers, Numbers], Numbers] = {
            "AND": lambda a, b: np.intersect1d(a, b, assume_unique=True),
            "OR": lambda a, b: union([a, b]),
            "NOT": lambda a, b: np.setdiff1d(a, b, assume_unique=True),
        }[query.operator]
        return join(left, right), f"({said_left}) {query.operator} ({said_right})"
    if isinstance(query, Range):
        return _range(index, query)
    if query.field is None and not query.quoted:
        return _mapped(index, query.text, result)
    return _term(index, query.text, query.field or "all", quoted=query.quoted, result=result)


def _range(index: Index, query: Range) -> tuple[Numbers, str]:
    low, high = read_date(query.low, last=False), read_date(query.high, last=True)
    said = f"{query.low}:{query.high}[{_SAID[query.field]}]"
    if query.field != "dp" or low is None or high is None:
        return NOTHING, said
    return index.dated(low, high), said


def _term(index: Index, text: str, of: Field, *, quoted: bool, result: Result) -> tuple[Numbers, str]:
    said = f'"{text.lower()}"[{_SAID[of]}]'
    if of == "dp":
        first, last = read_date(text, last=False), read_date(text, last=True)
        numbers = index.dated(first, last) if first and last else NOTHING
    elif of in _WHOLE_VALUES:
        numbers = index.value(of, text)
        if of in ("mh", "majr") and not len(numbers):
            numbers = index.value(of, ENTRY_TERMS.get(" ".join(text.lower().split()), ""))
    elif text.rstrip().endswith("*") and len(words(text)) == 1:
        numbers = index.word(of, f"{words(text)[0]}*")
    else:
        result.sought += words(text)
        numbers = index.phrase(of, text)
        if not len(numbers) and not quoted:
            numbers = intersection(index.word(of, word) for word in words(text))
    if not len(numbers):
        result.not_found.append(text)
    return numbers, said


def _mapped(index: Index, text: str, result: Result) -> tuple[Numbers, str]:
    """Words without a tag: the longest runs that name a MeSH heading or an entry term, the rest word by word."""
    if text.lower() == "hasabstract":
        return index.value("has", "abstract"), "hasabstract[All Fields]"
    pieces = text.split()
    parts: list[Numbers] = []
    said: list[str] = []
    at = 0
    while at < len(pieces):
        for end in range(len(pieces), at, -1):
            phrase = " ".join(pieces[at:end]).lower()
            heading = phrase if phrase in index.mesh_headings else ENTRY_TERMS.get(phrase, "")
            if heading:
                break
        else:
            end, phrase, heading = at + 1, pieces[at].lower(), ""
        numbers, meaning = _piece(index, phrase, heading, result)
        if heading:
            result.translations.append((phrase, meaning))
        parts.append(numbers)
        said.append(meaning)
        at = end
    meaning = " AND ".join(said) if len(said) == 1 else " AND ".join(f"({one})" for one in said)
    return intersection(parts), meaning


def _piece(index: Index, phrase: str, heading: str, result: Result) -> tuple[Numbers, str]:
    sought = words(phrase)
    if phrase.endswith("*") and len(sought) == 1:
        return index.word("all", f"{sought[0]}*"), f"{phrase}[All Fields]"
    result.sought += sought
    by_words = intersection(index.word("all", word) for word in sought)
    each = " AND ".join(f'"{word}"[All Fields]' for word in sought)
    if not heading:
        if not len(by_words):
            result.not_found.append(phrase)
        return by_words, each
    meaning = f'"{heading}"[MeSH Terms] OR '
    meaning += f'({each}) OR "{phrase}"[All Fields]' if len(sought) > 1 else each
    return union([index.value("mh", heading), by_words]), meaning


def read_date(text: str, *, last: bool) -> date | None:
    """2019, 2019/03 or 2019/03/05 as the first or the last day that it means; None for anything else."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = int(match[1]), match[2], match[3]
    if year == 0:
        return date.min
    try:
        of_month = int(month) if month else (12 if last else 1)
        of_day = int(day) if day else (monthrange(year, of_month)[1] if last else 1)
        return date(year, of_month, of_day)
    except ValueError:
        return date.max if last and year >= 3000 else None
