"""How many articles a query finds at PubMed, each of its concepts alone, and what would find some."""

from collections.abc import Sequence
from dataclasses import dataclass

from primetime.keywords.query import (
    LIMITS_NAME,
    NO_LIMITS,
    Concept,
    Limits,
    Relaxed,
    build,
    concept_query,
    field_relaxations,
    single_relaxations,
    stepwise_relaxations,
    with_unique_names,
)
from primetime.keywords.written import Part, top_parts, without
from primetime.sources.eutils import PubMed
from primetime.sources.eutils_replies import Found, Translation

# Each part is a question or two to PubMed, at three a second.
_MOST_PARTS = 12
_LONGEST_NAME = 80  # characters


@dataclass(frozen=True, kw_only=True)
class ConceptCount:
    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """Something left out, and what is found then."""

    relaxed: Relaxed
    count: int


@dataclass(frozen=True, kw_only=True)
class Counted:
    query: str
    found: Found
    concepts: list[ConceptCount]
    relaxations: list[Relaxation]  # only where nothing was found; fewest left out first, then most found
    translations: tuple[Translation, ...]


async def count(pubmed: PubMed, concepts: Sequence[Concept], limits: Limits) -> Counted:
    """Ask PubMed for the whole and for each concept. Raises BadInput as `build` does, SourceUnavailable."""
    named = with_unique_names(concepts)
    query = build(named, limits)
    found = await pubmed.count(query)
    counts = [(await pubmed.count(said)).count if (said := concept_query(concept)) else 0 for concept in named]
    return Counted(
        query=query,
        found=found,
        concepts=[ConceptCount(name=one.name, count=number) for one, number in zip(named, counts, strict=True)],
        relaxations=await relax(pubmed, named, counts, limits) if found.count == 0 else [],
        translations=found.translations,
    )


async def count_written(pubmed: PubMed, query: str) -> Counted:
    """Ask PubMed for a query that somebody has written. Raises SourceUnavailable."""
    found = await pubmed.count(query)
    return Counted(
        query=query,
        found=found,
        concepts=[],
        relaxations=await relax_written(pubmed, top_parts(query)) if found.count == 0 else [],
        translations=found.translations,
    )


async def relax_written(pubmed: PubMed, parts: Sequence[Part]) -> list[Relaxation]:
    """As `relax`, of the parts of a written query: what finds something without its limits or without one part; where
    nothing does, without its limits and as few parts as possible, the rarest first.
    """
    if len(parts) > _MOST_PARTS:
        return []
    limits = frozenset(place for place, part in enumerate(parts) if part.limit)

    async def tried(left_out: frozenset[int]) -> list[Relaxation]:
        query = without(parts, left_out)
        if query is None or not (number := (await pubmed.count(query)).count):
            return []
        together = limits if limits <= left_out else frozenset()
        names = [_named(parts[place]) for place in sorted(left_out - together)]
        dropped = (*names, LIMITS_NAME) if together else tuple(names)
        relaxed = Relaxed(dropped=dropped, query=query, concepts=(), limits=NO_LIMITS)
        return [Relaxation(relaxed=relaxed, count=number)]

    single = dict.fromkeys(([limits] if limits else []) + [frozenset({place}) for place in range(len(parts))])
    helpful = [one for left_out in single for one in await tried(left_out)]
    if helpful:
        return sorted(helpful, key=lambda one: -one.count)
    subjects = [place for place, part in enumerate(parts) if part.operator == "AND" and place not in limits]
    alone = {place: (await pubmed.count(parts[place].text)).count for place in subjects}
    by_rarity = sorted(subjects, key=lambda place: alone[place])
    narrowing = frozenset(range(len(parts))) - frozenset(subjects)
    for dropped in range(len(subjects)):
        if found := await tried(narrowing | frozenset(by_rarity[:dropped])):
            return found
    return []


async def relax(pubmed: PubMed, concepts: Sequence[Concept], counts: Sequence[int], limits: Limits) -> list[Relaxation]:
    """What finds something when one part is left out; where nothing does, the same words in all fields, and at last
    without as few parts as possible.
    """
    single = [
        Relaxation(relaxed=one, count=(await pubmed.count(one.query)).count)
        for one in single_relaxations(concepts, limits)
    ]
    helpful = sorted((one for one in single if one.count), key=lambda one: -one.count)
    if helpful:
        return helpful
    for relaxed in [*field_relaxations(concepts, limits), *stepwise_relaxations(concepts, counts, limits)]:
        number = (await pubmed.count(relaxed.query)).count
        if number:
            return [Relaxation(relaxed=relaxed, count=number)]
    return []


def _named(part: Part) -> str:
    text = f"NOT {part.text}" if part.operator == "NOT" else part.text
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 2]} …"
