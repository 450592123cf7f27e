"""Who writes near an idea, where, and from which institutions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SHOWN = 10
# One article leads nobody.
_FEWEST = 2
_INSTITUTION = re.compile(
    r"universit|hospital|institut|college|medical (?:school|center|centre)|clinic\b|clinic,|academy|foundation|"
    r"\bNHS\b|inserm|school of|centre|center|faculty|polytechnic|karolinska|charit[ée]",
    re.IGNORECASE,
)
# Within an affiliation the larger body names the institution: a department's own name says little.
_BODY = re.compile(r"universit|hospital|karolinska|inserm|\bNHS\b|charit[ée]|academy|polytechnic", re.IGNORECASE)
_DEPARTMENT = re.compile(
    r"^(?:the )?(?:department|dept|division|section|unit|laborator|school of|faculty of)", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Leader:
    name: str
    articles: int


@dataclass(frozen=True, kw_only=True)
class Leaders:
    """Most articles first; names with one article are left out."""

    authors: list[Leader]
    institutions: list[Leader]
    journals: list[Leader]


def leaders(authors: Sequence[Sequence[Mapping[str, Any]]], journals: Sequence[str]) -> Leaders:
    """Count the authors (as stored: last_name, initials, affiliations, …) and journals, each once an article.

    An author is a name and initials: people who share both are counted as one.
    """
    return Leaders(
        authors=_most({name for one in own if (name := author_name(one))} for own in authors),
        institutions=_most(
            {name for one in own for place in one.get("affiliations") or () if (name := institution(place))}
            for own in authors
        ),
        journals=_most({journal} - {""} for journal in journals),
    )


def author_name(author: Mapping[str, Any]) -> str:
    """Smith J, or a group's name; empty for neither."""
    if author.get("last_name"):
        return f"{author['last_name']} {author.get('initials') or ''}".strip()
    return str(author.get("collective_name") or "")


def institution(affiliation: str) -> str:
    """The institution of an affiliation as printed: its part that names a university or the like; empty: none does."""
    parts = [part.strip(" .;") for part in re.split(r"[,;]", affiliation)]
    named = [part for part in parts if _INSTITUTION.search(part) and not _DEPARTMENT.match(part)]
    return next((part for part in named if _BODY.search(part)), named[0] if named else "")


def _most(names: Iterable[set[str]]) -> list[Leader]:
    counts: dict[str, int] = {}
    for own in names:
        for name in own:
            counts[name] = counts.get(name, 0) + 1
    ordered = sorted((-count, name) for name, count in counts.items() if count >= _FEWEST)
    return [Leader(name=name, articles=-count) for count, name in ordered[:SHOWN]]
