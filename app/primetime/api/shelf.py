"""What may be lost at any time, kept for a while: in Redis, for all processes; in this one while Redis is gone."""

import time
from collections.abc import Awaitable
from typing import cast

import structlog
from cachetools import TLRUCache
from redis.asyncio import Redis
from redis.exceptions import RedisError

_REDIS_AGAIN_SECONDS = 30
# Redis is on this machine: an answer that takes this long is slower than computing what was asked for.
_REDIS_SECONDS = 1.0
_MEMORY_BYTES = 32 << 20
_PREFIX = "prime-time:"

log = structlog.get_logger(__name__)


class Shelf:
    """Values and counters by key, each with its life in seconds. For one event loop."""

    def __init__(self, redis_url: str = "", *, memory_bytes: int = _MEMORY_BYTES) -> None:
        self._memory: TLRUCache[str, tuple[bytes, float]] = TLRUCache(
            memory_bytes,
            ttu=lambda _key, kept, now: now + kept[1],
            getsizeof=lambda kept: len(kept[0]) + 200,
        )
        self._redis = _client(redis_url) if redis_url else None
        self._redis_gone_until = 0.0

    async def get(self, key: str) -> bytes | None:
        if self._uses_redis and self._redis is not None:
            try:
                return cast(bytes | None, await self._redis.get(_PREFIX + key))
            except (RedisError, OSError) as error:
                self._gone(error)
        kept = self._memory.get(key)
        return kept[0] if kept else None

    async def put(self, key: str, value: bytes, *, seconds: int) -> None:
        """What is too large for the memory that there is, is not kept."""
        if self._uses_redis and self._redis is not None:
            try:
                await self._redis.set(_PREFIX + key, value, ex=seconds)
                return
            except (RedisError, OSError) as error:
                self._gone(error)
        if len(value) < self._memory.maxsize // 4:
            self._memory[key] = (value, float(seconds))

    async def increment(self, key: str, *, seconds: int) -> int:
        """Count one more under a key that lives so long from its first; the count."""
        if self._uses_redis and self._redis is not None:
            try:
                async with self._redis.pipeline(transaction=True) as pipeline:
                    pipeline.incr(_PREFIX + key)
                    pipeline.expire(_PREFIX + key, seconds, nx=True)
                    count, _ = await cast(Awaitable[list[int]], pipeline.execute())
                return count
            except (RedisError, OSError) as error:
                self._gone(error)
        kept = self._memory.get(key)
        count = 1 + (int(kept[0]) if kept else 0)
        # Counters' keys name their window, so living longer than it harms nothing.
        self._memory[key] = (str(count).encode(), float(seconds))
        return count

    async def close(self) -> None:
        if self._redis is not None:
            await self._redis.aclose()

    @property
    def _uses_redis(self) -> bool:
        return self._redis is not None and time.monotonic() >= self._redis_gone_until

    def _gone(self, error: Exception) -> None:
        self._redis_gone_until = time.monotonic() + _REDIS_AGAIN_SECONDS
        log.warning("redis is gone, using this process's memory", error=type(error).__name__)


def _client(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS)
