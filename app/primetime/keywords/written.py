"""The parts of a query that somebody has written: what may be left out of it without changing what the rest means."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, cast

Operator = Literal["AND", "OR", "NOT"]

# Where an article stands in time, its kind, its language: what narrows a query and is no subject.
_LIMITING = frozenset({
    "dp", "pdat", "date - publication", "publication date", "edat", "date - entry", "entry date",
    "crdt", "date - create", "create date", "mhda", "date - mesh", "mesh date", "lr", "date - modification",
    "pt", "ptyp", "publication type", "la", "lang", "language", "filter", "sb", "subset",
})  # fmt: skip
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_TOKEN = re.compile(
    r'(?P<space>\s+)|(?P<open>\()|(?P<close>\))|(?P<colon>:)|(?P<tag>\[[^\[\]]*\])|(?P<phrase>"[^"]*")'
    r'|(?P<word>[^\s()\[\]":]+)'
)
_TAG = re.compile(r"\[([^\[\]]*)\]")
# What must stand before a tag, and before the colon of a range.
_AFTER = {"tag": ("word", "phrase"), "colon": ("word", "phrase", "tag")}
# Deeper parentheses than anybody writes.
_DEEPEST = 20


@dataclass(frozen=True, kw_only=True)
class Part:
    """What stands between two operators of one level."""

    operator: Operator  # before it; of the first AND
    text: str
    limit: bool = False  # dates, publication types, languages, filters


def top_parts(query: str) -> list[Part]:
    """The parts of the query's top level of which an article must have each (AND) or must not (NOT).

    PubMed reads from left to right, so all up to the last OR is one part. Empty where the query is not understood
    with certainty, or is one part only: then nothing can be left out.
    """
    inner = query.strip()
    parts = _split(inner)
    for _ in range(_DEEPEST):
        if parts is None or len(parts) != 1 or not parts[0].text.startswith("("):
            break
        inner = parts[0].text[1:-1].strip()
        parts = _split(inner)
    if not parts:
        return []
    last_or = max((place for place, part in enumerate(parts) if part.operator == "OR"), default=0)
    head = Part(operator="AND", text=_joined(parts[: last_or + 1]))
    found = [head, *parts[last_or + 1 :]]
    if len(found) < 2:
        return []
    return [Part(operator=one.operator, text=one.text, limit=_is_limit(one.text)) for one in found]


def without(parts: Sequence[Part], left_out: Collection[int]) -> str | None:
    """The query without some of its parts, by their places; None where nothing would be left to look for."""
    kept = [part for place, part in enumerate(parts) if place not in left_out]
    # A query cannot begin with NOT.
    first = next((place for place, part in enumerate(kept) if part.operator == "AND"), None)
    if first is None:
        return None
    return _joined([kept[first], *kept[:first], *kept[first + 1 :]])


def _joined(parts: Sequence[Part]) -> str:
    return " ".join([parts[0].text, *(f"{part.operator} {part.text}" for part in parts[1:])])


def _split(text: str) -> list[Part] | None:
    """The operands of one level and what stands before each; None for what cannot be read with certainty."""
    found: list[tuple[Operator, int, int]] = []
    waiting: Operator | None = "AND"  # for an operand
    place, last = 0, ""
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            return None
        kind, place = match.lastgroup or "", match.end()
        if kind == "space":
            continue
        if kind == "word" and match[0] in _OPERATORS:
            if waiting is not None or last == "colon":
                return None
            waiting, last = cast(Operator, match[0]), "operator"
            continue
        if kind == "open":
            closed = _closing(text, match.start())
            if closed is None or last == "colon":
                return None
            kind, place = "group", closed
        elif kind == "close" or (kind in _AFTER and last not in _AFTER[kind]):
            return None
        # Words in a row are one operand; other things side by side are as good as joined by AND.
        goes_on = kind in _AFTER or last == "colon" or (kind, last) == ("word", "word")
        if goes_on and found:
            found[-1] = (*found[-1][:2], place)
        else:
            found.append((waiting or "AND", match.start(), place))
            waiting = None
        last = kind
    if waiting is not None or last == "colon":
        return None
    return [Part(operator=operator, text=text[start:end]) for operator, start, end in found]


def _closing(text: str, opening: int) -> int | None:
    """Where the parenthesis that opens there has closed."""
    depth, place = 0, opening
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            return None
        depth += {"open": 1, "close": -1}.get(match.lastgroup or "", 0)
        place = match.end()
        if depth == 0:
            return place
    return None


def _is_limit(text: str, depth: int = 0) -> bool:
    """Whether all that stands there is sought in fields that only narrow."""
    parts = _split(text)
    if not parts or depth > _DEEPEST:
        return False
    if len(parts) == 1 and not text.startswith("("):
        return text.endswith("]") and all(tag.strip().lower() in _LIMITING for tag in _TAG.findall(text))
    return all(
        _is_limit(part.text[1:-1].strip() if part.text.startswith("(") else part.text, depth + 1) for part in parts
    )
