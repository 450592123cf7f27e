"""Who is behind each request, remembered for as long as no account, session or token has changed."""

from anyio import CapacityLimiter, to_thread
from cachetools import TTLCache
from psycopg_pool import ConnectionPool

from primetime.accounts.principals import Credentials, Principal, find_principal
from primetime.accounts.sessions import Sessions
from primetime.api.changes import Changes

# A session that expires, which nobody is told of, is known for so much longer.
_REMEMBERED_SECONDS = 60
_LOOKING_UP = 4


class Callers:
    """Finds principals, in PostgreSQL or in memory. For one event loop."""

    def __init__(self, pool: ConnectionPool, sessions: Sessions, changes: Changes) -> None:
        self._pool = pool
        self._sessions = sessions
        self._changes = changes
        # Threads of their own: handlers that hold connections must not wait behind those who wait for one here.
        self._threads = CapacityLimiter(_LOOKING_UP)
        self._known: TTLCache[tuple[Credentials, int], Principal] = TTLCache(10_000, _REMEMBERED_SECONDS)

    async def find(self, credentials: Credentials) -> Principal | None:
        """None when the credentials are none, or no longer any."""
        if credentials == Credentials():
            return None
        version = self._changes.accounts
        if version is not None:
            known = self._known.get((credentials, version))
            if known is not None:
                return known
        found = await to_thread.run_sync(self._look_up, credentials, limiter=self._threads)
        if found is not None and version is not None:
            self._known[credentials, version] = found
        return found

    def _look_up(self, credentials: Credentials) -> Principal | None:
        with self._pool.connection() as connection:
            return find_principal(connection, self._sessions, credentials)
