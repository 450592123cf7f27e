"""What a search's articles are to its idea, and its opportunity beside the topics of the newest analysis."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import psycopg

from primetime.analysis.corpus import load_compared
from primetime.analysis.forecast import Refused
from primetime.analysis.neighbours import InvertedFile
from primetime.analysis.opportunity import score
from primetime.analysis.parts import PARTS
from primetime.analysis.recommendation import recommend
from primetime.analysis.running import SEED
from primetime.analysis.scoring import raw_of
from primetime.analysis.storing import reference_in_force
from primetime.encoder.serving import Encoder
from primetime.searches.storing import QUERIES
from primetime.settings import Settings
from primetime.sources.citations import best_count, citations_of
from primetime.vectors.hybrid import similarities

NO_REFERENCE = "no analysis has scored topics with this encoder yet, so there is nothing to compare with"
_AT_ONCE = 2_000


def store_similarities(
    connection: psycopg.Connection, encoder: Encoder, search_id: int, text: str, pmids: Sequence[int]
) -> None:
    """The cosine of each article to the idea, stored; an article without a vector gets none."""
    vector = encoder.encode([text])[0]
    for start in range(0, len(pmids), _AT_ONCE):
        found = similarities(connection, list(pmids[start : start + _AT_ONCE]), vector, encoder.manifest.hash)
        parameters = {"id": search_id, "pmids": list(found), "similarities": list(found.values())}
        connection.execute(QUERIES["store_similarities"], parameters)
    connection.commit()


def score_search(
    connection: psycopg.Connection, settings: Settings, model_hash: str, pmids: Sequence[int]
) -> dict[str, Any]:
    """The search's articles scored as a topic is, against the reference in force: {score, label, novelty, velocity,
    recency, low, high, recommendation, receipt}, or {refused: why}.

    Never against other searches: what others look for says nothing of a field. Beside it `citation`, the mean
    percentile (0..1) that iCite gives the articles it knows, None where it knows none.
    """
    return {**_opportunity(connection, settings, model_hash, pmids), **_citations(connection, pmids)}


def _opportunity(
    connection: psycopg.Connection, settings: Settings, model_hash: str, pmids: Sequence[int]
) -> dict[str, Any]:
    reference = reference_in_force(connection, model_hash)
    if reference is None:
        return {"refused": NO_REFERENCE}
    compared, members = load_compared(connection, model_hash, pmids)
    connection.commit()
    articles = compared.articles(InvertedFile.of(compared.vectors, seed=SEED))
    (parts,) = raw_of([members], articles, reference.field)
    if isinstance(parts, Refused):
        return {"refused": parts.reason}
    weights = {name: float(getattr(settings, f"{name}_weight")) for name in PARTS}
    made_by = {"snapshot": compared.snapshot, "model_hash": model_hash, "release_id": settings.release_id}
    scored = score(parts, reference, weights, made_by)
    return {**asdict(scored), "recommendation": recommend(scored)}


def _citations(connection: psycopg.Connection, pmids: Sequence[int]) -> dict[str, Any]:
    answers = citations_of(connection, pmids)
    percentiles = [one.percentile for each in answers.values() for one in each if one.percentile is not None]
    counted = sum(best_count(each) is not None for each in answers.values())
    mean = round(float(np.mean(percentiles)) / 100, 4) if percentiles else None
    return {"citation": mean, "citations_known": counted, "citations_asked": len(answers)}
