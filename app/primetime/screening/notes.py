"""Notes on articles: one's own, and those that their authors share."""

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from primetime.errors import NotAllowed, NotFound
from primetime.screening.collections import QUERIES


@dataclass(frozen=True, kw_only=True)
class Note:
    id: int
    pmid: int
    title: str  # the article's; empty where it is no longer stored
    author: str
    own: bool
    text: str
    shared: bool
    created_at: datetime
    changed_at: datetime


def list_notes(
    connection: psycopg.Connection, account_id: int, pmid: int | None = None, *, after: int | None, limit: int
) -> list[Note]:
    """Of an article, or of all; oldest first, so many after one."""
    with connection.cursor(row_factory=class_row(Note)) as cursor:
        values = {"account_id": account_id, "pmid": pmid, "id": None, "after": after, "limit": limit}
        return cursor.execute(QUERIES["notes"], values).fetchall()


def find_note(connection: psycopg.Connection, account_id: int, note_id: int) -> Note:
    """Raises NotFound for none, and for somebody else's that is not shared."""
    with connection.cursor(row_factory=class_row(Note)) as cursor:
        values = {"account_id": account_id, "pmid": None, "id": note_id, "after": None, "limit": 1}
        found = cursor.execute(QUERIES["notes"], values).fetchone()
    if found is None:
        raise NotFound(f"there is no note {note_id}")
    return found


def create_note(connection: psycopg.Connection, account_id: int, pmid: int, *, text: str, shared: bool) -> Note:
    """Raises NotFound for an article that is not stored."""
    values = {"account_id": account_id, "pmid": pmid, "text": text, "shared": shared}
    row = connection.execute(QUERIES["create_note"], values).fetchone()
    if row is None:
        raise NotFound(f"there is no article with PMID {pmid}")
    return find_note(connection, account_id, row[0])


def change_note(
    connection: psycopg.Connection, account_id: int, note_id: int, *, text: str | None, shared: bool | None
) -> Note:
    """Change what is given. Raises NotFound, NotAllowed for somebody else's."""
    _require_own(connection, account_id, note_id)
    values = {"account_id": account_id, "id": note_id, "text": text, "shared": shared}
    connection.execute(QUERIES["change_note"], values)
    return find_note(connection, account_id, note_id)


def delete_note(connection: psycopg.Connection, account_id: int, note_id: int) -> None:
    """Raises NotFound, NotAllowed for somebody else's."""
    _require_own(connection, account_id, note_id)
    connection.execute(QUERIES["delete_note"], {"account_id": account_id, "id": note_id})


def _require_own(connection: psycopg.Connection, account_id: int, note_id: int) -> None:
    if not find_note(connection, account_id, note_id).own:
        raise NotAllowed("only its author may change a note", remedy="write one of your own")
