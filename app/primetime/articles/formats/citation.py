"""From what a reference manager's record says to an article."""

import re
from collections.abc import Sequence

from primetime.articles.identifiers import read_doi, read_pmid
from primetime.articles.local_number import local_number
from primetime.articles.publication_date import MONTHS, read_medline_date
from primetime.articles.pubmed_citation import MalformedError
from primetime.articles.record import AbstractSection, Article, Author, Details, MeshHeading, PublicationDate

# A record of PubMed's own has version 1 or more and replaces all of these; the poorer never replaces the richer.
NBIB_VERSION, REFERENCE_VERSION, TABLE_VERSION = 0, -1, -2
_LABEL = re.compile(r"(?:^|(?<=[.?!)\]] ))([A-Z][A-Z0-9 ,/&()'’-]{2,60}): ")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMERIC_DATE = re.compile(r"(\d{4})[/-](\d{1,2})(?:[/-](\d{1,2}))?/?")
_INITIALS = re.compile(r"[^\W\d_]{1,4}\.?|(?:[^\W\d_]\.[ -]?){1,4}")
_SUFFIX = re.compile(r"(?:Jr|Sr|[2-9](?:nd|rd|th))\.?")
_ROMAN_SUFFIX = re.compile(r"II|III|IV")


def make_article(
    *,
    version: int,
    pmid: str = "",
    title: str,
    abstract: str = "",
    journal: str = "",
    journal_abbreviation: str = "",
    date: str = "",
    authors: Sequence[Author] = (),
    mesh: Sequence[MeshHeading] = (),
    publication_types: Sequence[str] = (),
    keywords: Sequence[str] = (),
    doi: str = "",
    pmc: str | None = None,
    languages: Sequence[str] = (),
    volume: str = "",
    issue: str = "",
    pages: str = "",
    owner: str = "",
    details: Details | None = None,
) -> Article:
    """The article, under its PMID or, without one, under a number of our own. Raises MalformedError without a title."""
    title = one_line(title)
    if not title:
        raise MalformedError("no title")
    read_date = publication_date(date)
    read = read_doi(doi)
    number = read_pmid(pmid)
    if pmid.strip() and number is None:
        raise MalformedError(f"{pmid.strip()[:30]!r} is not a PMID")
    first = (authors[0].last_name or authors[0].collective_name or "") if authors else ""
    sections = abstract_sections(abstract)
    return Article(
        pmid=number or local_number(doi=read, title=title, year=read_date.year, first_author=first),
        version=version,
        title=title,
        abstract="\n".join(f"{part.label}: {part.text}" if part.label else part.text for part in sections),
        abstract_sections=sections,
        journal=one_line(journal),
        journal_abbreviation=one_line(journal_abbreviation),
        publication_date=read_date,
        authors=tuple(authors),
        mesh=tuple(mesh),
        publication_types=_unique(publication_types),
        keywords=_unique(keywords),
        doi=read,
        pmc=pmc,
        languages=_unique(languages),
        owner=owner,
        volume=one_line(volume),
        issue=one_line(issue),
        pages=one_line(pages),
        details=details or Details(),
    )


def one_line(text: str) -> str:
    """White space collapsed, control characters (which PostgreSQL or JSON refuse) left out."""
    return " ".join(_CONTROL.sub("", text).split())


def publication_date(printed: str) -> PublicationDate:
    """As PubMed prints dates, or in numbers: 2018/03/05, 2018-03."""
    printed = one_line(printed)
    if numeric := _NUMERIC_DATE.fullmatch(printed):
        year, month, day = numeric[1], int(numeric[2]), int(numeric[3] or 0)
        if 1 <= month <= 12:
            printed = f"{year} {MONTHS[month - 1]}" + (f" {day}" if day else "")
    return read_medline_date(printed)


def abstract_sections(abstract: str) -> tuple[AbstractSection, ...]:
    """The sections of a structured abstract, whether its labels stand on lines of their own or within the text."""
    text = one_line(abstract)
    if not text:
        return ()
    labels = list(_LABEL.finditer(text))
    if not labels or labels[0].start() != 0:
        return (AbstractSection(label="", text=text),)
    ends = [*(match.start() for match in labels[1:]), len(text)]
    found = [
        AbstractSection(label=match[1].strip(), text=text[match.end() : end].strip())
        for match, end in zip(labels, ends, strict=True)
    ]
    return tuple(section for section in found if section.text)


def person(raw: str) -> Author | None:
    """An author as files print one: `Smith, John A.`, `Smith J`, `WHO Group`; None for an empty name.

    What ends in a comma is a group's name, as EndNote has it.
    Initials are made of the fore names where they are not printed. A name in which neither can be told is a group's.
    """
    printed = one_line(raw).strip(" ;,")
    if not printed:
        return None
    if raw.rstrip().endswith(","):
        return Author(collective_name=printed)
    family, comma, given = (part.strip() for part in printed.partition(","))
    if comma and given:
        given, _, suffix = (part.strip() for part in given.partition(","))
        words, ending = without_suffix(given.split())
        given = " ".join(words)
        return Author(
            last_name=family,
            fore_name=given or None,
            initials=initials_of(given) or None,
            suffix=suffix or ending or None,
        )
    words, ending = without_suffix(printed.split())
    if len(words) > 1 and are_initials(words[-1]):
        given = words[-1].replace(".", "")
        return Author(last_name=" ".join(words[:-1]), fore_name=given, initials=given, suffix=ending or None)
    if len(words) == 1:
        return Author(last_name=printed)
    return Author(collective_name=printed)


def without_suffix(words: list[str]) -> tuple[list[str], str]:
    """A name's words, and what stands behind them: Jr, 3rd, or nothing. A single word is the name.

    A Roman number stands behind initials (Smith JA III); behind a family name it is the initials itself: Ivanov IV.
    """
    *name, last = words or [""]
    if name and (_SUFFIX.fullmatch(last) or (are_initials(name[-1]) and _ROMAN_SUFFIX.fullmatch(last))):
        return name, last
    return words, ""


def are_initials(word: str) -> bool:
    """Whether this is J, JA, J.A. or É, and no name."""
    return word.isupper() and _INITIALS.fullmatch(word) is not None


def initials_of(given: str) -> str:
    """JA of `John A.`, of `J. A.`, of `John-Albert` and of `JA`."""
    if given.isupper() and given.isalpha() and len(given) <= 4:
        return given
    return "".join(word[0] for word in re.split(r"[\s.\-]+", given) if word and word[0].isalpha()).upper()


def people(printed: Sequence[str]) -> tuple[Author, ...]:
    return tuple(author for author in map(person, printed) if author is not None)


def _unique(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in map(one_line, texts) if text))
