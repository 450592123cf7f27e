"""A search's progress as server-sent events (HTML standard, 9.2)."""

from collections.abc import AsyncIterator
from hashlib import blake2b
from typing import Annotated

import anyio
import psycopg
import structlog
from anyio import to_thread
from fastapi import APIRouter, Header, Response
from starlette.responses import StreamingResponse

from primetime.api.search_shapes import SearchOut
from primetime.api.searches import SearchId, model_hash_of
from primetime.api.services import Services, ServicesOf
from primetime.errors import NotFound
from primetime.searches.storing import find_search

EVERY = 1.0  # seconds between two looks
# Then the browser asks anew by itself: no connection is held for the hours that a queue may take.
LONGEST = 300.0
# A proxy ends a connection that says nothing for a minute.
_SILENCE = 15.0
_RETRY = "retry: 3000\n\n"  # milliseconds after which a browser asks again

# One event of the stream, as the description shows it; its data is a search in JSON.
_EVENT = {
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {"id": {"type": "string"}, "event": {"enum": ["progress", "ended"]}, "data": {"type": "string"}},
}

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/v1/searches", tags=["searches"])


@router.get(
    "/{search_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {"schema": _EVENT}}},
        204: {"description": "The search has ended, and the event named by Last-Event-ID has told so."},
    },
)
async def events(
    search_id: SearchId, shared: ServicesOf, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    """The event `progress` with the search whenever it has changed, and `ended` with it at the end.

    Ends after five minutes at most; a browser's EventSource asks again by itself, is told only what has changed since
    the event that it had last, and stops asking when it has been told of the end.
    """
    first = await _looked(shared, search_id)
    if first.finished_at is not None and _event(first)[0] == last_event_id:
        return Response(status_code=204)
    return StreamingResponse(
        _events(shared, search_id, first, told=last_event_id),
        media_type="text/event-stream",
        # Says to a proxy before us that it must not wait for more.
        headers={"X-Accel-Buffering": "no"},
    )


async def _events(shared: Services, search_id: int, search: SearchOut, *, told: str | None) -> AsyncIterator[str]:
    yield _RETRY
    silent = 0.0
    until = anyio.current_time() + LONGEST
    while anyio.current_time() < until:
        event_id, event = _event(search)
        if event_id != told:
            yield event
            told, silent = event_id, 0.0
        if search.finished_at is not None:
            return
        await anyio.sleep(EVERY)
        silent += EVERY
        if silent >= _SILENCE:
            yield ": still here\n\n"
            silent = 0.0
        try:
            search = await _looked(shared, search_id)
        except (NotFound, psycopg.OperationalError) as error:
            # Deleted, or the database is away: who asks again gets it as an answer.
            log.info("the events of a search end early", search_id=search_id, error=type(error).__name__)
            return


def _event(search: SearchOut) -> tuple[str, str]:
    """What it tells is its id, so that any process knows what a client was told."""
    body = search.model_dump_json()
    event_id = blake2b(body.encode(), digest_size=8).hexdigest()
    kind = "ended" if search.finished_at is not None else "progress"
    return event_id, f"id: {event_id}\nevent: {kind}\ndata: {body}\n\n"


async def _looked(shared: Services, search_id: int) -> SearchOut:
    # One call in a thread: who goes away in the middle of it leaves no connection behind that nobody gives back.
    async with shared.turns:
        return await to_thread.run_sync(_look, shared, search_id)


def _look(shared: Services, search_id: int) -> SearchOut:
    with shared.pool.connection() as connection:
        return SearchOut.model_validate(find_search(connection, search_id, model_hash=model_hash_of(shared)))
