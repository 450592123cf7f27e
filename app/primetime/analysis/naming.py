"""What each topic is called: the words and MeSH headings that set it apart from the other topics."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from primetime.analysis.phrases import used_phrases
from primetime.analysis.stop_words import CHECK_TAGS
from primetime.analysis.words import Words

TERMS = 8
NAME_TERMS = 3
# A term that fewer of a topic's articles use describes some of them, not the topic.
_LEAST_SHARE = 0.06
# A phrase stands for its word when it is used at least this often where the word is.
_PHRASE_SHARE = 0.35
_CANDIDATES = 80


@dataclass(frozen=True, kw_only=True)
class TopicName:
    name: str
    terms: list[str]
    """best first"""
    mesh: list[str]
    """over-represented headings, best first; empty where articles have none"""


@dataclass(frozen=True, kw_only=True)
class Uses:
    """Which of n articles use which phrases, and which headings they have; counted once, for topics at any level."""

    phrases: list[str]
    by_phrase: sparse.csr_matrix
    """float32 [n, phrases], 1 where it is used"""
    headings: list[str]
    by_heading: sparse.csr_matrix
    """float32 [n, headings]"""

    @classmethod
    def of(cls, words: Words, mesh: Sequence[Sequence[str]] | None = None) -> Uses:
        """From the words of titles and abstracts, and the articles' MeSH headings if there are any."""
        phrases, by_phrase = used_phrases(words)
        tagged = [sorted(set(one) - CHECK_TAGS) for one in mesh or [()] * len(words)]
        headings = sorted(set().union(*tagged))
        place = {heading: index for index, heading in enumerate(headings)}
        columns = np.fromiter((place[heading] for one in tagged for heading in one), dtype=np.int32)
        ends = np.cumsum([0, *map(len, tagged)])
        by_heading = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), (len(words), len(headings)))
        return cls(phrases=phrases, by_phrase=by_phrase, headings=headings, by_heading=by_heading)


def name_topics(uses: Uses, labels: NDArray[np.int64]) -> list[TopicName]:
    """Name the topics 0..max(labels) of n articles.

    Class-based TF-IDF (Grootendorst 2022) over phrases of one to three words, counted once an article; a term that
    repeats a better one's words is passed over. Names are unique.
    """
    count = int(labels.max(initial=-1)) + 1
    inside = np.flatnonzero(labels >= 0)
    membership = sparse.csr_matrix((np.ones(len(inside), np.float32), (labels[inside], inside)), (count, len(labels)))
    sizes = np.maximum(np.bincount(labels[inside], minlength=count), 1)
    headings = _headings(uses, membership, sizes)
    terms = _terms(uses, membership, sizes)
    names: list[TopicName] = []
    taken: set[str] = set()
    for topic in range(count):
        name = _unique(_compose(headings[topic], terms[topic], topic), terms[topic], taken)
        taken.add(name)
        names.append(TopicName(name=name, terms=terms[topic], mesh=headings[topic]))
    return names


def _terms(uses: Uses, membership: sparse.csr_matrix, sizes: NDArray[np.int64]) -> list[list[str]]:
    share = (membership @ uses.by_phrase).tocsr()
    share.sort_indices()
    # In place: of many small topics the shares are as many as the uses.
    share.data /= np.repeat(sizes, np.diff(share.indptr)).astype(np.float32)
    in_all = np.asarray(share.sum(axis=0, dtype=np.float64)).ravel()
    rarity = np.log1p(in_all.sum() / len(sizes) / np.maximum(in_all, 1e-12))
    chosen = []
    for topic in share:
        common = topic.data >= _LEAST_SHARE
        places, shares = topic.indices[common], topic.data[common]
        order = np.lexsort((places, -shares * rarity[places]))[:_CANDIDATES]
        chosen.append(_without_repetition([(uses.phrases[places[i]], float(shares[i])) for i in order]))
    return chosen


def _without_repetition(candidates: list[tuple[str, float]]) -> list[str]:
    """The best terms of which none shares a word with a better one; a common phrase takes its words' place."""
    chosen: list[tuple[str, float]] = []
    for term, share in candidates:
        stems = _stems(term)
        overlapping = [i for i, (other, _) in enumerate(chosen) if stems & _stems(other)]
        if not overlapping:
            chosen.append((term, share))
        elif all(_stems(chosen[i][0]) < stems and share >= _PHRASE_SHARE * chosen[i][1] for i in overlapping):
            chosen[overlapping[0]] = (term, share)
            for i in reversed(overlapping[1:]):
                del chosen[i]
    return [term for term, _ in chosen[:TERMS]]


def _headings(uses: Uses, membership: sparse.csr_matrix, sizes: NDArray[np.int64]) -> list[list[str]]:
    """Headings on at least a fifth of a topic's articles and thrice as often there as elsewhere."""
    everywhere = np.asarray(uses.by_heading.sum(axis=0)).ravel()
    n = uses.by_heading.shape[0]
    chosen = []
    for topic, size in zip((membership @ uses.by_heading).tocsr(), sizes, strict=True):
        share = topic.data / size
        elsewhere = (everywhere[topic.indices] - topic.data + 0.5) / max(n - size, 1)
        over = (topic.data >= 3) & (share >= 0.2) & (share >= 3 * elsewhere)
        weight = share[over] * np.log(share[over] / elsewhere[over])
        order = np.lexsort((topic.indices[over], -weight))[:5]
        chosen.append([uses.headings[i] for i in topic.indices[over][order]])
    return chosen


def _compose(headings: list[str], terms: list[str], topic: int) -> str:
    parts: list[str] = []
    used: set[str] = set()
    for part in [*headings[:2], *terms]:
        if not used & _stems(part):
            parts.append(part)
            used |= _stems(part)
        if len(parts) == NAME_TERMS:
            break
    name = ", ".join(parts)
    return name[:1].upper() + name[1:] if name else f"Topic {topic + 1}"


def _unique(name: str, terms: list[str], taken: set[str]) -> str:
    candidate = name
    for term in [*terms[NAME_TERMS:], *(str(number) for number in range(2, 1000))]:
        if candidate not in taken:
            return candidate
        candidate = f"{name}, {term}"
    return candidate


@lru_cache(maxsize=100_000)
def _stems(term: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in re.findall(r"\w+", term.lower()))


def _stem(word: str) -> str:
    """Enough of a word to see that inhibitor and inhibitors, or hypertension and hypertensive, name one thing."""
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word[:8]
