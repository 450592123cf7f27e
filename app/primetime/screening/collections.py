"""Collections of articles, one's own or shared with everybody who has an account, and what reviewers decide in them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import psycopg
from psycopg.rows import class_row

from primetime.accounts.people import Account, Role
from primetime.database.queries import load_queries
from primetime.errors import BadInput, NotAllowed, NotFound

QUERIES = load_queries("primetime.screening")


Sort = Literal["added", "newest", "oldest", "title"]


class Mark(StrEnum):
    INCLUDE = "include"
    EXCLUDE = "exclude"
    MAYBE = "maybe"


@dataclass(frozen=True, kw_only=True)
class Collection:
    id: int
    owner_id: int
    owner: str  # the owner's name
    name: str
    description: str
    shared: bool
    created_at: datetime
    own: bool
    articles: int
    # By the marks of who asks.
    included: int
    excluded: int
    maybe: int


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Which of a collection's articles are shown; None and False do not narrow."""

    mark: Mark | None = None  # one's own
    unmarked: bool = False  # not marked by oneself
    disputed: bool = False  # two reviewers differ
    q: str | None = None  # full text, as in a listing of articles


@dataclass(frozen=True, kw_only=True)
class Collected:
    """An article of a collection, and every reviewer's decision on it."""

    pmid: int
    marks: list[dict[str, Any]]  # [{account, own, mark, reason}], oldest first


def list_collections(
    connection: psycopg.Connection, account_id: int, *, after: tuple[str, int] | None, limit: int
) -> list[Collection]:
    """One's own, and those that are shared, by name: so many after one of that name and id."""
    name, number = after or (None, None)
    values = {"account_id": account_id, "id": None, "after_name": name, "after_id": number, "limit": limit}
    with connection.cursor(row_factory=class_row(Collection)) as cursor:
        return cursor.execute(QUERIES["collections"], values).fetchall()


def find_collection(connection: psycopg.Connection, account_id: int, collection_id: int) -> Collection:
    """Raises NotFound for none, and for somebody else's that is not shared."""
    with connection.cursor(row_factory=class_row(Collection)) as cursor:
        values = {"account_id": account_id, "id": collection_id, "after_name": None, "after_id": None, "limit": 1}
        found = cursor.execute(QUERIES["collections"], values).fetchone()
    if found is None:
        raise NotFound(f"there is no collection {collection_id}")
    return found


def create_collection(
    connection: psycopg.Connection, account_id: int, *, name: str, description: str = "", shared: bool = False
) -> Collection:
    """Raises BadInput for a name that one of the account's own has."""
    values = {"account_id": account_id, "name": name, "description": description, "shared": shared}
    row = connection.execute(QUERIES["create_collection"], values).fetchone()
    if row is None:
        raise BadInput(f"you have a collection {name!r} already", remedy="choose another name")
    return find_collection(connection, account_id, row[0])


def change_collection(
    connection: psycopg.Connection,
    account_id: int,
    collection_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
    shared: bool | None = None,
) -> Collection:
    """Change what is given. Raises NotFound, NotAllowed for somebody else's, BadInput as above."""
    _require_own(connection, account_id, collection_id)
    values = {
        "account_id": account_id,
        "id": collection_id,
        "name": name,
        "description": description,
        "shared": shared,
    }
    try:
        with connection.transaction():
            connection.execute(QUERIES["change_collection"], values)
    except psycopg.errors.UniqueViolation as error:
        raise BadInput(f"you have a collection {name!r} already", remedy="choose another name") from error
    return find_collection(connection, account_id, collection_id)


def delete_collection(connection: psycopg.Connection, account_id: int, collection_id: int) -> None:
    """Raises NotFound, NotAllowed for somebody else's."""
    _require_own(connection, account_id, collection_id)
    connection.execute(QUERIES["delete_collection"], {"account_id": account_id, "id": collection_id})


def add_articles(connection: psycopg.Connection, account_id: int, collection_id: int, pmids: list[int]) -> int:
    """How many are new in it; those that are not stored are passed over. Raises NotFound."""
    find_collection(connection, account_id, collection_id)
    values = {"account_id": account_id, "id": collection_id, "pmids": pmids}
    return connection.execute(QUERIES["add_articles"], values).rowcount


def remove_article(connection: psycopg.Connection, account: Account, collection_id: int, pmid: int) -> None:
    """With what was decided on it. Its owner and administrators may; others what they have added and nobody else has
    decided on. Raises NotFound, NotAllowed.
    """
    found = find_collection(connection, account.id, collection_id)
    values = {
        "id": collection_id,
        "pmid": pmid,
        "account_id": account.id,
        "whatever": found.own or account.role is Role.ADMINISTRATOR,
    }
    if connection.execute(QUERIES["remove_article"], values).rowcount:
        return
    if connection.execute(QUERIES["holds_article"], values).fetchone() is not None:
        raise NotAllowed(
            "somebody else has added this article, or decided on it", remedy="ask the collection's owner to remove it"
        )
    raise NotFound(f"the collection has no article {pmid}")


def collected(
    connection: psycopg.Connection,
    account_id: int,
    collection_id: int,
    shown: Shown = Shown(),
    *,
    sort: Sort = "added",
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[Collected], int]:
    """A page of a collection's articles, the newly added ones last, and how many there are. Raises NotFound."""
    find_collection(connection, account_id, collection_id)
    values = {"account_id": account_id, "id": collection_id, **asdict(shown), "limit": limit, "offset": offset}
    query = QUERIES["collected"].format(marks=QUERIES["marks_of"], shown=QUERIES["shown"], order=QUERIES[f"by_{sort}"])
    with connection.cursor(row_factory=class_row(Collected)) as cursor:
        page = cursor.execute(query, values).fetchall()
    counted = connection.execute(QUERIES["count_collected"].format(shown=QUERIES["shown"]), values).fetchone()
    return page, counted[0] if counted else 0


def mark_line(mark: dict[str, Any]) -> str:
    """A decision of Collected in words, as `Ada: exclude (animals only)`."""
    reason = f" ({mark['reason']})" if mark["reason"] else ""
    return f"{mark['account']}: {mark['mark']}{reason}"


def put_mark(
    connection: psycopg.Connection, account_id: int, collection_id: int, pmid: int, *, mark: Mark, reason: str = ""
) -> None:
    """Decide on an article, in place of what one decided before. Raises NotFound."""
    find_collection(connection, account_id, collection_id)
    values = {"account_id": account_id, "id": collection_id, "pmid": pmid, "mark": mark.value, "reason": reason}
    if not connection.execute(QUERIES["put_mark"], values).rowcount:
        raise NotFound(f"the collection has no article {pmid}")


def delete_mark(connection: psycopg.Connection, account_id: int, collection_id: int, pmid: int) -> None:
    """Raises NotFound for an article that one has not marked."""
    find_collection(connection, account_id, collection_id)
    values = {"account_id": account_id, "id": collection_id, "pmid": pmid}
    if not connection.execute(QUERIES["delete_mark"], values).rowcount:
        raise NotFound(f"you have not marked article {pmid}")


def _require_own(connection: psycopg.Connection, account_id: int, collection_id: int) -> None:
    if find_collection(connection, account_id, collection_id).owner_id != account_id:
        raise NotAllowed("only its owner may change a collection", remedy="make one of your own")
