"""Articles as CSV, streamed: any number in bounded memory."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from primetime.articles.listing import QUERIES, Filters, Sort, author_line, select_articles

# The first fifteen are the columns, in the order, of the prototype that this platform replaces. A column whose
# value is not known stays empty: unknown is not 0.
COLUMNS = (
    "PMID",
    "Title",
    "Abstract",
    "Journal",
    "Publication Date",
    "Authors",
    "Citation Count",
    "Idea",
    "Keywords",
    "Max Results",
    "Search Timestamp",
    "Novelty Score",
    "Citation Rate Score",
    "Recency Score",
    "Opportunity Score",
    "DOI",
    "MeSH",
    "Publication Types",
    "Topic",
)
_BATCH = 500
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, kw_only=True)
class Search:
    """The search that an export is of: what was asked, when, and the articles in their rank."""

    idea: str
    limit: int
    pmids: list[int]


def export_filtered(
    connection: psycopg.Connection, filters: Filters, *, sort: Sort = "newest", topics: Mapping[int, str] | None = None
) -> Iterator[bytes]:
    """The articles that the filters leave, as CSV in UTF-8 with the byte-order mark that Excel needs.

    `topics`: the topic's name by PMID. The connection is in use until the iterator ends.
    """
    query = select_articles("export_articles", filters, sort)
    yield from _export(connection, query, asdict(filters), topics or {}, {})


def export_search(
    connection: psycopg.Connection, search: Search, *, topics: Mapping[int, str] | None = None
) -> Iterator[bytes]:
    """A search's articles in their rank, with the columns that say what the search was."""
    about = {
        "Idea": search.idea,
        "Max Results": search.limit,
        "Search Timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    yield from _export(connection, QUERIES["export_ranked"], {"pmids": search.pmids}, topics or {}, about)


def neutral(value: object) -> object:
    """The value as a spreadsheet shows it; text that it would run as a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def _export(
    connection: psycopg.Connection,
    query: sql.SQL | sql.Composed,
    parameters: dict[str, Any],
    topics: Mapping[int, str],
    about: dict[str, object],
) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    yield b"\xef\xbb\xbf" + _drain(buffer)
    with connection.transaction(), connection.cursor("export", row_factory=dict_row) as cursor:
        cursor.execute(query, parameters)
        while rows := cursor.fetchmany(_BATCH):
            for row in rows:
                cells = {**about, **_cells(row, topics)}
                writer.writerow([neutral(cells.get(column, "")) for column in COLUMNS])
            yield _drain(buffer)


def _cells(row: dict[str, Any], topics: Mapping[int, str]) -> dict[str, object]:
    return {
        "PMID": row["pmid"],
        "Title": row["title"],
        "Abstract": row["abstract"],
        "Journal": row["journal"],
        "Publication Date": row["publication_date_printed"],
        "Authors": "; ".join(author_line(author) for author in row["authors"]),
        "DOI": row["doi"] or "",
        "MeSH": "; ".join(_heading(heading) for heading in row["mesh"]),
        "Publication Types": "; ".join(row["publication_types"]),
        "Topic": topics.get(row["pmid"], ""),
    }


def _heading(heading: dict[str, Any]) -> str:
    """As MEDLINE prints it: an asterisk for a main point, qualifiers after slashes."""
    if not heading["qualifiers"]:
        return f"{heading['name']}{'*' if heading['major'] else ''}"
    return "/".join(
        [heading["name"], *(item["name"] + ("*" if item["major"] else "") for item in heading["qualifiers"])]
    )


def _drain(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data
