"""From an idea to suggestions: keywords and MeSH headings, each with the encoder's judgement."""

import re
from dataclasses import dataclass, field, replace

import numpy as np
import psycopg

from primetime.encoder.serving import Encoder
from primetime.errors import BadInput
from primetime.keywords.candidates import Candidate, Origin, candidates
from primetime.keywords.mesh import entry_terms, headings_of, known_headings, terms_of_articles
from primetime.keywords.ranking import group, maximal_marginal_relevance
from primetime.vectors.nearest import nearest_articles

SHORTEST, LONGEST = 10, 1_000  # characters of an idea
KEYWORDS = 7
HEADINGS = 7
NEAREST = 50  # stored articles whose headings and keywords are looked at
# Terms so alike (cosine) are ways to say one concept: "blood pressure drugs" and Antihypertensive Agents.
_SAME_CONCEPT = 0.55
# A term must be in so many of the nearest articles: one paper's odd heading says nothing of a field.
_FEWEST_ARTICLES = 2
_SMALL_WORDS = frozenset({"and", "of", "in", "as", "the"})
_WORD = re.compile(r"[^\s-]+")


@dataclass(frozen=True, kw_only=True)
class Keyword:
    text: str
    score: float  # cosine to the idea, 0..1
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class Heading:
    name: str
    score: float
    articles: int  # of the nearest stored ones that are filed under it
    entry_terms: list[str] = field(default_factory=list)
    entry_terms_known: bool = False  # False: MeSH itself was not heard, there may be others or none


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    idea: str
    keywords: list[Keyword]
    mesh: list[Heading]
    concepts: list[list[str]]  # keywords and headings that say about the same, the most relevant concept first
    nearest: int  # stored articles that were looked at; 0: the idea's own words are all there was
    model_hash: str


def read_idea(text: str) -> str:
    """The idea without needless white space. Raises BadInput unless it has 10 to 1,000 characters and a word."""
    idea = " ".join(text.split())
    if not SHORTEST <= len(idea) <= LONGEST:
        raise BadInput(
            f"the idea has {len(idea)} characters", remedy=f"write {SHORTEST} to {LONGEST:,} characters about it"
        )
    return idea


def suggest(connection: psycopg.Connection, encoder: Encoder, text: str) -> Suggestions:
    """Keywords and headings for an idea, from its words and from the stored articles nearest to it.

    Raises BadInput for an idea that is too short, too long, or has no word that says anything.
    """
    idea = read_idea(text)
    vector = encoder.encode([idea])[0]
    model_hash = encoder.manifest.hash
    near = nearest_articles(connection, vector, model_hash=model_hash, limit=NEAREST)
    filed_under = terms_of_articles(connection, [one.pmid for one in near])
    found = candidates(idea, [term for term in filed_under if term[2] >= _FEWEST_ARTICLES])
    if not found:
        raise BadInput("the idea has no word that could be a keyword", remedy="say what it is about")
    vectors = encoder.encode([candidate.text for candidate in found])
    relevance = np.clip(vectors @ vector, 0, 1)
    chosen = maximal_marginal_relevance(relevance, vectors, count=KEYWORDS)
    chosen.sort(key=lambda index: -float(relevance[index]))
    keywords = [
        Keyword(text=found[index].text, score=round(float(relevance[index]), 4), origin=found[index].origin)
        for index in chosen
    ]
    mesh = _headings(found, relevance)
    return Suggestions(
        idea=idea,
        keywords=keywords,
        mesh=mesh,
        concepts=_concepts(encoder, keywords, mesh),
        nearest=len(near),
        model_hash=model_hash,
    )


def add_translated(connection: psycopg.Connection, encoder: Encoder, suggestions: Suggestions) -> Suggestions:
    """The suggestions with the headings that PubMed is known to read in their keywords."""
    texts = [keyword.text for keyword in suggestions.keywords]
    present = {heading.name.lower() for heading in suggestions.mesh}
    translated = [name for name in headings_of(connection, texts) if name not in present]
    names = {name.lower(): name for name in known_headings(connection, [_as_mesh_writes(one) for one in translated])}
    new = [names.get(name, _as_mesh_writes(name)) for name in translated]
    scores: list[float] = []
    if new:
        vectors = encoder.encode([suggestions.idea, *new])
        scores = np.clip(vectors[1:] @ vectors[0], 0, 1).tolist()
    added = [Heading(name=name, score=round(score, 4), articles=0) for name, score in zip(new, scores, strict=True)]
    mesh = sorted([*suggestions.mesh, *added], key=lambda heading: -heading.score)[:HEADINGS]
    concepts = _concepts(encoder, suggestions.keywords, mesh) if new else suggestions.concepts
    return replace(suggestions, mesh=mesh, concepts=concepts)


def with_entry_terms(connection: psycopg.Connection, suggestions: Suggestions) -> Suggestions:
    """The suggestions with all that is known of their headings' entry terms."""
    known = entry_terms(connection, [heading.name for heading in suggestions.mesh])
    mesh = [
        replace(heading, entry_terms=known[heading.name].terms, entry_terms_known=known[heading.name].known)
        for heading in suggestions.mesh
    ]
    return replace(suggestions, mesh=mesh)


def _concepts(encoder: Encoder, keywords: list[Keyword], mesh: list[Heading]) -> list[list[str]]:
    scored = {keyword.text: keyword.score for keyword in keywords} | {one.name: one.score for one in mesh}
    texts = sorted(scored, key=lambda text: -scored[text])
    return [[texts[index] for index in members] for members in group(encoder.encode(texts), likeness=_SAME_CONCEPT)]


def _headings(found: list[Candidate], relevance: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> list[Heading]:
    indices = [index for index, candidate in enumerate(found) if candidate.origin == "mesh"]
    indices.sort(key=lambda index: -float(relevance[index]))
    return [
        Heading(name=found[index].text, score=round(float(relevance[index]), 4), articles=found[index].articles)
        for index in indices[:HEADINGS]
    ]


def _as_mesh_writes(name: str) -> str:
    """angiotensin-converting enzyme → Angiotensin-Converting Enzyme: MeSH's own capitals, but for its small words."""
    return _WORD.sub(lambda word: word[0] if word[0] in _SMALL_WORDS else word[0].capitalize(), name)
