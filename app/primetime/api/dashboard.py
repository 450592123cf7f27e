"""The corpus and the platform at a glance."""

from dataclasses import asdict

from fastapi import APIRouter

from primetime.analysis.reading import latest_run
from primetime.api.services import Connection, ServicesOf
from primetime.api.shapes import Dashboard, Model, RunOut
from primetime.api.summaries import QUERIES
from primetime.articles.listing import describe_corpus

router = APIRouter(prefix="/api/v1/dashboard", tags=["dashboard"])


@router.get("")
def dashboard(shared: ServicesOf, connection: Connection) -> Dashboard:
    encoder = shared.encoder
    manifest = encoder.manifest if encoder else None
    run = latest_run(connection)
    embedded = 0
    if manifest is not None:
        row = connection.execute(QUERIES["count_embedded"], {"model_hash": manifest.hash}).fetchone()
        embedded = row[0] if row else 0
    return Dashboard.model_validate(
        {
            **asdict(describe_corpus(connection)),
            "embedded": embedded,
            "topics": run.topics if run else 0,
            "model": Model.model_validate(manifest) if manifest else None,
            "last_analysis": RunOut.model_validate(run) if run else None,
            "release_id": shared.settings.release_id,
        }
    )
