"""What is known near an idea, and what is not."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from primetime.analysis.forecast import Refused
from primetime.analysis.idea import NEAR, gaps_near
from primetime.api.services import Connection, ServicesOf
from primetime.api.shapes import GapsOut, Model
from primetime.api.summaries import ranked
from primetime.articles.listing import summaries_of
from primetime.errors import BadInput

router = APIRouter(prefix="/api/v1/gaps", tags=["analysis"])


@router.get("")
def gaps(
    idea: Annotated[str, Query(min_length=1, max_length=1000)],
    shared: ServicesOf,
    connection: Connection,
    limit: Annotated[int, Query(ge=10, le=1000)] = NEAR,
) -> GapsOut:
    """Read from the `limit` articles nearest to the idea; `concepts` and `evidence` may be {refused: why}."""
    if not idea.strip():
        raise BadInput("the idea is empty", remedy="write what you think of studying")
    encoder = shared.require_encoder()
    found = gaps_near(connection, encoder.encode([idea])[0], model_hash=encoder.manifest.hash, limit=limit)
    needed = list(dict.fromkeys(need.pmid for need in found.needs))
    sources = {one.pmid: one for one in summaries_of(connection, needed)}
    needs = [{**asdict(need), "source": sources[need.pmid]} for need in found.needs if need.pmid in sources]
    return GapsOut.model_validate(
        {
            "idea": idea,
            "model": Model.model_validate(encoder.manifest),
            "articles": found.articles,
            "left_out": found.left_out,
            "farthest": found.farthest,
            "years": found.years,
            "prior_work": ranked(connection, found.prior_work),
            "concepts": _or_refusal(found.concepts),
            "evidence": _or_refusal(found.evidence),
            "needs": needs,
            "leaders": asdict(found.leaders),
        }
    )


def _or_refusal(found: Any) -> dict[str, Any]:
    return {"refused": found.reason} if isinstance(found, Refused) else asdict(found)
