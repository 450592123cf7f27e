"""A search as everything above this room knows it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from primetime.errors import BadInput
from primetime.keywords.query import Concept, Limits, read_written

State = Literal["planned", "running", "done", "cancelled", "failed"]
Step = Literal["planning", "fetching", "citations", "embedding", "scoring", "finished"]
ENDED: frozenset[str] = frozenset({"done", "cancelled", "failed"})
MOST_RESULTS = 10_000


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be searched for."""

    query: str
    max_results: int
    idea: str = ""
    keywords: str = ""  # between semicolons
    concepts: tuple[Concept, ...] = ()
    limits: Limits = Limits()  # noqa: RUF009 (frozen)


@dataclass(frozen=True, kw_only=True)
class Search:
    """A search and how it stands."""

    id: int
    idea: str
    keywords: str
    query: str
    concepts: list[dict[str, Any]]
    limits: dict[str, Any]
    max_results: int
    state: State
    step: Step
    articles_found: int | None  # PubMed's whole count
    query_understood: str
    beyond_reach: int
    planned: int  # articles of the plan
    fetched: int  # of them stored
    new: int  # of them first stored by this search
    unavailable: int  # of them without a record
    embedded: int
    scored: int
    seconds_left: float | None  # of fetching and encoding
    problem: str
    model_hash: str | None
    scores: dict[str, Any] | None
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    requested_by: str | None
    requested_by_id: int | None  # the account; None: it is nobody's
    saved_search_id: int | None

    @property
    def ended(self) -> bool:
        return self.state in ENDED


@dataclass(frozen=True, kw_only=True)
class Result:
    """An article of a search."""

    pmid: int
    rank: int  # in PubMed's order, from 1
    similarity: float | None
    is_new: bool


def check(order: Order) -> Order:
    """The order, as it may be stored. Raises BadInput."""
    query = read_written(order.query)
    if not 1 <= order.max_results <= MOST_RESULTS:
        raise BadInput(f"{order.max_results:,} results cannot be fetched", remedy=f"ask for 1 to {MOST_RESULTS:,}")
    return Order(**{**_shallow(order), "query": query})


def concepts_json(concepts: Sequence[Concept]) -> list[dict[str, Any]]:
    return [asdict(concept) for concept in concepts]


def limits_json(limits: Limits) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(limits).items()}


def _shallow(order: Order) -> dict[str, Any]:
    return {name: getattr(order, name) for name in Order.__dataclass_fields__}
