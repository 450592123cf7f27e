"""Whether an analysis would find again what the newest run has published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from primetime.analysis.reading import Run, latest_run
from primetime.analysis.reference import why_renew
from primetime.analysis.storing import reference_in_force, snapshot_now
from primetime.settings import Settings

# The settings that an analysis's outcome depends on, by how their names begin.
_ASKED = ("hdbscan_", "umap_", "topic_", "topic_", "forecast_", "arima_", "novelty_", "velocity_", "recency_")


def asked(settings: Settings) -> dict[str, Any]:
    """The settings that an analysis's outcome depends on."""
    return {name: value for name, value in settings.model_dump().items() if name.startswith(_ASKED)}


def unchanged_since(connection: Connection[Any], model_hash: str, settings: Settings) -> Run | None:
    """The newest run, if its corpus, settings, release, calendar year and reference are still today's; else None."""
    run = latest_run(connection)
    now = datetime.now(UTC)
    if (
        run is None
        or run.model_hash != model_hash
        or run.release_id != settings.release_id
        or run.started_at.astimezone(UTC).year != now.year
        or run.parameters.get("asked") != asked(settings)
        or run.snapshot != snapshot_now(connection, model_hash)
    ):
        return None
    reference = reference_in_force(connection, model_hash)
    due = reference is not None and why_renew(reference, articles=run.articles, now=now, days=settings.reference_days)
    return None if due else run
