"""`/health`: the process lives. `/ready`: it can do its work, and with what."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import psycopg
from fastapi import APIRouter, Response
from psycopg.rows import dict_row
from psycopg_pool import PoolTimeout

from primetime.api.services import Services, ServicesOf
from primetime.api.summaries import QUERIES
from primetime.database.migrations import applied, pending
from primetime.errors import DatabaseUnavailable

router = APIRouter(tags=["health"])
_VERSION = version("prime-time")
# A probe must not wait as long as a person's request may.
PROBE_SECONDS = 3.0


@router.get("/health")
@router.get("/api/health", tags=["prototype"])
async def health(shared: ServicesOf) -> dict[str, str]:
    """Never touches the database."""
    return {
        "status": "ok",
        "release_id": shared.settings.release_id,
        "version": _VERSION,
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
    }


@router.get("/ready")
@router.get("/api/ready", include_in_schema=False)
def ready(shared: ServicesOf, response: Response) -> dict[str, Any]:
    """200 when database, migrations, queue and encoder are as this release needs them, otherwise 503.

    No worker is no reason for 503: jobs wait, and the next release's worker starts after its pages answer.
    """
    database, migrations = database_state(shared)
    queue = _queue(shared) if database["status"] == "ok" else {"status": "unknown"}
    encoder = _encoder(shared)
    parts = (
        database["status"] == "ok",
        migrations["pending"] == [],
        queue["status"] == "ok",
        encoder["status"] == "warm",
    )
    if not all(parts):
        response.status_code = 503
    return {
        "status": "ready" if all(parts) else "not ready",
        "release_id": shared.settings.release_id,
        "version": _VERSION,
        "database": database,
        "migrations": migrations,
        "queue": queue,
        "encoder": encoder,
    }


def database_state(shared: Services) -> tuple[dict[str, Any], dict[str, Any]]:
    """How PostgreSQL answers, and which migrations it has."""
    unknown = {"applied": None, "pending": None}
    try:
        with shared.pool.connection(timeout=PROBE_SECONDS) as connection:
            with connection.cursor(row_factory=dict_row) as cursor:
                server = cursor.execute(QUERIES["server"]).fetchone() or {}
            return {"status": "ok", **server}, {
                "applied": max(applied(connection), default=None),
                "pending": pending(connection),
            }
    except (PoolTimeout, psycopg.OperationalError):
        return {"status": "unavailable", "remedy": "check PRIMETIME_DATABASE_URL and that the server runs"}, unknown
    except DatabaseUnavailable as error:
        return {"status": "unusable", "detail": str(error), "remedy": error.remedy}, unknown


def _queue(shared: Services) -> dict[str, Any]:
    try:
        with (
            shared.pool.connection(timeout=PROBE_SECONDS) as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            return {"status": "ok", **(cursor.execute(QUERIES["queue_state"]).fetchone() or {})}
    except psycopg.errors.UndefinedTable:
        return {"status": "missing", "remedy": "run `primetime migrate`"}
    except (PoolTimeout, psycopg.OperationalError):
        return {"status": "unavailable"}


def _encoder(shared: Services) -> dict[str, Any]:
    encoder, problem = shared.encoder, shared.serving.problem
    if encoder is None:
        return {"status": "missing", "detail": str(problem), "remedy": problem.remedy if problem else ""}
    manifest = encoder.manifest
    answer = {
        "status": "warm",
        "source": manifest.source,
        "hash": manifest.hash,
        "dimension": manifest.dimension,
        "variant": manifest.quantisation,
        # onnxruntime in place of OpenVINO gives the same vectors, more slowly.
        "engine": encoder.engine,
        "chosen_engine": manifest.engine,
    }
    if problem is not None:
        answer |= {"status": "behind", "detail": str(problem), "remedy": problem.remedy}
    return answer
