"""A search's progress as server-sent events (HTML standard, 9.2)."""

from collections.abc import AsyncIterator

import anyio
from anyio import to_thread
from fastapi import APIRouter
from starlette.responses import StreamingResponse

from primetime.api.search_shapes import SearchOut
from primetime.api.searches import SearchId, model_hash_of
from primetime.api.services import Services, ServicesOf
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
    "required": ["event", "data"],
    "properties": {"event": {"enum": ["progress", "ended"]}, "data": {"type": "string"}},
}

router = APIRouter(prefix="/api/v1/searches", tags=["searches"])


@router.get(
    "/{search_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": _EVENT}}}},
)
async def events(search_id: SearchId, shared: ServicesOf) -> StreamingResponse:
    """The event `progress` with the search whenever it has changed, and `ended` with it at the end.

    Ends after five minutes at most; a browser's EventSource asks again by itself.
    """
    first = await to_thread.run_sync(_look, shared, search_id)
    return StreamingResponse(
        _events(shared, search_id, first),
        media_type="text/event-stream",
        # Says to a proxy before us that it must not wait for more.
        headers={"X-Accel-Buffering": "no"},
    )


async def _events(shared: Services, search_id: int, search: SearchOut) -> AsyncIterator[str]:
    yield _RETRY
    told = ""
    silent = 0.0
    until = anyio.current_time() + LONGEST
    while anyio.current_time() < until:
        body = search.model_dump_json()
        ended = search.finished_at is not None
        if body != told or ended:
            yield f"event: {'ended' if ended else 'progress'}\ndata: {body}\n\n"
            told, silent = body, 0.0
        if ended:
            return
        await anyio.sleep(EVERY)
        silent += EVERY
        if silent >= _SILENCE:
            yield ": still here\n\n"
            silent = 0.0
        search = await to_thread.run_sync(_look, shared, search_id)


def _look(shared: Services, search_id: int) -> SearchOut:
    with shared.pool.connection() as connection:
        return SearchOut.model_validate(find_search(connection, search_id, model_hash=model_hash_of(shared)))
