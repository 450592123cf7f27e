"""Texts to vectors, for those who compute with them elsewhere."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from primetime.api.services import ServicesOf
from primetime.api.shapes import Model, Vectors
from primetime.telemetry.metrics import ML_PROCESSING_TIME

MOST_TEXTS = 64

router = APIRouter(prefix="/api/v1/embed", tags=["embed"])


class Texts(BaseModel):
    # Longer than any model reads; what is beyond its length is cut and counted.
    texts: list[Annotated[str, Field(max_length=100_000)]] = Field(min_length=1, max_length=MOST_TEXTS)


@router.post("")
def embed(asked: Texts, shared: ServicesOf) -> Vectors:
    encoder = shared.require_encoder()
    with ML_PROCESSING_TIME.labels("embed").time():
        encoded = encoder.encode_counted(asked.texts)
    return Vectors(
        model=Model.model_validate(encoder.manifest),
        dimension=encoder.manifest.dimension,
        vectors=encoded.vectors.tolist(),
        cut=encoded.cut,
    )
