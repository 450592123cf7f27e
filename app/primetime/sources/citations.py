"""What iCite, OpenAlex and Crossref know of articles' citations; nothing is not zero."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from primetime.articles.identifiers import LARGEST_PMID
from primetime.sources.shared import QUERIES
from primetime.sources.transport import BadReplyError

SourceName = Literal["icite", "openalex", "crossref"]
# In the order in which one is believed before the others: iCite counts among PubMed's own articles, as its ratio does.
SOURCES: tuple[SourceName, ...] = ("icite", "openalex", "crossref")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An article whose citations are asked for."""

    pmid: int
    doi: str | None


@dataclass(frozen=True, kw_only=True)
class Citations:
    """One source's answer. All None: it does not know the article."""

    pmid: int
    citations: int | None = None
    by_year: list[dict[str, int]] | None = None  # [{year, citations}], oldest first
    relative_citation_ratio: float | None = None
    percentile: float | None = None  # 0..100


@dataclass(frozen=True, kw_only=True)
class StoredCitations(Citations):
    """What a source has told, and when: each value as of the last answer that had it."""

    source: str
    looked_up_at: datetime  # the count
    ratio_told_at: datetime  # the relative citation ratio and its percentile
    by_year_told_at: datetime


def wanted_of(
    connection: psycopg.Connection,
    source: SourceName,
    *,
    max_age_days: int,
    pmids: Sequence[int] | None = None,
    limit: int = 10_000,
) -> list[Wanted]:
    """The stored articles that the source has not been asked about for so long; never asked first."""
    rows = connection.execute(
        _lacking("without_fresh_citations"), _asked(source, max_age_days, pmids, limit), prepare=False
    )
    return [Wanted(pmid=pmid, doi=doi) for pmid, doi in rows]


def count_wanted(connection: psycopg.Connection, source: SourceName, *, max_age_days: int, limit: int) -> int:
    """How many articles `wanted_of` would give."""
    row = connection.execute(
        _lacking("count_without_fresh_citations"), _asked(source, max_age_days, None, limit), prepare=False
    ).fetchone()
    return int(row[0]) if row else 0


def store_citations(
    connection: psycopg.Connection, source: SourceName, asked: Iterable[Wanted], answers: Mapping[int, Citations]
) -> None:
    """Keep a source's answer for each article it was asked about, with today's date.

    Not known is kept as unknown, never as zero; what an earlier answer knew stays, with its own date.
    """
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(
            QUERIES["store_citation"],
            [_parameters(source, answers.get(one.pmid) or Citations(pmid=one.pmid)) for one in asked],
        )


def citations_of(connection: psycopg.Connection, pmids: Sequence[int]) -> dict[int, list[StoredCitations]]:
    """What is stored of these articles, by PMID; an article that no source was asked about is left out."""
    found: dict[int, list[StoredCitations]] = {}
    with connection.cursor(row_factory=class_row(StoredCitations)) as cursor:
        for row in cursor.execute(QUERIES["citations_of"], {"pmids": list(pmids)}):
            found.setdefault(row.pmid, []).append(row)
    return found


def best_count(answers: Sequence[StoredCitations]) -> StoredCitations | None:
    """The answer to show where one number is wanted: of the first of the sources that knows; None when none does."""
    known = {one.source: one for one in answers if one.citations is not None}
    return next((known[source] for source in SOURCES if source in known), None)


def read_json(body: bytes) -> dict[str, Any]:
    """A reply that is one JSON object. Raises BadReplyError."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadReplyError(f"it is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadReplyError("its JSON is no object")
    return value


def items(reply: dict[str, Any], *path: str) -> list[dict[str, Any]]:
    """The list of objects at a path of a reply. Raises BadReplyError where there is none."""
    value: Any = reply
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, list):
        raise BadReplyError(f"it has no list {'.'.join(path)}")
    return [one for one in value if isinstance(one, dict)]


def whole_number(value: object) -> int | None:
    """A count that a source gives; None for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def number(value: object) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
        return float(value)
    return None


def _lacking(name: str) -> sql.Composed:
    return QUERIES[name].format(articles=QUERIES["lack_fresh_citations"])


def _asked(source: SourceName, max_age_days: int, pmids: Sequence[int] | None, limit: int) -> dict[str, object]:
    return {
        "source": source,
        "days": max_age_days,
        "limit": limit,
        "pmids": None if pmids is None else list(pmids),
        "largest_pmid": LARGEST_PMID,
    }


def _parameters(source: SourceName, answer: Citations) -> dict[str, object]:
    return {
        "source": source,
        "pmid": answer.pmid,
        "citations": answer.citations,
        "by_year": None if answer.by_year is None else Jsonb(answer.by_year),
        "relative_citation_ratio": answer.relative_citation_ratio,
        "percentile": answer.percentile,
    }
