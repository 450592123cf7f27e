"""What a search's articles are to its idea, and its opportunity beside the topics of the newest analysis."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from primetime.analysis.corpus import Corpus, load_compared
from primetime.analysis.forecast import Refused
from primetime.analysis.idea_novelty import idea_novelty, titles_to_compare
from primetime.analysis.neighbours import InvertedFile
from primetime.analysis.opportunity import score, weights_of
from primetime.analysis.recommendation import recommend
from primetime.analysis.reference import Reference
from primetime.analysis.running import SEED
from primetime.analysis.scoring import raw_of
from primetime.analysis.storing import reference_in_force
from primetime.articles.listing import summaries_of
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
    connection: psycopg.Connection, settings: Settings, encoder: Encoder, pmids: Sequence[int], idea: str = ""
) -> dict[str, Any]:
    """The search's articles scored as a topic is, against the reference in force: {score, label, novelty, velocity,
    recency, low, high, recommendation, receipt}, or {refused: why}.

    Never against other searches: what others look for says nothing of a field. Beside it `idea`, how novel the idea is
    by itself, {novelty, nearest, receipt} or {refused: why}, where the search has one; and `citation`, the mean
    percentile (0..1) that iCite gives the articles it knows, None where it knows none.
    """
    model_hash = encoder.manifest.hash
    reference = reference_in_force(connection, model_hash)
    if reference is None:
        told: dict[str, Any] = {"refused": NO_REFERENCE, **({"idea": {"refused": NO_REFERENCE}} if idea else {})}
    else:
        compared, members = load_compared(connection, model_hash, pmids)
        connection.commit()
        made_by = {"snapshot": compared.snapshot, "model_hash": model_hash, "release_id": settings.release_id}
        told = _opportunity(settings, compared, members, reference, made_by)
        if idea:
            told["idea"] = _idea(connection, encoder, idea, compared, reference, made_by)
    return {**told, **_citations(connection, pmids)}


def _opportunity(
    settings: Settings,
    compared: Corpus,
    members: NDArray[np.int64],
    reference: Reference,
    made_by: dict[str, str],
) -> dict[str, Any]:
    articles = compared.articles(InvertedFile.of(compared.vectors, seed=SEED))
    (parts,) = raw_of([members], articles, reference.field)
    if isinstance(parts, Refused):
        return {"refused": parts.reason}
    scored = score(parts, reference, weights_of(settings), made_by)
    return {**asdict(scored), "recommendation": recommend(scored)}


def _idea(
    connection: psycopg.Connection,
    encoder: Encoder,
    idea: str,
    compared: Corpus,
    reference: Reference,
    made_by: dict[str, str],
) -> dict[str, Any]:
    chosen = titles_to_compare(compared.years, reference.field, SEED)
    titles = {one.pmid: one.title for one in summaries_of(connection, compared.pmids[chosen].tolist())}
    connection.commit()
    # An article may have been deleted since the corpus was read.
    there = [int(place) for place in chosen if int(compared.pmids[place]) in titles]
    encoded = encoder.encode([idea, *(titles[int(compared.pmids[place])] for place in there)])
    found = idea_novelty(
        encoded[0], encoded[1:], compared.years[there], compared.vectors, compared.years, reference.field, made_by
    )
    if isinstance(found, Refused):
        return {"refused": found.reason}
    nearest = compared.pmids[found.nearest].tolist()
    return {"novelty": found.novelty, "nearest": nearest, "receipt": found.receipt}


def _citations(connection: psycopg.Connection, pmids: Sequence[int]) -> dict[str, Any]:
    answers = citations_of(connection, pmids)
    percentiles = [one.percentile for each in answers.values() for one in each if one.percentile is not None]
    counted = sum(best_count(each) is not None for each in answers.values())
    mean = round(float(np.mean(percentiles)) / 100, 4) if percentiles else None
    return {"citation": mean, "citations_known": counted, "citations_asked": len(answers)}
