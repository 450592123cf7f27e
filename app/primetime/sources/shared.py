"""What all processes share in asking the sources: whose turn it is, and which replies are still good."""

import hashlib
from collections.abc import Mapping

from anyio import to_thread
from psycopg_pool import ConnectionPool

from primetime.database.queries import load_queries

QUERIES = load_queries("primetime.sources")


class LongWaitError(Exception):
    """A source's next turn comes later than one would wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} seconds")
        self.seconds = seconds


class Shared:
    """Turns and replies in PostgreSQL. Its own short transactions, never the caller's."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def take_turn(self, source: str, spacing: float, longest: float) -> float:
        """Reserve the source's next free moment; the seconds until it comes.

        Turns are `spacing` seconds apart, whichever process or machine takes them. Raises LongWaitError where it comes
        after more than `longest` seconds: then nothing is reserved.
        """
        return await to_thread.run_sync(self._take_turn, source, spacing, longest)

    async def hold_back(self, source: str, seconds: float) -> None:
        """Let nobody ask the source for so long: it has said that it is asked too much."""
        await to_thread.run_sync(self._hold_back, source, seconds)

    async def kept(self, key: str) -> bytes | None:
        """The reply kept under a key that has not expired."""
        return await to_thread.run_sync(self._kept, key)

    async def keep(self, key: str, body: bytes, seconds: float) -> None:
        await to_thread.run_sync(self._keep, key, body, seconds)

    def _take_turn(self, source: str, spacing: float, longest: float) -> float:
        values = {"source": source, "spacing": spacing, "longest": longest}
        with self._pool.connection() as connection:
            if (row := connection.execute(QUERIES["take_turn"], values).fetchone()) is not None:
                return max(0.0, float(row[0]))
            row = connection.execute(QUERIES["wait"], {"source": source}).fetchone()
        assert row is not None
        raise LongWaitError(float(row[0]))

    def _hold_back(self, source: str, seconds: float) -> None:
        with self._pool.connection() as connection:
            connection.execute(QUERIES["hold_back"], {"source": source, "seconds": seconds})

    def _kept(self, key: str) -> bytes | None:
        with self._pool.connection() as connection:
            row = connection.execute(QUERIES["kept_reply"], {"key": key}).fetchone()
        return bytes(row[0]) if row else None

    def _keep(self, key: str, body: bytes, seconds: float) -> None:
        with self._pool.connection() as connection:
            connection.execute(QUERIES["keep_reply"], {"key": key, "body": body, "seconds": seconds})


def reply_key(source: str, path: str, parameters: Mapping[str, str]) -> str:
    """Under which a reply is kept: the same question by another account or key has the same answer."""
    text = "\x1f".join([source, path, *(f"{name}={value}" for name, value in sorted(parameters.items()))])
    return hashlib.sha256(text.encode()).hexdigest()
