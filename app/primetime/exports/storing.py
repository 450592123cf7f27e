"""The exports that the bucket keeps, as the database knows them: each is its account's own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg.rows import class_row

from primetime.buckets.bucket import Bucket
from primetime.database.queries import load_queries
from primetime.errors import NotFound

QUERIES = load_queries("primetime.exports")
State = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True, kw_only=True)
class Export:
    id: int
    account_id: int
    format: str
    selection: dict[str, Any]
    title: str
    file_name: str
    object_key: str
    state: State
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    articles: int | None  # in all; when it was asked for, then when it began
    written: int  # of them
    bytes: int | None
    expires_at: datetime | None  # when its link ends
    problem: str  # why it is tried again
    failure: str | None
    remedy: str | None


def list_exports(connection: psycopg.Connection, account_id: int, *, limit: int = 100) -> list[Export]:
    """The account's, newest first."""
    with connection.cursor(row_factory=class_row(Export)) as cursor:
        values = {"account_id": account_id, "id": None, "limit": limit}
        return cursor.execute(QUERIES["find_exports"], values).fetchall()


def find_export(connection: psycopg.Connection, account_id: int, export_id: int) -> Export:
    """Raises NotFound, for somebody else's too."""
    with connection.cursor(row_factory=class_row(Export)) as cursor:
        values = {"account_id": account_id, "id": export_id, "limit": 1}
        found = cursor.execute(QUERIES["find_exports"], values).fetchone()
    if found is None:
        raise _not_found(export_id)
    return found


def mark_deleted(connection: psycopg.Connection, account_id: int, export_id: int) -> str:
    """From now on there is none, and one that is being made ends; the key of its file. Raises NotFound."""
    row = connection.execute(QUERIES["mark_deleted"], {"id": export_id, "account_id": account_id}).fetchone()
    if row is None:
        raise _not_found(export_id)
    return str(row[0])


def forget(connection: psycopg.Connection, export_id: int) -> None:
    """To be called when its file is gone: nothing knows of the file any more."""
    connection.execute(QUERIES["forget"], {"id": export_id})


def fail_export(connection: psycopg.Connection, bucket: Bucket, export_id: int, *, failure: str, remedy: str) -> None:
    """End one that cannot be made, and leave nothing of it in the bucket. One that has ended stays as it is. Commits.

    Raises StorageUnavailable; the export has failed nevertheless.
    """
    row = connection.execute(QUERIES["fail"], {"id": export_id, "failure": failure, "remedy": remedy}).fetchone()
    connection.commit()
    if row is not None:
        bucket.clear(row[0])


def forget_expired(connection: psycopg.Connection, bucket: Bucket, *, days: int) -> int:
    """Delete the files whose export was deleted or whose link has ended, and what is `days` old of failures; how many.

    Commits each. Raises StorageUnavailable; what is left then is for the next time.
    """
    expired = connection.execute(QUERIES["expired"], {"days": days}).fetchall()
    connection.commit()
    for export_id, key in expired:
        bucket.clear(key)
        forget(connection, export_id)
        connection.commit()
    return len(expired)


def _not_found(export_id: int) -> NotFound:
    return NotFound(f"there is no export {export_id} of yours", remedy="look for it in the list of your exports")
