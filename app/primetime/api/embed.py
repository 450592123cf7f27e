"""Texts to vectors, for those who compute with them elsewhere."""

from typing import Annotated

import orjson
from anyio import to_thread
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from primetime.api.results import KeptResult
from primetime.api.services import Services, ServicesOf
from primetime.api.shapes import Model, Vectors
from primetime.telemetry.metrics import ML_PROCESSING_TIME

MOST_TEXTS = 64

router = APIRouter(prefix="/api/v1/embed", tags=["embed"])


class Texts(BaseModel):
    # Longer than any model reads; what is beyond its length is cut and counted.
    texts: list[Annotated[str, Field(max_length=100_000)]] = Field(min_length=1, max_length=MOST_TEXTS)


@router.post("", responses={200: {"model": Vectors}})
async def embed(asked: Texts, shared: ServicesOf) -> Response:
    kept = KeptResult(shared, of="embed", asked=orjson.dumps(asked.texts))
    found = await kept.find()
    if found is None:
        found = await to_thread.run_sync(_vectors, shared, asked.texts)
        await kept.keep(found)
    return Response(found, media_type="application/json")


def _vectors(shared: Services, texts: list[str]) -> bytes:
    encoder = shared.require_encoder()
    with ML_PROCESSING_TIME.labels("embed").time():
        encoded = encoder.encode_counted(texts)
    made = Vectors(
        model=Model.model_validate(encoder.manifest),
        dimension=encoder.manifest.dimension,
        vectors=encoded.vectors.tolist(),
        cut=encoded.cut,
    )
    return made.model_dump_json().encode()
