"""What people have made of articles, for a list that shows them."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from primetime.screening.collections import QUERIES


@dataclass(frozen=True, kw_only=True)
class Screened:
    pmid: int
    collections: list[dict[str, Any]]  # [{id, name, marks: as of Collected}], by name; those that one may see
    notes: int  # one's own, and those that are shared


def screened(connection: psycopg.Connection, account_id: int, pmids: list[int]) -> list[Screened]:
    """One for each article, in this order, stored or not."""
    query = QUERIES["screened"].format(marks=QUERIES["marks_of"])
    with connection.cursor(row_factory=class_row(Screened)) as cursor:
        return cursor.execute(query, {"account_id": account_id, "pmids": pmids}).fetchall()
