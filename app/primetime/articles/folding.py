"""Texts made equal where databases print them differently: case, accents, punctuation, spelled Greek."""

import re
import unicodedata

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,40}>")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
# What decomposing leaves as it is.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
    | {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "μ": "mu", "ω": "omega"}
)


def folded(text: str) -> str:
    """The text in lower-case words without accents and tags, punctuation as single spaces."""
    text = _TAG.sub(" ", text).lower()
    if not text.isascii():
        text = text.translate(_LETTERS)
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
        text = text.translate(_LETTERS)
    return _NOT_ALPHANUMERIC.sub(" ", text).strip()


def letters_and_digits(text: str) -> str:
    """As `folded`, without spaces: two texts that differ in spacing and punctuation alone are the same."""
    return folded(text).replace(" ", "")
