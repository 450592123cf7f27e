"""The sources' client of one process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from psycopg_pool import ConnectionPool

from primetime.database.connection import open_pool
from primetime.settings import Settings
from primetime.sources.eutils import PubMed, pubmed_source
from primetime.sources.shared import Shared
from primetime.sources.transport import ATTEMPTS, LONGEST_WAIT, Transport


@asynccontextmanager
async def open_transport(
    settings: Settings, pool: ConnectionPool, *, attempts: int = ATTEMPTS, longest_wait: float = LONGEST_WAIT
) -> AsyncIterator[Transport]:
    """A transport whose turns and replies are shared through `pool`'s database."""
    timeout = httpx.Timeout(settings.source_timeout_seconds, pool=None)
    headers = {"User-Agent": f"prime-time ({settings.contact_email or 'no address set'})"}
    async with httpx.AsyncClient(timeout=timeout, headers=headers, follow_redirects=False) as client:
        yield Transport(Shared(pool), client, attempts=attempts, longest_wait=longest_wait)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The sources as a thread without an event loop uses them: `sources.portal.call(sources.pubmed.count, query)`."""

    portal: BlockingPortal
    transport: Transport
    pubmed: PubMed


@contextmanager
def open_sources(settings: Settings) -> Iterator[Sources]:
    """The sources for a job or a command, with an event loop and two database connections of their own."""
    small = settings.model_copy(update={"database_pool_min": 1, "database_pool_max": 2})
    with (
        open_pool(small) as pool,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(open_transport(settings, pool)) as transport,
    ):
        yield Sources(portal=portal, transport=transport, pubmed=PubMed(transport, pubmed_source(settings)))
