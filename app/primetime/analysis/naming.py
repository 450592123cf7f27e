"""What each topic is called: the words and MeSH headings that set it apart from the other topics."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from primetime.analysis.stop_words import CHECK_TAGS, STOP_WORDS

TERMS = 8
NAME_TERMS = 3
# A term that fewer of a topic's articles use describes some of them, not the topic.
_LEAST_SHARE = 0.06
# A phrase stands for its word when it is used at least this often where the word is.
_PHRASE_SHARE = 0.35
# A word, or a mark or number between words: a phrase does not reach across either.
_TOKEN = re.compile(r"[^\W\d_][\w'-]*[^\W_]|[^\w\s'-]|\d+")
_LONGEST_PHRASE = 3
_VOCABULARY = 60_000
_CANDIDATES = 80


@dataclass(frozen=True, kw_only=True)
class TopicName:
    name: str
    terms: list[str]
    """best first"""
    mesh: list[str]
    """over-represented headings, best first; empty where articles have none"""


def name_topics(
    texts: Sequence[str], labels: NDArray[np.int64], mesh: Sequence[Sequence[str]] | None = None
) -> list[TopicName]:
    """Name topics 0..max(labels) of n texts, with the n articles' MeSH headings if there are any.

    Class-based TF-IDF (Grootendorst 2022) over phrases of one to three words, counted once an article; a term that
    repeats a better one's words is passed over. Names are unique.
    """
    count = int(labels.max(initial=-1)) + 1
    headings = _headings(mesh, labels, count) if mesh is not None else [[] for _ in range(count)]
    terms = _terms(texts, labels, count)
    names: list[TopicName] = []
    taken: set[str] = set()
    for topic in range(count):
        name = _unique(_compose(headings[topic], terms[topic], topic), terms[topic], taken)
        taken.add(name)
        names.append(TopicName(name=name, terms=terms[topic], mesh=headings[topic]))
    return names


def _terms(texts: Sequence[str], labels: NDArray[np.int64], count: int) -> list[list[str]]:
    vectorizer = CountVectorizer(
        analyzer=phrases,
        min_df=3 if len(texts) >= 100 else 2,
        max_features=_VOCABULARY,
        binary=True,
        dtype=np.int32,
    )
    try:
        uses = vectorizer.fit_transform(texts).tocsr()
    except ValueError:  # no word is left in any text
        return [[] for _ in range(count)]
    vocabulary = vectorizer.get_feature_names_out()
    inside = labels >= 0
    membership = sparse.csr_matrix(
        (np.ones(int(inside.sum())), (labels[inside], np.flatnonzero(inside))), (count, len(labels))
    )
    per_topic = np.asarray((membership @ uses).todense(), dtype=np.float64)
    sizes = np.maximum(np.bincount(labels[inside], minlength=count), 1)
    share = per_topic / sizes[:, None]
    in_all = share.sum(axis=0)
    weight = share * np.log1p(share.sum() / count / np.maximum(in_all, 1e-12))
    weight[share < _LEAST_SHARE] = 0
    chosen = []
    for topic in range(count):
        order = np.argsort(-weight[topic], kind="stable")[:_CANDIDATES]
        candidates = [(str(vocabulary[i]), float(share[topic, i])) for i in order if weight[topic, i] > 0]
        chosen.append(_without_repetition(candidates))
    return chosen


def phrases(text: str) -> list[str]:
    """The words of a text that may name a topic, and the phrases of up to three of them that stand together."""
    found: list[str] = []
    run: list[str] = []
    for token in _TOKEN.findall(text.lower()):
        if token in STOP_WORDS or not token[0].isalpha() or len(token) < 3:
            run.clear()
            continue
        run.append(token)
        found.extend(" ".join(run[-length:]) for length in range(1, min(len(run), _LONGEST_PHRASE) + 1))
    return found


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


def _headings(mesh: Sequence[Sequence[str]], labels: NDArray[np.int64], count: int) -> list[list[str]]:
    """Headings on at least a fifth of a topic's articles and thrice as often there as elsewhere."""
    tagged = [set(one) - CHECK_TAGS for one in mesh]
    everywhere: dict[str, int] = {}
    for one in tagged:
        for heading in one:
            everywhere[heading] = everywhere.get(heading, 0) + 1
    chosen = []
    for topic in range(count):
        members = np.flatnonzero(labels == topic)
        here: dict[str, int] = {}
        for index in members:
            for heading in tagged[index]:
                here[heading] = here.get(heading, 0) + 1
        inside, outside = max(len(members), 1), max(len(tagged) - len(members), 1)
        scored = []
        for heading, uses in here.items():
            share, elsewhere = uses / inside, (everywhere[heading] - uses + 0.5) / outside
            if uses >= 3 and share >= 0.2 and share >= 3 * elsewhere:
                scored.append((-share * float(np.log(share / elsewhere)), heading))
        chosen.append([heading for _, heading in sorted(scored)[:5]])
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


def _stems(term: str) -> set[str]:
    return {_stem(word) for word in re.findall(r"\w+", term.lower())}


def _stem(word: str) -> str:
    """Enough of a word to see that inhibitor and inhibitors, or hypertension and hypertensive, name one thing."""
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word[:8]
