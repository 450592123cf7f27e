"""Texts as words: lower case, without accents; everything else parts them."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+")


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def flat(text: str) -> str:
    """The words between single spaces, one before and one after: a phrase is looked for in it as a piece."""
    return f" {' '.join(words(text))} "
