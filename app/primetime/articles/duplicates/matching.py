"""Whether two records are of one article.

A duplicate is the same bibliographic record, however it is printed; a conference abstract and the article that came of
it are two, as are two registrations of one trial (the definition of Rathbone et al. 2015, doi:10.1186/2046-4053-4-6).

The manner of the rules is that of published ones, whose fields and order they follow: compare title, author, year,
pages, volume, journal and DOI, in several combinations, of which one suffices (ASySD: Hair et al. 2023,
doi:10.1186/s12915-023-01686-z; the Deduplicator: Forbes et al. 2024, doi:10.1186/s13643-024-02619-9), and let a year
that is two apart or a starting page that differs speak against (DedupEndNote, github.com/globbestael/DedupEndNote).
The thresholds are our own; docs/duplicates.md says what they were chosen on.
"""

from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from primetime.articles.duplicates.fingerprint import Fingerprint

Reason = Literal["pmid", "doi", "fuzzy"]

SAME_TITLE = 95.0  # percent of letters in common, in order
LIKE_TITLE = 85.0
RELATED_TITLE = 60.0
SAME_NAME = 0.88
_LONG_TITLE = 20  # letters; shorter ones (Editorial) are many articles'
_SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "de",
        "del",
        "der",
        "des",
        "di",
        "en",
        "et",
        "for",
        "für",
        "in",
        "la",
        "le",
        "of",
        "on",
        "or",
        "the",
        "und",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    reason: Reason
    score: float  # the titles' likeness, 0 to 1


def match(one: Fingerprint, other: Fingerprint) -> Match | None:
    """How the two are the same article; None when they are not, or nothing says so."""
    if one.pmid is not None and other.pmid is not None:
        return Match(reason="pmid", score=_likeness(one, other) / 100) if one.pmid == other.pmid else None
    if one.notice != other.notice:
        return None
    likeness = _likeness(one, other)
    same_page = _agree(one.first_page, other.first_page)
    if one.doi and one.doi == other.doi:
        # One DOI can stand for a whole supplement of abstracts.
        is_same = likeness >= RELATED_TITLE or not (one.title and other.title) or same_page
        return Match(reason="doi", score=likeness / 100) if is_same else None
    if likeness < RELATED_TITLE or one.numbers != other.numbers:
        return None
    return Match(reason="fuzzy", score=likeness / 100) if _is_same(one, other, likeness, same_page) else None


def _is_same(one: Fingerprint, other: Fingerprint, likeness: float, page: bool | None) -> bool:
    apart = abs(one.year - other.year) if one.year is not None and other.year is not None else None
    author = _authors_agree(one, other)
    if (apart is not None and apart > 1) or author is False:
        return False
    volume, journal = _agree(one.volume, other.volume), _journals_agree(one, other)
    place = (page, volume, journal)
    agreeing, differing = place.count(True), place.count(False)
    if one.doi and other.doi:
        return likeness >= LIKE_TITLE and page is True and volume is True and author is True
    if likeness >= SAME_TITLE:
        if min(len(one.title), len(other.title)) < _LONG_TITLE:
            return page is True and volume is not False and journal is not False
        if differing == 0:
            return agreeing > 0 or (author is True and apart == 0)
        return agreeing > differing and page is not False
    if page is not True:
        return False
    if likeness >= LIKE_TITLE:
        return volume is True or journal is True
    # Another translation of the title, or a title of another field.
    return volume is True and journal is True and author is True and apart == 0


def _likeness(one: Fingerprint, other: Fingerprint) -> float:
    return fuzz.ratio(one.title, other.title) if one.title and other.title else 0.0


def _agree(one: str, other: str) -> bool | None:
    return one == other if one and other else None


def _authors_agree(one: Fingerprint, other: Fingerprint) -> bool | None:
    if not one.authors or not other.authors:
        return None
    if one.authors & other.authors:
        return True
    return any(
        JaroWinkler.normalized_similarity(name, known) >= SAME_NAME for name in one.authors for known in other.authors
    )


def _journals_agree(one: Fingerprint, other: Fingerprint) -> bool | None:
    names = [name for name in (one.journal, one.journal_abbreviation) if name]
    known = [name for name in (other.journal, other.journal_abbreviation) if name]
    if not names or not known:
        return None
    return any(same_journal(name, other_name) for name in names for other_name in known)


def same_journal(one: str, other: str) -> bool:
    """Whether two folded names are one journal's: equal, nearly so, or one abbreviates the other word by word."""
    if one == other:
        return True
    if one.startswith("http") or other.startswith("http"):
        return False
    words = [word for word in one.split() if word not in _SMALL_WORDS]
    known = [word for word in other.split() if word not in _SMALL_WORDS]
    shorter, longer = sorted((words, known), key=lambda listed: sum(map(len, listed)))
    if shorter and _abbreviates(shorter, longer):
        return True
    return fuzz.ratio(" ".join(words), " ".join(known)) >= 90.0


def _abbreviates(short: list[str], full: list[str]) -> bool:
    """Whether each word of `short` begins one of `full`, in order, the first the first; full words may be left out
    only at the end, where databases put a subtitle or a place."""
    if len(short) > len(full):
        return False
    return all(word.startswith(part) or _contracted(part, word) for part, word in zip(short, full, strict=False))


def _contracted(part: str, word: str) -> bool:
    """Whether the letters of `part` stand in `word` in order, beginning with its first: `natl` of `national`."""
    if len(part) < 3 or part[0] != word[0]:
        return False
    letters = iter(word)
    return all(letter in letters for letter in part)
