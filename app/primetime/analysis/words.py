"""Texts read once, as runs of numbered words: what topics are named by, without keeping the texts."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from primetime.analysis.stop_words import STOP_WORDS

# A word, or a mark or number between words: a phrase does not reach across either.
_TOKEN = re.compile(r"[^\W\d_][\w'-]*[^\W_]|[^\w\s'-]|\d+")
_SHORTEST = 3
END = -1


class Words:
    """The words of texts that may name a topic, in the runs in which they stand together."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.vocabulary: list[str] = []
        self._numbers: dict[str, int] = dict.fromkeys(STOP_WORDS, END)
        self._runs = array("i")
        self._ends = array("q", [0])
        for text in texts:
            self.add(text)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, text: str) -> None:
        """Read the next text."""
        numbers, runs, last = self._numbers, self._runs, END
        for token in _TOKEN.findall(text.lower()):
            number = numbers.get(token)
            if number is None:
                number = self._number(token)
            if number != END or last != END:
                runs.append(number)
            last = number
        if last != END:
            runs.append(END)
        self._ends.append(len(runs))

    def _number(self, token: str) -> int:
        if not token[0].isalpha() or len(token) < _SHORTEST:
            return END
        number = self._numbers[token] = len(self.vocabulary)
        self.vocabulary.append(token)
        return number

    @property
    def runs(self) -> NDArray[np.int32]:
        """Places in `vocabulary`, text after text; -1 ends a run, and no run reaches from one text into the next."""
        return np.asarray(self._runs, dtype=np.int32)

    @property
    def ends(self) -> NDArray[np.int64]:
        """[texts + 1], where each text begins in `runs`, and the end."""
        return np.asarray(self._ends, dtype=np.int64)
