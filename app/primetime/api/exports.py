"""Large exports, made by the queue and kept in the exports bucket: one's own, with a link that ends."""

from datetime import UTC, datetime
from typing import Annotated

import structlog
from anyio import to_thread
from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict

from primetime.api.export import SelectionQuestion
from primetime.api.services import Connection, Reader, Services, ServicesOf, lent
from primetime.api.shapes import Shape
from primetime.articles.exporting.formats import ExportFormat
from primetime.errors import StorageUnavailable
from primetime.exports.storing import Export, find_export, forget, list_exports, mark_deleted
from primetime.jobs.exporting import enqueue_export

router = APIRouter(prefix="/api/v1/exports", tags=["export"])
log = structlog.get_logger(__name__)
ExportId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class ExportWanted(SelectionQuestion):
    """What is exported, and as what. What it does not know it refuses: it would export more than was meant."""

    model_config = ConfigDict(extra="forbid")

    format: ExportFormat = ExportFormat.CSV


class ExportOut(Shape):
    id: int
    title: str
    format: ExportFormat
    file_name: str
    state: str  # waiting, running, done, failed
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    articles: int | None
    written: int
    bytes: int | None
    link: str | None  # whoever has it gets the file; null until it is done, and when it has expired
    expires_at: datetime | None
    problem: str
    failure: str | None
    remedy: str | None


class ExportList(Shape):
    items: list[ExportOut]
    from_articles: int | None  # exports from so many are better made here; null: this platform keeps none
    days: int  # how long a link lives


@router.post("", status_code=202)
def start(wanted: ExportWanted, account: Reader, shared: ServicesOf, connection: Connection) -> ExportOut:
    """Any number of articles. 404 where the platform has no exports bucket, 400 for an export of nothing."""
    shared.require_bucket()
    export_id = enqueue_export(shared.queue, connection, wanted.selection, wanted.format, account_id=account.id)
    return _shown(shared, find_export(connection, account.id, export_id))


@router.get("")
def own(account: Reader, shared: ServicesOf, connection: Connection) -> ExportList:
    """One's own, newest first (100 at most), and whether the platform keeps exports."""
    settings = shared.settings
    return ExportList(
        items=[_shown(shared, found) for found in list_exports(connection, account.id)],
        from_articles=settings.exports_from_articles if settings.exports_bucket else None,
        days=settings.exports_days,
    )


@router.get("/{export_id}")
def state(export_id: ExportId, account: Reader, shared: ServicesOf, connection: Connection) -> ExportOut:
    return _shown(shared, find_export(connection, account.id, export_id))


@router.delete("/{export_id}", status_code=204)
async def delete(export_id: ExportId, account: Reader, shared: ServicesOf) -> Response:
    """One that is being made ends. The file goes too, and its link leads nowhere from then on; while the bucket is away
    the file waits, and goes within minutes of its return.
    """
    bucket = await to_thread.run_sync(shared.require_bucket)
    async with lent(shared) as connection:
        key = await to_thread.run_sync(mark_deleted, connection, account.id, export_id)
    # The bucket may take its time: nothing of the pool is held meanwhile.
    try:
        await to_thread.run_sync(bucket.clear, key)
    except StorageUnavailable as error:
        log.warning("an export's file is not deleted yet", export_id=export_id, problem=str(error))
    else:
        async with lent(shared) as connection:
            await to_thread.run_sync(forget, connection, export_id)
    return Response(status_code=204)


def _shown(shared: Services, export: Export) -> ExportOut:
    left = (export.expires_at - datetime.now(UTC)).total_seconds() if export.expires_at else 0.0
    link = None
    if export.state == "done" and left >= 1 and shared.settings.exports_bucket:
        link = shared.require_bucket().link(export.object_key, seconds=int(left))
    return ExportOut(
        id=export.id,
        title=export.title,
        format=ExportFormat(export.format),
        file_name=export.file_name,
        state=export.state,
        requested_at=export.requested_at,
        started_at=export.started_at,
        finished_at=export.finished_at,
        articles=export.articles,
        written=export.written,
        bytes=export.bytes,
        link=link,
        expires_at=export.expires_at,
        problem=export.problem,
        failure=export.failure,
        remedy=export.remedy,
    )
