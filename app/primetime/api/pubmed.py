"""Ideas to keywords, and queries to counts. They ask PubMed, so nothing here holds a connection meanwhile."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Any, cast

import anyio
import orjson
import structlog
from anyio import to_thread
from fastapi import APIRouter
from pydantic import BaseModel, Field

from primetime.api.results import KeptResult
from primetime.api.search_shapes import (
    ConceptBody,
    ConceptCountOut,
    CountOut,
    LimitsBody,
    QueryBody,
    RelaxationOut,
    SuggestionsOut,
    TextQueryBody,
    TranslationOut,
)
from primetime.api.services import Services, ServicesOf
from primetime.errors import SourceUnavailable
from primetime.keywords.concepts import first_concepts
from primetime.keywords.counting import Counted, Relaxation, count, count_written
from primetime.keywords.mesh import headings_to_ask, learn, learn_headings
from primetime.keywords.query import plain, read_written
from primetime.keywords.suggesting import Suggestions, add_translated, suggest, with_entry_terms
from primetime.searches.record import limits_json
from primetime.sources.eutils_replies import Found
from primetime.sources.mesh import Descriptor, WantedHeading
from primetime.telemetry.metrics import ML_PROCESSING_TIME

# Suggestions do not wait longer for PubMed: they are good without it.
_PATIENCE = 6.0

router = APIRouter(tags=["keywords"])
log = structlog.get_logger(__name__)


class IdeaBody(BaseModel):
    idea: str = Field(min_length=10, max_length=1_000)


class GeneratedKeywords(SuggestionsOut):
    """As the prototype answered: keywords and scores side by side; and what is known beyond that."""

    keywords: list[str]  # type: ignore[assignment]
    scores: list[float]
    expanded_keywords: list[str]


@router.post("/api/v1/keywords")
async def keywords(asked: IdeaBody, shared: ServicesOf) -> SuggestionsOut:
    """Keywords and MeSH headings for an idea, ranked; and concepts made from them."""
    return SuggestionsOut.model_validate(await _suggestions(asked.idea, shared))


@router.post("/api/keywords/generate", tags=["prototype"])
async def generate(asked: IdeaBody, shared: ServicesOf) -> GeneratedKeywords:
    """`keywords` and `scores`, best first. `expanded_keywords`: the headings and their entry terms."""
    found = await _suggestions(asked.idea, shared)
    expanded = [term for heading in found["mesh"] for term in (heading["name"], *heading["entry_terms"])]
    return GeneratedKeywords.model_validate(
        {
            **found,
            "keywords": [keyword["text"] for keyword in found["keywords"]],
            "scores": [keyword["score"] for keyword in found["keywords"]],
            "expanded_keywords": list(dict.fromkeys(expanded)),
        }
    )


@router.post("/api/v1/queries")
async def query(asked: QueryBody, shared: ServicesOf) -> CountOut:
    """The PubMed query of some concepts, how many articles it and each concept finds, and, where it finds none, what
    would.
    """
    concepts = [concept.as_concept() for concept in asked.concepts]
    counted = await count(shared.pubmed, concepts, asked.limits.as_limits())
    await to_thread.run_sync(_learn, shared, counted.found)
    return _count_out(counted)


@router.post("/api/v1/queries/text")
async def text_query(asked: TextQueryBody, shared: ServicesOf) -> CountOut:
    """How many articles a query finds that somebody has written, and, where it finds none, what would."""
    query = read_written(asked.query)
    counted = await count_written(shared.pubmed, query)
    await to_thread.run_sync(_learn, shared, counted.found)
    found = counted.found
    spelling, problem = await _spelling(shared, query) if found.count == 0 and found.not_found else (None, "")
    return _count_out(counted, spelling, problem)


async def _suggestions(idea: str, shared: Services) -> dict[str, Any]:
    kept = KeptResult(shared, of="keywords", asked=idea.encode())
    found = await kept.find()
    if found is not None:
        return cast(dict[str, Any], orjson.loads(found))
    made, whole = await _made_suggestions(idea, shared)
    # What lacks PubMed's or MeSH's part is made again: they may be back in a minute.
    if whole:
        await kept.keep(orjson.dumps(made))
    return made


async def _made_suggestions(idea: str, shared: Services) -> tuple[dict[str, Any], bool]:
    """The suggestions, and whether both sources were heard."""
    suggestions = await to_thread.run_sync(_suggest, shared, idea)
    words = " OR ".join(text for keyword in suggestions.keywords if (text := plain(keyword.text)))
    deadline = anyio.current_time() + _PATIENCE
    problem = await _patiently(deadline, partial(_ask_pubmed, shared, words))
    suggestions = await to_thread.run_sync(_translated, shared, suggestions)
    unheard = problem
    if not problem:  # MeSH lives in the same house
        unheard = await _patiently(deadline, partial(_ask_mesh, shared, [heading.name for heading in suggestions.mesh]))
    suggestions = await to_thread.run_sync(_with_entry_terms, shared, suggestions)
    made = {
        "idea": suggestions.idea,
        "keywords": [asdict(keyword) for keyword in suggestions.keywords],
        "mesh": [asdict(heading) for heading in suggestions.mesh],
        "concepts": [asdict(concept) for concept in first_concepts(suggestions)],
        "nearest": suggestions.nearest,
        "pubmed": problem,
    }
    return made, not unheard


async def _patiently(deadline: float, ask: Callable[[], Awaitable[None]]) -> str:
    """Ask until the deadline; empty, or why there was no answer."""
    problem = "PubMed took too long to answer"
    with anyio.CancelScope(deadline=deadline):
        try:
            await ask()
            problem = ""
        except SourceUnavailable as error:
            problem = str(error)
    if problem:
        log.warning("suggestions without PubMed", cause=problem)
    return problem


async def _ask_pubmed(shared: Services, words: str) -> None:
    await to_thread.run_sync(_learn, shared, await shared.pubmed.count(words))


async def _ask_mesh(shared: Services, names: list[str]) -> None:
    if asked := await to_thread.run_sync(_to_ask, shared, names):
        await to_thread.run_sync(_learn_headings, shared, asked, await shared.mesh.ask(asked))


def _suggest(shared: Services, idea: str) -> Suggestions:
    encoder = shared.require_encoder()
    with ML_PROCESSING_TIME.labels("keywords").time(), shared.pool.connection() as connection:
        return suggest(connection, encoder, idea)


def _translated(shared: Services, suggestions: Suggestions) -> Suggestions:
    with shared.pool.connection() as connection:
        return add_translated(connection, shared.require_encoder(), suggestions)


def _with_entry_terms(shared: Services, suggestions: Suggestions) -> Suggestions:
    with shared.pool.connection() as connection:
        return with_entry_terms(connection, suggestions)


def _to_ask(shared: Services, names: list[str]) -> list[WantedHeading]:
    with shared.pool.connection() as connection:
        return headings_to_ask(connection, names)


def _learn_headings(shared: Services, asked: list[WantedHeading], answers: dict[str, Descriptor]) -> None:
    with shared.pool.connection() as connection:
        learn_headings(connection, asked, answers)


def _learn(shared: Services, found: Found) -> None:
    with shared.pool.connection() as connection:
        learn(connection, found.translations)


async def _spelling(shared: Services, query: str) -> tuple[str | None, str]:
    """What PubMed would write instead, and why it could not be asked: the count is good without it."""
    try:
        return await shared.pubmed.spell(query), ""
    except SourceUnavailable as error:
        log.warning("count without a spelling", cause=str(error))
        return None, str(error)


def _count_out(counted: Counted, spelling: str | None = None, spelling_problem: str = "") -> CountOut:
    return CountOut(
        query=counted.query,
        count=counted.found.count,
        understood=counted.found.query,
        not_found=list(counted.found.not_found),
        translations=[TranslationOut.model_validate(one) for one in counted.translations],
        concepts=[ConceptCountOut.model_validate(one) for one in counted.concepts],
        relaxations=[_relaxation_out(one) for one in counted.relaxations],
        spelling=spelling,
        spelling_problem=spelling_problem,
    )


def _relaxation_out(one: Relaxation) -> RelaxationOut:
    return RelaxationOut(
        dropped=list(one.relaxed.dropped),
        count=one.count,
        query=one.relaxed.query,
        concepts=[ConceptBody.model_validate(asdict(concept)) for concept in one.relaxed.concepts],
        limits=LimitsBody.model_validate(limits_json(one.relaxed.limits)),
    )
