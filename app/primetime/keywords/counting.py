"""How many articles a query finds at PubMed, each of its concepts alone, and what would find some."""

from collections.abc import Sequence
from dataclasses import dataclass

from primetime.keywords.query import (
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
from primetime.sources.eutils import PubMed
from primetime.sources.eutils_replies import Found, Translation


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
