"""Passwords that are guessed first: of few characters, of well-known words, of rows of keys, of one's own e-mail."""

import re

LEAST_CHARACTERS = 5
_WORDS = (
    "administrator", "admin", "changeit", "changeme", "geheim", "iloveyou", "letmein", "login", "passwort", "password",
    "prime time", "prime-time", "primetime", "qwertz", "secret", "temporary", "welcome",
)  # fmt: skip
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiopü",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "!@#$%^&*()",
)
_BOTH_WAYS = [*_ROWS, *(row[::-1] for row in _ROWS)]
_RUN = 4
_SHORTEST_WORD = 4
_LIKE_LETTERS = str.maketrans("@4031$!5", "aaoeisis")


def is_easily_guessed(password: str, *, own: str) -> bool:
    """Whether little is left of a password without what everybody tries first; `own` is its owner's e-mail."""
    text = password.lower()
    guessed = {*_of_words(text, own.lower()), *_of_runs(text), *_separators(text)}
    left = {character for place, character in enumerate(text) if place not in guessed}
    return len(left) < LEAST_CHARACTERS


def _of_words(text: str, own: str) -> set[int]:
    words = {*_WORDS, own, *(part for part in re.split(r"[\W_]+", own) if len(part) >= _SHORTEST_WORD)}
    return {
        place
        for written in (text, text.translate(_LIKE_LETTERS))
        for word in words - {""}
        for found in re.finditer(f"(?={re.escape(word)})", written)
        for place in range(found.start(), found.start() + len(word))
    }


def _of_runs(text: str) -> set[int]:
    """Where neighbours stand in a row of keys, forwards or backwards."""
    starts = range(len(text) - _RUN + 1)
    return {
        place
        for start in starts
        if any(text[start : start + _RUN] in row for row in _BOTH_WAYS)
        for place in range(start, start + _RUN)
    }


def _separators(text: str) -> set[int]:
    return {found.start() for found in re.finditer(r"[\s._\-]", text)}
