"""PubMed's query language: words, "phrases", [tags], parentheses, ranges, AND OR NOT from left to right."""

from __future__ import annotations

import re
from dataclasses import dataclass

from localcloud.literature.fields import TAGS, Field

_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<range>:)|(?P<tag>\[[^\]]*\])|"(?P<phrase>[^"]*)"?|(?P<word>[^\s()"\[\]:]+))"""
)
DEEPEST = 100


@dataclass(frozen=True, kw_only=True)
class Term:
    """Words of one field."""

    text: str
    field: Field | None  # None: no tag, so PubMed maps it itself
    quoted: bool = False


@dataclass(frozen=True, kw_only=True)
class Range:
    """From one value of a field to another."""

    low: str
    high: str
    field: Field


@dataclass(frozen=True, kw_only=True)
class Both:
    """Two queries and what joins them: AND, OR or NOT."""

    operator: str
    left: Query
    right: Query


Query = Term | Range | Both


@dataclass(frozen=True, kw_only=True)
class Parsed:
    query: Query | None  # None: there was nothing to look for
    unknown_fields: tuple[str, ...]


class _Tokens:
    def __init__(self, text: str) -> None:
        self.found = [(match.lastgroup or "", match[match.lastgroup or 0]) for match in _TOKEN.finditer(text)]
        self.at = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self.at + ahead
        return self.found[at] if at < len(self.found) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token


def parse(text: str) -> Parsed:
    """What a query asks for. PubMed refuses nothing: stray brackets, operators and unknown tags are passed over."""
    tokens = _Tokens(text)
    unknown: list[str] = []
    query: Query | None = None
    while tokens.peek()[0] != "end":
        if (part := _expression(tokens, unknown, 0)) is not None:
            query = part if query is None else Both(operator="AND", left=query, right=part)
        if tokens.peek()[0] == "close":
            tokens.take()
    return Parsed(query=query, unknown_fields=tuple(unknown))


def _expression(tokens: _Tokens, unknown: list[str], depth: int) -> Query | None:
    query: Query | None = None
    operator = "AND"
    while tokens.peek()[0] not in ("end", "close"):
        kind, text = tokens.peek()
        if kind == "word" and text in ("AND", "OR", "NOT"):
            operator = text
            tokens.take()
            continue
        part = _operand(tokens, unknown, depth)
        if part is not None:
            query = part if query is None else Both(operator=operator, left=query, right=part)
        operator = "AND"
    return query


def _operand(tokens: _Tokens, unknown: list[str], depth: int) -> Query | None:
    kind, _ = tokens.peek()
    if kind == "open":
        tokens.take()
        inside = _expression(tokens, unknown, depth + 1) if depth < DEEPEST else None
        if tokens.peek()[0] == "close":
            tokens.take()
        return inside
    if kind in ("tag", "range"):
        tokens.take()
        return None
    text, quoted = _words(tokens)
    field = _field(tokens, unknown)
    if tokens.peek()[0] != "range":
        return Term(text=text, field=field, quoted=quoted) if text.strip() else None
    tokens.take()
    high, _ = _words(tokens)
    of_range = _field(tokens, unknown) or field
    return Range(low=text, high=high, field=of_range) if of_range else None


def _words(tokens: _Tokens) -> tuple[str, bool]:
    """A phrase, or the words up to the next operator, tag or bracket."""
    if tokens.peek()[0] == "phrase":
        return tokens.take()[1], True
    found = []
    while tokens.peek()[0] == "word" and tokens.peek()[1] not in ("AND", "OR", "NOT"):
        found.append(tokens.take()[1])
    return " ".join(found), False


def _field(tokens: _Tokens, unknown: list[str]) -> Field | None:
    if tokens.peek()[0] != "tag":
        return None
    name = tokens.take()[1][1:-1].strip().lower()
    if name in TAGS:
        return TAGS[name][0]
    unknown.append(name)
    return "all"
