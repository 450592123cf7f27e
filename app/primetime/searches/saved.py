"""Searches that are run again, and what is new since the time before."""

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from primetime.errors import BadInput, Busy, NotFound
from primetime.searches.storing import QUERIES, require

LONGEST_NAME = 200
_SAVED = QUERIES["saved_searches"].format(new=QUERIES["new"])


@dataclass(frozen=True, kw_only=True)
class SavedSearch:
    id: int
    name: str
    every_days: int
    created_at: datetime
    saved_by: str | None
    saved_by_id: int | None  # the account; None: it is nobody's
    runs: int
    newest_search_id: int | None
    newest_state: str | None
    query: str | None
    last_run_at: datetime | None
    newest_done_id: int | None  # the run that `new_since` is about
    articles_found: int | None  # by it
    due_at: datetime | None  # when it is run again at the earliest; None: as soon as may be
    new_since: int | None  # articles of it that no run before had; None: it is the first


def save_search(
    connection: psycopg.Connection, search_id: int, *, name: str, every_days: int, account_id: int | None = None
) -> int:
    """Let a search be run again; the saved search's id. Raises NotFound, BadInput, Busy where it is saved already."""
    name = _checked(name)
    require(connection, search_id)
    row = connection.execute(QUERIES["saved_of_search"], {"search_id": search_id}).fetchone()
    if row is not None and row[0] is not None:
        raise Busy(f"search {search_id} is saved already", remedy="run it again from the saved searches")
    parameters = {"search_id": search_id, "name": name, "every_days": every_days, "account_id": account_id}
    saved = connection.execute(QUERIES["save_search"], parameters).fetchone()
    assert saved is not None
    return int(saved[0])


def saved_searches(
    connection: psycopg.Connection, *, after: int | None = None, limit: int | None = None
) -> list[SavedSearch]:
    """Oldest first: all, or so many after one."""
    with connection.cursor(row_factory=class_row(SavedSearch)) as cursor:
        values = {"id": None, "after": after, "limit": limit}
        return cursor.execute(_SAVED, values).fetchall()


def find_saved(connection: psycopg.Connection, saved_id: int) -> SavedSearch:
    """Raises NotFound."""
    with connection.cursor(row_factory=class_row(SavedSearch)) as cursor:
        found = cursor.execute(_SAVED, {"id": saved_id, "after": None, "limit": 1}).fetchone()
    if found is None:
        raise _not_found(saved_id)
    return found


def owner_of_saved(connection: psycopg.Connection, saved_id: int) -> int | None:
    """The account that saved it; None: it is nobody's. Raises NotFound."""
    row = connection.execute(QUERIES["owner_of_saved"], {"id": saved_id}).fetchone()
    if row is None:
        raise _not_found(saved_id)
    return None if row[0] is None else int(row[0])


def change_saved(
    connection: psycopg.Connection, saved_id: int, *, name: str | None = None, every_days: int | None = None
) -> SavedSearch:
    """Change what is given. Raises NotFound, BadInput for an empty name."""
    values = {"id": saved_id, "name": None if name is None else _checked(name), "every_days": every_days}
    if connection.execute(QUERIES["change_saved"], values).fetchone() is None:
        raise _not_found(saved_id)
    return find_saved(connection, saved_id)


def delete_saved(connection: psycopg.Connection, saved_id: int) -> None:
    """Let it not be run again; the runs it had stay. Raises NotFound."""
    if connection.execute(QUERIES["delete_saved"], {"id": saved_id}).fetchone() is None:
        raise _not_found(saved_id)


def new_since(connection: psycopg.Connection, saved: SavedSearch) -> list[int]:
    """The PMIDs of the newest finished run that no run before had, by rank; of the first run none is new."""
    if saved.newest_done_id is None or saved.new_since is None:
        return []
    return new_in_run(connection, saved.newest_done_id)


def new_in_run(connection: psycopg.Connection, search_id: int) -> list[int]:
    """The PMIDs of a finished run of a saved search that no run before had, by rank."""
    rows = connection.execute(QUERIES["new_in_run"].format(new=QUERIES["new"]), {"search_id": search_id})
    return [pmid for (pmid,) in rows]


def run_again(connection: psycopg.Connection, saved_id: int | None = None) -> list[int]:
    """Plan a search for each saved one that is due, or for the one named, due or not; the new searches' ids.

    Raises NotFound for one that is not there or has no run left, Busy for one that is under way.
    """
    due = [row[0] for row in connection.execute(QUERIES["due_saved"], {"id": saved_id})]
    if saved_id is not None and not due:
        find_saved(connection, saved_id)
        raise Busy(f"saved search {saved_id} is under way", remedy="wait for it")
    planned = []
    for one in due:
        row = connection.execute(QUERIES["run_again"], {"id": one}).fetchone()
        if row is not None:  # its runs may all have been deleted
            planned.append(int(row[0]))
    if saved_id is not None and not planned:
        raise NotFound(f"all runs of saved search {saved_id} were deleted", remedy="search anew and save that")
    return planned


def _checked(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise BadInput("a saved search needs a name", remedy=f"give one of at most {LONGEST_NAME} characters")
    return name


def _not_found(saved_id: int) -> NotFound:
    return NotFound(f"there is no saved search {saved_id}", remedy="look for it in the list of saved searches")
