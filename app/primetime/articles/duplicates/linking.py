"""The stored articles' duplicates: found over all of them, kept as links, undone by a person for good."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from primetime.articles.duplicates.finding import Pair, find_pairs
from primetime.articles.duplicates.fingerprint import Fingerprint, fingerprint_of
from primetime.articles.duplicates.matching import Reason
from primetime.articles.local_number import is_local
from primetime.database.locks import transaction_lock
from primetime.database.queries import load_queries
from primetime.errors import NotFound

_QUERIES = load_queries("primetime.articles.duplicates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    duplicate: int
    kept: int
    reason: Reason
    likeness: float  # of the titles, 0 to 1
    found_at: datetime | None = None  # None: now


@dataclass(frozen=True, kw_only=True)
class LinkReport:
    articles: int  # looked at
    links: int  # there are now
    new: int


def link_duplicates(connection: psycopg.Connection) -> LinkReport:
    """Find the duplicates among all stored articles and keep them as links, in one transaction.

    An article without a PMID is linked to the one that has it, else to the one stored under the lower number. Two
    articles with PMIDs are never linked: PubMed keeps its own in order. Raises Busy while an import or another run
    is under way.
    """
    with connection.transaction():
        transaction_lock(connection, "import")
        records = _fingerprints(connection)
        refused = {(one, other) for one, other in connection.execute(_QUERIES["refused"])}
        with connection.cursor(row_factory=class_row(Link)) as cursor:
            before = {link.duplicate: link for link in cursor.execute(_QUERIES["links"])}
        links = choose_links(find_pairs(records), refused)
        connection.execute(_QUERIES["forget_links"])
        rows = []
        for link in links:
            old = before.get(link.duplicate)
            known = old is not None and old.kept == link.kept
            rows.append({**asdict(link), "found_at": old.found_at if old is not None and known else None})
        with connection.cursor() as cursor:
            cursor.executemany(_QUERIES["add_links"], rows)
    new = sum(row["found_at"] is None for row in rows)
    return LinkReport(articles=len(records), links=len(links), new=new)


def link_if_needed(connection: psycopg.Connection) -> LinkReport | None:
    """As `link_duplicates`, where any article is without a PMID; None where none is, as nothing can be linked then."""
    row = connection.execute(_QUERIES["anything_local"]).fetchone()
    return link_duplicates(connection) if row is not None and row[0] else None


def undo(connection: psycopg.Connection, pmid: int) -> None:
    """Say that this article is not the same as those that it is linked with. Raises NotFound when it is not linked."""
    with connection.transaction():
        members = group_of(connection, pmid)
        if connection.execute(_QUERIES["forget_link"], {"pmid": pmid}).rowcount == 0:
            raise NotFound(f"article {pmid} is no duplicate of another", remedy="name the duplicate, not the one kept")
        connection.execute(_QUERIES["refuse"], {"pmid": pmid, "members": members})


def group_of(connection: psycopg.Connection, pmid: int) -> list[int]:
    """The article's number, and those of the articles that are linked with it."""
    return [number for (number,) in connection.execute(_QUERIES["group_of"], {"pmid": pmid})]


def kept_for(connection: psycopg.Connection, pmid: int) -> int | None:
    """The article that stands for this one; None when it stands for itself."""
    row = connection.execute(_QUERIES["kept_for"], {"pmid": pmid}).fetchone()
    return row[0] if row else None


def duplicates_of(connection: psycopg.Connection, pmid: int) -> list[int]:
    """The articles that this one stands for."""
    return [number for (number,) in connection.execute(_QUERIES["duplicates_of"], {"pmid": pmid})]


def without_duplicates(connection: psycopg.Connection, pmids: list[int]) -> list[int]:
    """These articles in their order, without those that another one stands for."""
    linked = {number for (number,) in connection.execute(_QUERIES["linked_among"], {"pmids": pmids})}
    return [pmid for pmid in pmids if pmid not in linked]


def choose_links(pairs: Iterable[Pair], refused: Collection[tuple[int, int]] = ()) -> list[Link]:
    """One link for each article that has a better one in its pairs; `refused`: pairs of numbers, the lower first."""
    partners: defaultdict[int, dict[int, Pair]] = defaultdict(dict)
    for pair in pairs:
        one, other = sorted((pair.first, pair.second))
        if (one, other) not in refused and (is_local(one) or is_local(other)):
            partners[one][other] = partners[other][one] = pair
    kept: dict[int, int] = {}
    links: list[Link] = []
    # Every PMID is lower than any number of our own, so those with one come first.
    for number in sorted(partners):
        chosen = min((kept[other] for other in partners[number] if other in kept), default=number)
        is_refused = (min(chosen, number), max(chosen, number)) in refused
        if not is_local(number) or chosen == number or is_refused:
            kept[number] = number
            continue
        kept[number] = chosen
        pair = partners[number].get(chosen) or max(
            (found for other, found in partners[number].items() if kept.get(other) == chosen),
            key=lambda found: found.score,
        )
        links.append(Link(duplicate=number, kept=chosen, reason=pair.reason, likeness=pair.score))
    return links


def _fingerprints(connection: psycopg.Connection) -> list[Fingerprint]:
    with connection.cursor("fingerprints") as cursor:
        cursor.execute(_QUERIES["fingerprints"])
        return [
            fingerprint_of(
                key=pmid,
                pmid=None if is_local(pmid) else pmid,
                doi=doi,
                title=title,
                authors=authors,
                year=year,
                volume=volume,
                pages=pages,
                journal=journal,
                journal_abbreviation=abbreviation,
            )
            for pmid, doi, title, year, volume, pages, journal, abbreviation, authors in cursor
        ]
