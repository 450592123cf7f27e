"""Which documents have which words, headings and dates."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from localcloud.literature.corpus import Document
from localcloud.literature.fields import LANGUAGES, Field
from localcloud.literature.words import flat, words

Numbers = NDArray[np.int32]
NOTHING = np.empty(0, dtype=np.int32)
# Text fields: searched by their words. The others hold whole values.
_TEXTS: dict[str, tuple[str, ...]] = {
    "ti": ("ti",),
    "ab": ("ab",),
    "tiab": ("ti", "ab", "ot"),
    "tw": ("ti", "ab", "ot", "mesh"),
    "all": ("ti", "ab", "ot", "mesh", "ta", "au", "pt"),
    "ot": ("ot",),
    "ta": ("ta",),
}


class Index:
    """The corpus' documents by number (their place, oldest first)."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.by_pmid = {document.pmid: number for number, document in enumerate(documents)}
        self._everything = np.arange(len(documents), dtype=np.int32)
        self._dates = [document.date for document in documents]
        self._flat: dict[str, list[str]] = defaultdict(list)
        words_of: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        values_of: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number, document in enumerate(documents):
            for part, text in _texts(document).items():
                self._flat[part].append(flat(text))
                for word in set(words(text)):
                    words_of[part][word].append(number)
            for field, values in _values(document).items():
                for value in set(values):
                    values_of[field][value].append(number)
        self._words = _frozen(words_of)
        self._values = _frozen(values_of)
        self.vocabulary = sorted({word for part in self._words.values() for word in part})

    @property
    def mesh_headings(self) -> dict[str, Numbers]:
        """The headings met in the corpus, in lower case."""
        return self._values.get("mh", {})

    def everything(self) -> Numbers:
        return self._everything

    def value(self, field: str, value: str) -> Numbers:
        """The documents with this heading, type, language, author, identifier or PMID."""
        value = " ".join(value.lower().split())
        if field == "pmid":
            number = self.by_pmid.get(int(value)) if value.isascii() and value.isdigit() and len(value) < 19 else None
            return NOTHING if number is None else np.asarray([number], dtype=np.int32)
        if field == "au":
            return self._authors(value)
        return self._values.get(field, {}).get(value, NOTHING)

    def word(self, field: Field, word: str) -> Numbers:
        """The documents with a word, or with words that begin like `word*`, in a text field."""
        parts = [self._words.get(part, {}) for part in _TEXTS[field]]
        if not word.endswith("*"):
            return union(part.get(word, NOTHING) for part in parts)
        stem = word[:-1]
        start = bisect_left(self.vocabulary, stem)
        alike = []
        for candidate in self.vocabulary[start:]:
            if not candidate.startswith(stem):
                break
            alike.append(candidate)
        return union(part[one] for part in parts for one in alike if one in part)

    def phrase(self, field: Field, text: str) -> Numbers:
        """The documents with these words side by side in one of the field's texts."""
        sought = words(text)
        if not sought:
            return NOTHING
        if len(sought) == 1:
            return self.word(field, sought[0])
        piece = f" {' '.join(sought)} "
        candidates = intersection(self.word(field, word) for word in sought)
        found = [n for n in candidates.tolist() if any(piece in self._flat[part][n] for part in _TEXTS[field])]
        return np.asarray(found, dtype=np.int32)

    def dated(self, first: date, last: date) -> Numbers:
        """The documents published between two days, both included."""
        return self._everything[bisect_left(self._dates, first) : bisect_left(self._dates, last) + self._on(last)]

    def entered(self, first: date, last: date) -> Numbers:
        """The documents that came into PubMed between two days, both included."""
        inside = [number for number, document in enumerate(self.documents) if first <= document.entered <= last]
        return np.asarray(inside, dtype=np.int32)

    def _on(self, day: date) -> int:
        start = bisect_left(self._dates, day)
        end = start
        while end < len(self._dates) and self._dates[end] == day:
            end += 1
        return end - start

    def title_has(self, number: int, word: str) -> bool:
        return f" {word} " in self._flat["ti"][number]

    def text_count(self, number: int, word: str) -> int:
        return self._flat["ab"][number].count(f" {word} ")

    def _authors(self, value: str) -> Numbers:
        """Smith J, Smith JA or Smith: initials are read as a beginning, as PubMed reads them."""
        known = self._values.get("au", {})
        beginning = value if " " in value else f"{value} "
        return union(numbers for name, numbers in known.items() if name == value or name.startswith(beginning))


def union(parts: Iterable[Numbers]) -> Numbers:
    found = [part for part in parts if len(part)]
    if not found:
        return NOTHING
    return found[0] if len(found) == 1 else np.unique(np.concatenate(found))


def intersection(parts: Iterable[Numbers]) -> Numbers:
    result: Numbers | None = None
    for part in parts:
        result = part if result is None else np.intersect1d(result, part, assume_unique=True)
        if not len(result):
            return NOTHING
    return NOTHING if result is None else result


def _texts(document: Document) -> dict[str, str]:
    article = document.article
    return {
        "ti": article.title,
        "ab": article.abstract,
        "ot": " | ".join(article.keywords),
        "mesh": " | ".join(heading.name for heading in article.mesh),
        "ta": f"{article.journal} | {article.journal_abbreviation}",
        "au": " | ".join(author.last_name or author.collective_name or "" for author in article.authors),
        "pt": " | ".join(article.publication_types),
    }


def _values(document: Document) -> dict[str, list[str]]:
    article = document.article
    languages = [code.lower() for code in article.languages]
    return {
        "mh": [heading.name.lower() for heading in article.mesh],
        "majr": [heading.name.lower() for heading in article.mesh if heading.major],
        "pt": [kind.lower() for kind in article.publication_types],
        "la": languages + [LANGUAGES[code] for code in languages if code in LANGUAGES],
        "au": [
            f"{author.last_name} {author.initials or ''}".strip().lower()
            for author in article.authors
            if author.last_name
        ],
        "aid": [article.doi.lower()] if article.doi else [],
        "has": ["abstract"] if article.abstract else [],
    }


def _frozen(counted: dict[str, dict[str, list[int]]]) -> dict[str, dict[str, Numbers]]:
    return {
        name: {value: np.asarray(numbers, dtype=np.int32) for value, numbers in found.items()}
        for name, found in counted.items()
    }
