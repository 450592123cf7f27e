"""What may become a keyword: the idea's own n-grams, and what its nearest articles are filed under."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from primetime.keywords.function_words import FUNCTION_WORDS
from primetime.keywords.query import LONGEST_TERM

Origin = Literal["idea", "mesh", "keyword"]

LONGEST = 4  # words in an n-gram
_STOP = FUNCTION_WORDS | {
    "using",
    "use",
    "used",
    "based",
    "study",
    "studies",
    "effect",
    "effects",
    "does",
    "improve",
}
# What begins no term may end one: side effects.
_ENDING = frozenset({"effect", "effects"})
# What an idea says of its terms and no term has inside, unless as a noun before "of": cause of death.
_SAYING = re.compile(
    r"affects?|better|worse|fewer|caus(?:e[sd]?|ing)|compar(?:ed|ing)|(?:de|in)creases?|helps?|improv(?:es|ing)"
    r"|predicts?|prevents?|reduces?|versus|vs"
)
# Small words that terms have inside: quality of life, response to treatment.
_JOINING = frozenset({"of", "to", "and"})
_CLAUSE = re.compile(r"[.,;:!?()\[\]{}\"“”/\\\n\r\t]+|\s[-–—]+\s")
_WORD = re.compile(r"[^\W_]+(?:[-'’+][^\W_]+)*\+?")
# MeSH files nearly every article under these: they tell articles apart no more.
CHECK_TAGS = frozenset({"humans", "animals", "male", "female"})


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A text that may become a keyword."""

    text: str
    origin: Origin
    articles: int = 0  # of the nearest ones that have it; 0 for the idea's own words


def ngrams(idea: str) -> list[str]:
    """The runs of one to four words of a text that neither begin nor end with a stop word, in order, each once.

    In lower case. No run goes over punctuation, nor over a stop word that terms do not have inside.
    """
    found: dict[str, None] = {}
    for clause in _CLAUSE.split(idea.lower()):
        words = _WORD.findall(clause)
        for start in range(len(words)):
            for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
                run = words[start:end]
                if _is_term(run):
                    found[" ".join(run)] = None
    return list(found)


def _is_term(run: list[str]) -> bool:
    if any(_SAYING.fullmatch(word) and after != "of" for word, after in zip(run, [*run[1:], ""], strict=True)):
        return False
    if run[0] in _STOP or run[-1] in _STOP - _ENDING or any(word in _STOP - _JOINING for word in run[1:-1]):
        return False
    return any(len(word) > 1 and not word.isdigit() for word in run if word not in _STOP)


def candidates(idea: str, filed_under: Iterable[tuple[str, str, int]]) -> list[Candidate]:
    """The idea's n-grams, and the terms (kind, term, articles) of its nearest articles; each text once, in any case.

    A MeSH heading goes before the same text of another origin, for it names a heading. What is longer than a term may
    be is left out.
    """
    by_text: dict[str, Candidate] = {text: Candidate(text=text, origin="idea") for text in ngrams(idea)}
    for kind, term, articles in filed_under:
        text = " ".join(term.split())
        key = text.lower()
        if key in CHECK_TAGS or not _WORD.search(text):
            continue
        known = by_text.get(key)
        if kind == "mesh":
            by_text[key] = Candidate(text=text, origin="mesh", articles=articles)
        elif known is None:
            by_text[key] = Candidate(text=text, origin="keyword", articles=articles)
    return [one for one in by_text.values() if len(one.text) <= LONGEST_TERM]
