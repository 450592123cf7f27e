"""What two records of one article have in common however their databases print it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from primetime.articles.folding import folded, letters_and_digits
from primetime.articles.local_number import is_local
from primetime.articles.record import Article

_PAGE = re.compile(r"[A-Za-z]{0,4}0*\d+[A-Za-z]?|\b[ivxl]+\b", re.IGNORECASE)
_LEADING_ZEROS = re.compile(r"^([a-z]*)0+(?=\d)")
_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"\b(?:ii|iii|iv|vi|vii|viii|ix)\b")
_NOTICE = re.compile(
    r"^(?:erratum|errata|corrigend\w+|correction|retract\w+|expression of concern|reply|response|author s? ?reply"
    r"|re|comment\w*|letter|editorial comment)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Texts are folded (lower case, no accents, no punctuation); empty or None is unknown."""

    key: int  # whatever the finder calls the record
    pmid: int | None
    doi: str  # lower case
    title: str  # letters and digits alone
    numbers: tuple[str, ...]  # the title's numbers in order: part 2 is not part 1
    notice: str  # erratum, reply: a title that begins so belongs to another article
    authors: frozenset[str]  # the first three's family names, whole and by their long words
    year: int | None
    volume: str
    first_page: str
    journal: str  # words
    journal_abbreviation: str


def fingerprint(article: Article, key: int) -> Fingerprint:
    return fingerprint_of(
        key=key,
        pmid=None if is_local(article.pmid) else article.pmid,
        doi=article.doi,
        title=article.title,
        authors=[author.last_name or author.collective_name or "" for author in article.authors],
        year=article.publication_date.year,
        volume=article.volume,
        pages=article.pages,
        journal=article.journal,
        journal_abbreviation=article.journal_abbreviation,
    )


def fingerprint_of(
    *,
    key: int,
    pmid: int | None,
    doi: str | None,
    title: str,
    authors: Sequence[str],
    year: int | None,
    volume: str,
    pages: str,
    journal: str,
    journal_abbreviation: str,
) -> Fingerprint:
    """`authors`: family names, or names of groups, in order."""
    words = folded(title)
    notice = _NOTICE.match(words)
    names = [folded(name) for name in authors[:3] if name]
    return Fingerprint(
        key=key,
        pmid=pmid,
        doi=(doi or "").lower(),
        title=words.replace(" ", ""),
        numbers=(*_NUMBER.findall(words), *_ROMAN.findall(words)),
        notice=notice[0] if notice else "",
        authors=frozenset(form for name in names for form in _forms(name)),
        year=year,
        volume=letters_and_digits(volume),
        first_page=first_page(pages),
        # The address of a trial's register says which trial it is.
        journal=journal.lower().strip() if journal.lower().startswith("http") else folded(journal),
        journal_abbreviation=folded(journal_abbreviation),
    )


def _forms(name: str) -> list[str]:
    """The name as one word, and its long words alone: databases disagree on where a family name begins."""
    return [name.replace(" ", ""), *(word for word in name.split() if len(word) > 3)]


def first_page(pages: str) -> str:
    """`s568` of `S568‐`, `83` of `083-087`, `e115` of `e115-8`; empty when nothing is printed."""
    match = _PAGE.search(pages)
    return _LEADING_ZEROS.sub(r"\1", match[0].lower()) if match else ""
