"""Looking up citations at every source that is set up, in its batches; one that fails leaves what was known."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import psycopg
import structlog
from anyio.from_thread import BlockingPortal

from primetime.errors import SourceUnavailable
from primetime.settings import Settings
from primetime.sources import crossref, icite, openalex
from primetime.sources.citations import Citations, SourceName, Wanted, count_wanted, store_citations, wanted_of
from primetime.sources.transport import RefusedError, Source, Transport

# Batches in a row of which a source takes too little to tell whether it refuses articles or whoever asks.
_REFUSED_IN_A_ROW = 3

log = structlog.get_logger(__name__)


Ask = Callable[[Sequence[Wanted]], dict[int, Citations]]


@dataclass(frozen=True, kw_only=True)
class LookUp:
    """A source, how it is asked, and how much at once."""

    name: SourceName
    source: Source
    ask: Callable[[Transport, Source, Sequence[Wanted]], Awaitable[dict[int, Citations]]]
    batch: int


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """What one source was asked, and what it knew."""

    source: SourceName
    asked: int
    known: int
    problem: str = ""  # why it was not asked to the end


def look_ups(settings: Settings) -> list[LookUp]:
    """The sources that the settings turn on."""
    found = []
    if settings.icite_url:
        found.append(LookUp(name="icite", source=icite.icite_source(settings), ask=icite.ask_icite, batch=icite.BATCH))
    if settings.openalex_url and settings.openalex_api_key:
        found.append(
            LookUp(
                name="openalex",
                source=openalex.openalex_source(settings),
                ask=openalex.ask_openalex,
                batch=openalex.BATCH,
            )
        )
    if settings.crossref_url:
        found.append(
            LookUp(
                name="crossref",
                source=crossref.crossref_source(settings),
                ask=crossref.ask_crossref,
                batch=crossref.BATCH,
            )
        )
    return found


def looks_up_citations(settings: Settings) -> bool:
    """Whether the night's work asks any source."""
    return settings.citations_a_night > 0 and bool(look_ups(settings))


def count_to_refresh(connection: psycopg.Connection, settings: Settings, *, limit: int) -> int:
    """How many articles the sources would be asked about, added up over the sources."""
    return sum(
        count_wanted(connection, look_up.name, max_age_days=settings.citation_max_age_days, limit=limit)
        for look_up in look_ups(settings)
    )


def refresh_citations(
    connection: psycopg.Connection,
    portal: BlockingPortal,
    transport: Transport,
    settings: Settings,
    *,
    pmids: Sequence[int] | None = None,
    limit: int = 10_000,
    go_on: Callable[[], None] | None = None,
) -> list[Refreshed]:
    """Look up the citations of articles whose answers are missing or too old; commits after every batch, so that a run
    that is stopped goes on where it was. Each source is asked about `limit` articles at most.

    `go_on` is called before every batch and may raise to stop. A source that is unavailable is told of and passed
    over: what it said before stays, with its date.
    """
    reports = []
    for look_up in look_ups(settings):
        wanted = wanted_of(
            connection, look_up.name, max_age_days=settings.citation_max_age_days, pmids=pmids, limit=limit
        )
        connection.commit()
        ask = partial(portal.call, look_up.ask, transport, look_up.source)
        reports.append(_look_up(connection, look_up, ask, wanted, go_on))
    return reports


def _look_up(
    connection: psycopg.Connection,
    look_up: LookUp,
    ask: Ask,
    wanted: Sequence[Wanted],
    go_on: Callable[[], None] | None,
) -> Refreshed:
    asked = known = 0
    problem = ""
    refused: list[Sequence[Wanted]] = []

    def keep(batch: Sequence[Wanted], answers: dict[int, Citations]) -> None:
        nonlocal asked, known
        store_citations(connection, look_up.name, batch, answers)
        connection.commit()
        asked += len(batch)
        known += sum(1 for one in batch if one.pmid in answers and answers[one.pmid].citations is not None)

    try:
        for start in range(0, len(wanted), look_up.batch):
            if go_on is not None:
                go_on()
            batch = wanted[start : start + look_up.batch]
            try:
                keep(batch, ask_in_parts(ask, batch))
            except RefusedError as error:
                refused.append(batch)
                if error.not_allowed or len(refused) == _REFUSED_IN_A_ROW:
                    raise
                problem = str(error)
                continue
            # Left as they were, they would be the first of each night, and at last all that is asked about.
            for waiting in refused:
                keep(waiting, ask_in_parts(ask, waiting, answers_others=True))
            refused.clear()
            problem = ""
    except SourceUnavailable as error:
        problem = str(error)
    if problem:
        log.warning("citations not looked up", source=look_up.name, cause=problem)
    return Refreshed(source=look_up.name, asked=asked, known=known, problem=problem)


def ask_in_parts(ask: Ask, batch: Sequence[Wanted], *, answers_others: bool = False) -> dict[int, Citations]:
    """What a source answers. Of a batch that it refuses for one article, as for what stands in a file as its DOI, it is
    asked about each half, down to that one, which it then does not know.

    Raises RefusedError where it refuses whoever asks; and where it refuses two beside each other, unless it is known
    that it answers about others: it may not be they that it refuses.
    """
    try:
        return ask(batch)
    except RefusedError as error:
        if error.not_allowed or (len(batch) == 1 and not answers_others):
            raise
    if len(batch) == 1:
        return {}
    answers: dict[int, Citations] = {}
    alone: list[RefusedError] = []
    middle = len(batch) // 2
    for half in (batch[:middle], batch[middle:]):
        try:
            answers |= ask_in_parts(ask, half, answers_others=answers_others)
        except RefusedError as error:
            alone.append(error)
            if error.not_allowed or len(half) > 1 or len(alone) > 1:
                raise
    return answers
