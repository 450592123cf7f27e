"""The phrases of up to three words that texts use most, counted once a text.

A phrase that many use is made of phrases that as many use: each length is counted among what is left of the one below
(Apriori, Agrawal & Srikant 1994), so that most phrases of a large corpus, which few use, are never kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from primetime.analysis.words import END, Words

LONGEST = 3
MOST = 60_000
# Texts counted at once.
_PART = 4096
# Counts of parts that wait to be added up, beside as many as are added up already.
_WAITING = 1_000_000

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class _Length:
    """The phrases of one length that are left: their codes, ascending, and how many texts use each.

    A word's code is its number. A longer phrase's is made of the places of its beginning and its end, which overlap,
    among the phrases one word shorter.
    """

    codes: Numbers
    uses: Numbers


def used_phrases(words: Words) -> tuple[list[str], sparse.csr_matrix]:
    """The phrases that most texts use, at most 60,000, in the alphabet's order, and float32 [texts, phrases], 1: used.

    Those that fewer than three texts use are left out; of less than a hundred texts, than two.
    """
    least = 3 if len(words) >= 100 else 2
    runs, ends = words.runs, words.ends
    lengths: list[_Length] = []
    while len(lengths) < LONGEST:
        lengths.append(_counted(runs, ends, lengths, max(least, _least_of_most(lengths))))
    chosen = _most_used(words.vocabulary, lengths)
    # One more, for what is in none.
    columns = [np.full(len(one.codes) + 1, END, dtype=np.int64) for one in lengths]
    for column, (_, length, place) in enumerate(chosen):
        columns[length][place] = column
    return [phrase for phrase, _, _ in chosen], _matrix(runs, ends, lengths, columns, len(chosen))


def _most_used(vocabulary: list[str], lengths: list[_Length]) -> list[tuple[str, int, int]]:
    """At most 60,000 phrases by the alphabet, each with its length, from 0, and its place among those of its length."""
    least = _least_of_most(lengths)
    candidates = [
        (-int(one.uses[place]), _phrase(vocabulary, lengths, length, int(place)), length, int(place))
        for length, one in enumerate(lengths)
        for place in np.flatnonzero(one.uses >= least)
    ]
    return sorted((phrase, length, place) for _, phrase, length, place in sorted(candidates)[:MOST])


def _phrase(vocabulary: list[str], lengths: list[_Length], length: int, place: int) -> str:
    code = int(lengths[length].codes[place])
    if length == 0:
        return vocabulary[code]
    beginning, end = divmod(code, len(lengths[length - 1].codes))
    return f"{_phrase(vocabulary, lengths, length - 1, beginning)} {_last_word(vocabulary, lengths, length - 1, end)}"


def _last_word(vocabulary: list[str], lengths: list[_Length], length: int, place: int) -> str:
    for one in range(length, 0, -1):
        place = int(lengths[one].codes[place]) % len(lengths[one - 1].codes)
    return vocabulary[int(lengths[0].codes[place])]


def _matrix(
    runs: NDArray[np.int32], ends: Numbers, lengths: list[_Length], columns: list[Numbers], count: int
) -> sparse.csr_matrix:
    """Which texts use which of the phrases, whose columns [phrases of a length + 1] are given for each length."""
    indices, used = [], [np.zeros(1, dtype=np.int64)]
    for part, text, texts in _parts(runs, ends):
        pairs = []
        for length, one in enumerate(lengths):
            column = columns[length][_places(_codes(part, lengths[:length]), one.codes)]
            inside = column >= 0
            pairs.append(text[: len(column)][inside] * MOST + column[inside])
        of_text, columns_used = np.divmod(np.unique(np.concatenate(pairs)), MOST)
        indices.append(columns_used.astype(np.int32))
        used.append(np.bincount(of_text, minlength=texts))
    places = np.concatenate([np.empty(0, dtype=np.int32), *indices])
    return sparse.csr_matrix(
        (np.ones(len(places), dtype=np.float32), places, np.cumsum(np.concatenate(used))),
        shape=(len(ends) - 1, count),
    )


def _counted(runs: NDArray[np.int32], ends: Numbers, below: list[_Length], least: int) -> _Length:
    """The phrases one word longer than the last of `below` that at least so many texts use."""
    codes, uses = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    waiting: list[tuple[Numbers, Numbers]] = []
    for part, text, _ in _parts(runs, ends):
        of_part = _codes(part, below)
        there = of_part >= 0
        of_part, text = of_part[there], text[: len(there)][there]
        # Each text once: its repeated codes lie beside each other.
        order = np.lexsort((text, of_part))
        of_part, text = of_part[order], text[order]
        once = np.ones(len(of_part), dtype=bool)
        once[1:] = (of_part[1:] != of_part[:-1]) | (text[1:] != text[:-1])
        waiting.append(np.unique(of_part[once], return_counts=True))
        if sum(len(one) for one, _ in waiting) > len(codes) + _WAITING:
            codes, uses = _added([(codes, uses), *waiting])
            waiting = []
    codes, uses = _added([(codes, uses), *waiting])
    return _Length(codes[uses >= least], uses[uses >= least])


def _added(counted: list[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    codes = np.concatenate([one for one, _ in counted])
    uses = np.concatenate([one for _, one in counted])
    order = np.argsort(codes, kind="stable")
    codes, uses = codes[order], uses[order]
    first = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]])) if len(codes) else np.arange(0)
    return codes[first], np.add.reduceat(uses, first) if len(first) else uses


def _parts(runs: NDArray[np.int32], ends: Numbers) -> Iterator[tuple[NDArray[np.int32], Numbers, int]]:
    """The runs of some thousand texts at a time, the place of each word's text among these, and how many they are."""
    for first in range(0, len(ends) - 1, _PART):
        bounds = ends[first : first + _PART + 1]
        yield runs[bounds[0] : bounds[-1]], np.repeat(np.arange(len(bounds) - 1), np.diff(bounds)), len(bounds) - 1


def _codes(part: NDArray[np.int32], below: list[_Length]) -> Numbers:
    """For each word that a phrase one word longer than `below` may begin at, the phrase's code; -1: there is none."""
    codes = part.astype(np.int64)
    for one in below:
        places = _places(codes, one.codes)
        inside = places < len(one.codes)
        both = inside[:-1] & inside[1:]
        codes = np.where(both, places[:-1] * len(one.codes) + places[1:], END)
    return codes


def _places(codes: Numbers, kept: Numbers) -> Numbers:
    """The place of each code among `kept`, ascending; their number for those that are not there."""
    places = np.full(len(codes), len(kept), dtype=np.int64)
    asked = np.flatnonzero(codes >= 0)
    found = np.searchsorted(kept, codes[asked])
    there = found < len(kept)
    there[there] = kept[found[there]] == codes[asked[there]]
    places[asked[there]] = found[there]
    return places


def _least_of_most(lengths: list[_Length]) -> int:
    """Fewer uses than this are too few to be among the most used phrases."""
    uses = np.concatenate([np.empty(0, dtype=np.int64), *[one.uses for one in lengths]])
    return int(np.partition(uses, -MOST)[-MOST]) if len(uses) > MOST else 0
