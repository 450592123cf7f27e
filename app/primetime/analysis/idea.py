"""What is known near an idea, and what is not: the articles nearest to it, read for gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.rows import dict_row

from primetime.analysis.evidence import Evidence, counts_as_evidence, evidence_profile
from primetime.analysis.forecast import Refused
from primetime.analysis.gaps import ConceptGaps, concept_gaps
from primetime.analysis.leaders import Leaders, leaders
from primetime.analysis.research_needs import ResearchNeed, research_needs
from primetime.analysis.storing import QUERIES
from primetime.errors import NotFound
from primetime.vectors.nearest import Neighbour, nearest_articles

NEAR = 300
PRIOR_WORK = 10


@dataclass(frozen=True, kw_only=True)
class IdeaGaps:
    """What the articles nearest to an idea say and leave open."""

    articles: int
    """looked at, the nearest ones"""
    left_out: int
    """of them retracted, or notices of an erratum, a retraction or a concern: of what follows they are in prior work
    alone"""
    farthest: float
    """cosine similarity of the last of them"""
    years: tuple[int, int] | None
    """first and last publication year among them"""
    prior_work: list[Neighbour]
    """the nearest ten"""
    concepts: ConceptGaps | Refused
    evidence: Evidence | Refused
    needs: list[ResearchNeed]
    leaders: Leaders


def gaps_near(
    connection: Connection[Any], vector: NDArray[np.float32], *, model_hash: str, limit: int = NEAR
) -> IdeaGaps:
    """Read the `limit` articles nearest to an idea's vector [dimension] of this model.

    Raises NotFound where no article is encoded.
    """
    near = nearest_articles(connection, vector, model_hash=model_hash, limit=limit)
    if not near:
        raise NotFound("no article is encoded with this model yet", remedy="import articles and run `primetime embed`")
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = {
            row["pmid"]: row for row in cursor.execute(QUERIES["read_for_gaps"], {"pmids": [one.pmid for one in near]})
        }
    found = [rows[one.pmid] for one in near if one.pmid in rows]
    read = [row for row in found if counts_as_evidence(row["publication_types"])]
    years = [row["year"] for row in read if row["year"]]
    headings = [row["mesh"] or [] for row in read]
    return IdeaGaps(
        articles=len(near),
        left_out=len(found) - len(read),
        farthest=round(near[-1].similarity, 4),
        years=(min(years), max(years)) if years else None,
        prior_work=near[:PRIOR_WORK],
        concepts=concept_gaps(headings),
        evidence=evidence_profile([_telling(row["publication_types"]) for row in read], headings),
        needs=research_needs([row["pmid"] for row in read], [row["abstract"] for row in read]),
        leaders=leaders([row["authors"] for row in read], [row["journal"] for row in read]),
    )


def _telling(types: list[str]) -> list[str]:
    """Without what every article is, which alone tells no kind of evidence."""
    return [one for one in types if one != "Journal Article"]
