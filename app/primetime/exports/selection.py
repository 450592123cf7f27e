"""What an export is of: a search of PubMed in its rank, a collection, or what filters leave."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

import psycopg

from primetime.analysis.reading import latest_run
from primetime.analysis.storing import narrowed_to_topic, topic_names
from primetime.articles.exporting.selection import Context, ExportRow, select_filtered, select_ranked
from primetime.articles.listing import Filters, Sort, count_articles
from primetime.screening.collections import Mark, Shown, collected, find_collection, mark_line
from primetime.searches.record import Search
from primetime.searches.storing import find_search, results_of

_BLOCK = 500


@dataclass(frozen=True, kw_only=True)
class Selection:
    """A search, else a collection, else all articles. The filters narrow a search and all articles; of a collection
    their text alone does.
    """

    search_id: int | None = None
    only_new: bool = False  # of a search: only what it was the first to store
    also_in: int | None = None  # of a search: only what another one has stored also
    not_in: int | None = None  # of a search: only what another one has not
    collection_id: int | None = None
    mark: Mark | None = None  # of a collection: only what one has marked so
    unmarked: bool = False  # of a collection: only what one has not marked
    disputed: bool = False  # of a collection: only what two reviewers differ on
    as_added: bool = False  # of a collection: in the order in which articles were put into it, not by `sort`
    filters: Filters = field(default_factory=Filters)
    topic: int | None = None  # of the newest analysis when it is looked up: one of the filters
    sort: Sort = "newest"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "filters": {name: value for name, value in asdict(self.filters).items() if value}}

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> "Selection":
        mark = Mark(stored["mark"]) if stored["mark"] else None
        return cls(**{**stored, "filters": Filters(**stored["filters"]), "mark": mark})


@dataclass(frozen=True, kw_only=True)
class Selected:
    """A selection that was looked up. Reading `rows` uses the connection until they end."""

    title: str
    articles: int
    context: Context
    rows: Iterator[ExportRow]


def look_up(connection: psycopg.Connection, selection: Selection, *, account_id: int | None) -> Selected:
    """The articles as they are now. `account_id` is who asks; None: nobody who has an account.

    Raises NotFound for a search or a collection that is not there, or is not for this account.
    """
    if selection.search_id is not None:
        return _search(connection, selection, selection.search_id)
    if selection.collection_id is not None:
        return _collection(connection, selection, selection.collection_id, account_id)
    filters = narrowed_to_topic(connection, selection.filters, selection.topic)
    named = _named(selection)
    return Selected(
        title=f"Articles: {named}" if named else "All articles",
        articles=count_articles(connection, filters),
        context=Context(),
        rows=with_topics(connection, select_filtered(connection, filters, sort=selection.sort)),
    )


def with_topics(connection: psycopg.Connection, rows: Iterator[ExportRow]) -> Iterator[ExportRow]:
    """The rows, and of which topic each is in the analysis that is the newest as they begin.

    Looked up for a block of them at a time, so that memory doesn't grow with the number of rows.
    """
    run = latest_run(connection)
    if run is None:
        yield from rows
        return
    while block := list(islice(rows, _BLOCK)):
        names = topic_names(connection, run.id, [row.pmid for row in block])
        for row in block:
            yield replace(row, topic=names.get(row.pmid))


def _search(connection: psycopg.Connection, selection: Selection, search_id: int) -> Selected:
    search = find_search(connection, search_id)
    found, articles = results_of(
        connection,
        search.id,
        only_new=selection.only_new,
        also_in=selection.also_in,
        not_in=selection.not_in,
        filters=narrowed_to_topic(connection, selection.filters, selection.topic),
        limit=None,
    )
    named = _named(selection)
    return Selected(
        title=f"Search {search.id}: {search.idea or search.query}{f' ({named})' if named else ''}",
        articles=articles,
        context=Context(about=_about(search)),
        rows=with_topics(connection, select_ranked(connection, [one.pmid for one in found])),
    )


def _collection(
    connection: psycopg.Connection, selection: Selection, collection_id: int, account_id: int | None
) -> Selected:
    # 0 is nobody's number: whoever has no account sees no collection.
    asking = account_id or 0
    collection = find_collection(connection, asking, collection_id)
    shown = Shown(mark=selection.mark, unmarked=selection.unmarked, disputed=selection.disputed, q=selection.filters.q)
    found, _ = collected(connection, asking, collection.id, shown)
    decided = {one.pmid: {"Screening": "; ".join(map(mark_line, one.marks))} for one in found}
    # What somebody put into it is in it, whether it is linked to another or not.
    filters = Filters(pmids=list(decided), duplicates=True)
    if selection.as_added:
        rows = select_ranked(connection, list(decided))
    else:
        rows = select_filtered(connection, filters, sort=selection.sort)
    marked = f", marked {selection.mark}" if selection.mark else ""
    return Selected(
        title=f"Collection {collection.name}{marked}",
        articles=count_articles(connection, filters),
        context=Context(scores=decided),
        rows=with_topics(connection, rows),
    )


def _named(selection: Selection) -> str:
    named = selection.filters
    told = {
        "": named.q,
        "from ": named.year_from,
        "to ": named.year_to,
        "in ": named.journal,
        "of type ": named.publication_type,
        "under ": named.mesh,
        "topic ": selection.topic,
    }
    return ", ".join(f"{word}{value}" for word, value in told.items() if value is not None)


def _about(asked: Search) -> dict[str, object]:
    """The prototype's columns that say what the search was and how it scored; a score that is refused stays empty."""
    scores = asked.scores or {}
    return {
        "Idea": asked.idea,
        "Keywords": asked.keywords,
        "Max Results": asked.max_results,
        "Search Timestamp": asked.requested_at.isoformat(timespec="seconds"),
        "Novelty Score": scores.get("novelty"),
        "Citation Rate Score": scores.get("citation"),
        "Recency Score": scores.get("recency"),
        "Opportunity Score": scores.get("score"),
    }
