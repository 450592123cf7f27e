"""Files of articles given to the page, and how their import stands."""

import tempfile
from datetime import datetime
from pathlib import Path, PurePath
from typing import Annotated, Any

from fastapi import APIRouter, File, UploadFile
from fastapi import Path as PathParameter

from primetime.accounts import audit
from primetime.api.services import Address, Connection, Researcher, ServicesOf
from primetime.api.shapes import Shape
from primetime.articles.formats.recognising import recognise
from primetime.errors import BadInput, NotFound
from primetime.jobs.importing import enqueue_import, imports

router = APIRouter(prefix="/api/v1/imports", tags=["imports"])
# What generators of clients know a file by.
ArticlesFile = Annotated[UploadFile, File(json_schema_extra={"format": "binary"})]


class ImportOut(Shape):
    id: int
    file_name: str
    format: str
    bytes: int
    state: str  # waiting, running, done, failed
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    records_read: int
    report: dict[str, Any] | None
    failure: str | None
    remedy: str | None


class ImportList(Shape):
    items: list[ImportOut]


@router.post("", status_code=202)
def start(
    file: ArticlesFile, account: Researcher, shared: ServicesOf, connection: Connection, address: Address
) -> ImportOut:
    """PubMed XML, NBIB, RIS, EndNote XML, CSV or a list of PMIDs, plain or gzip; 400 when it is none of them."""
    name = PurePath((file.filename or "").replace("\\", "/")).name[:200] or "file"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(file.file.read())
        try:
            found = recognise(path)
        except BadInput as error:
            raise BadInput(str(error).replace(str(path), name), remedy=error.remedy) from error
    import_id = enqueue_import(shared.queue, connection, file.file, file_name=name, format=found, account_id=account.id)
    audit.record(connection, "import", actor=account, subject=name, address=address)
    return _one(connection, import_id)


@router.get("")
def history(connection: Connection) -> ImportList:
    """The newest twenty."""
    return ImportList(items=[ImportOut.model_validate(found) for found in imports(connection)])


@router.get("/{import_id}")
def state(import_id: Annotated[int, PathParameter(ge=1, le=2**63 - 1)], connection: Connection) -> ImportOut:
    return _one(connection, import_id)


def _one(connection: Connection, import_id: int) -> ImportOut:
    found = imports(connection, import_id=import_id, limit=1)
    if not found:
        raise NotFound(f"there is no import {import_id}", remedy="look for it in the list of imports")
    return ImportOut.model_validate(found[0])
