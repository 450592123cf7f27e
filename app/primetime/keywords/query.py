"""A PubMed query from concepts and limits. PubMed knows no escape: what would be read as syntax is taken out."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from primetime.errors import BadInput

Field = Literal["tiab", "ti", "mesh", "majr", "tw", "all", "ot"]
FIELDS: dict[Field, str] = {
    "tiab": "tiab",
    "ti": "ti",
    "mesh": "mh",
    "majr": "majr",
    "tw": "tw",
    "all": "all",
    "ot": "ot",
}
LONGEST_QUERY = 20_000  # characters; PubMed refuses far longer ones
LONGEST_TERM = 300  # characters, of a concept's name too
_SYNTAX = re.compile(r'["“”„«»\[\](){}:*\\]+')
_TRUNCATED = re.compile(r"[^\W_]{4,}\*")


@dataclass(frozen=True, kw_only=True)
class Term:
    """One way to say a concept."""

    text: str
    field: Field = "tiab"
    on: bool = True


@dataclass(frozen=True, kw_only=True)
class Concept:
    """Terms of which one is enough."""

    name: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the whole query is narrowed to."""

    first: date | None = None  # of publication
    last: date | None = None
    publication_types: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # by name: english

    @property
    def any(self) -> bool:
        return self != Limits()


@dataclass(frozen=True, kw_only=True)
class Relaxed:
    """A query with something left out."""

    dropped: tuple[str, ...]  # names of concepts; "limits" for the limits, "fields" for where the words must stand
    query: str
    concepts: tuple[Concept, ...]
    limits: Limits


NO_LIMITS = Limits()
LIMITS_NAME = "limits"
FIELDS_NAME = "fields"


def build(concepts: Sequence[Concept], limits: Limits = NO_LIMITS) -> str:
    """(a OR b) AND (c OR d) AND limits.

    Raises BadInput when no term is on or readable, the dates are the wrong way round, or the query is too long.
    """
    if limits.first is not None and limits.last is not None and limits.first > limits.last:
        raise BadInput(f"the dates end ({limits.last}) before they begin ({limits.first})", remedy="exchange them")
    parts = [part for concept in concepts if (part := concept_query(concept))]
    if not parts:
        raise BadInput("the query has no term", remedy="switch a keyword or a MeSH term on")
    query = " AND ".join([*parts, *_limits(limits)])
    if len(query) > LONGEST_QUERY:
        raise BadInput(f"the query has {len(query):,} characters", remedy=f"leave terms out, to {LONGEST_QUERY:,}")
    return query


def concept_query(concept: Concept) -> str:
    """The concept's terms with OR between them; empty when none is on."""
    said = dict.fromkeys(one for term in concept.terms if term.on and (one := term_query(term)))
    return f"({' OR '.join(said)})" if said else ""


def term_query(term: Term) -> str:
    """The term as a quoted phrase with its field, or truncated (hypertens*); empty when nothing readable is left."""
    stripped = term.text.strip()
    if _TRUNCATED.fullmatch(stripped) and term.field not in ("mesh", "majr"):
        return f"{stripped}[{FIELDS[term.field]}]"
    text = plain(term.text)
    return f'"{text}"[{FIELDS[term.field]}]' if text else ""


def read_written(text: str) -> str:
    """A query that somebody has written, with spaces for control characters, which XML and PostgreSQL cannot have.

    Raises BadInput when it is empty or too long.
    """
    query = "".join(" " if unicodedata.category(one) == "Cc" else one for one in text).strip()
    if not query:
        raise BadInput("the query is empty", remedy="write a PubMed query")
    if len(query) > LONGEST_QUERY:
        raise BadInput(f"the query has {len(query):,} characters", remedy=f"shorten it to {LONGEST_QUERY:,}")
    return query


def plain(text: str) -> str:
    """The text without syntax, control characters and needless white space; empty without a letter or digit."""
    visible = "".join(" " if unicodedata.category(one) in ("Cc", "Cs", "Cf", "Co", "Cn") else one for one in text)
    cleaned = " ".join(_SYNTAX.sub(" ", visible).split())
    return cleaned if any(one.isalnum() for one in cleaned) else ""


def concepts_of_keywords(keywords: str) -> tuple[Concept, ...]:
    """The concepts of keywords between semicolons, each searched in title and abstract and as a MeSH heading."""
    texts = dict.fromkeys(text for part in keywords.split(";") if (text := plain(part)))
    return tuple(
        Concept(name=text, terms=(Term(text=text, field="tiab"), Term(text=text, field="mesh"))) for text in texts
    )


def single_relaxations(concepts: Sequence[Concept], limits: Limits) -> list[Relaxed]:
    """The query with each one concept left out, and with the limits left out."""
    used = [concept for concept in concepts if concept_query(concept)]
    relaxed = [_without(used, limits, (concept.name,)) for concept in used] if len(used) > 1 else []
    if limits.any:
        relaxed.append(_relaxed((LIMITS_NAME,), used, NO_LIMITS))
    return relaxed


def field_relaxations(concepts: Sequence[Concept], limits: Limits) -> list[Relaxed]:
    """The same words wherever PubMed has them, within the limits and then without; empty when they are sought so."""
    if all(term.field == "all" for concept in concepts for term in concept.terms):
        return []
    loose = [
        # A word that was sought as text and as a heading is one now.
        replace(concept, terms=tuple(dict.fromkeys(replace(term, field="all") for term in concept.terms)))
        for concept in concepts
    ]
    relaxed = [_relaxed((FIELDS_NAME,), loose, limits)]
    if limits.any:
        relaxed.append(_relaxed((FIELDS_NAME, LIMITS_NAME), loose, NO_LIMITS))
    return relaxed


def stepwise_relaxations(concepts: Sequence[Concept], counts: Sequence[int], limits: Limits) -> list[Relaxed]:
    """Without limits, and then without more and more concepts, the rarest first, until one is left.

    `counts` [concepts]: how many articles each finds alone.
    """
    also = (LIMITS_NAME,) if limits.any else ()
    used = [(concept, count) for concept, count in zip(concepts, counts, strict=True) if concept_query(concept)]
    by_rarity = [concept for concept, _ in sorted(used, key=lambda one: one[1])]
    kept = [concept for concept, _ in used]
    return [
        _without(kept, NO_LIMITS, tuple(concept.name for concept in by_rarity[:dropped]), also)
        for dropped in range(1, len(by_rarity))
    ]


def _without(
    concepts: Sequence[Concept], limits: Limits, names: tuple[str, ...], also: tuple[str, ...] = ()
) -> Relaxed:
    return _relaxed((*names, *also), [concept for concept in concepts if concept.name not in names], limits)


def _relaxed(dropped: tuple[str, ...], concepts: Sequence[Concept], limits: Limits) -> Relaxed:
    return Relaxed(dropped=dropped, query=build(concepts, limits), concepts=tuple(concepts), limits=limits)


def _limits(limits: Limits) -> list[str]:
    parts = []
    if limits.first is not None or limits.last is not None:
        first = f"{limits.first:%Y/%m/%d}" if limits.first else "1000"
        last = f"{limits.last:%Y/%m/%d}" if limits.last else "3000"
        parts.append(f'("{first}"[dp] : "{last}"[dp])')
    for values, tag in ((limits.publication_types, "pt"), (limits.languages, "la")):
        said = [f'"{text}"[{tag}]' for value in values if (text := plain(value))]
        if said:
            parts.append(f"({' OR '.join(said)})")
    return parts


def with_unique_names(concepts: Sequence[Concept]) -> tuple[Concept, ...]:
    """The concepts with a number after a name that was there before, or stands for the limits or the fields: what is
    left out is told by name.
    """
    taken = {LIMITS_NAME, FIELDS_NAME}
    named = []
    for concept in concepts:
        name, again = concept.name, 1
        while name in taken:
            again += 1
            number = f" ({again})"
            name = f"{concept.name[: LONGEST_TERM - len(number)]}{number}"
        taken.add(name)
        named.append(replace(concept, name=name))
    return tuple(named)
