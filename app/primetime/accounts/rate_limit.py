"""How often one may sign in, and use the model: counted in Redis, in this process when Redis is gone."""

import hashlib
import time
from threading import Lock

import structlog
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

PER_ACCOUNT = parse("5 per minute")
# One address may be a whole hospital, or the distribution's edge.
PER_ADDRESS = parse("30 per minute")
MODEL_PER_ACCOUNT = parse("100 per hour")
_REDIS_AGAIN_SECONDS = 30

log = structlog.get_logger(__name__)


class RateLimit:
    """Counts what somebody does, in fixed windows."""

    def __init__(self, redis_url: str = "") -> None:
        self._memory = FixedWindowRateLimiter(MemoryStorage())
        self._redis = FixedWindowRateLimiter(_redis_storage(redis_url)) if redis_url else None
        self._redis_gone_until = 0.0
        self._lock = Lock()

    def hit(self, limit: RateLimitItem, *key: str) -> int:
        """Count one use under a key; 0 when it is allowed, otherwise the seconds to wait."""
        if self._redis is not None and time.monotonic() >= self._redis_gone_until:
            try:
                return _count(self._redis, limit, *key)
            except RedisError as error:
                with self._lock:
                    self._redis_gone_until = time.monotonic() + _REDIS_AGAIN_SECONDS
                log.warning("redis is gone, counting in memory", error=type(error).__name__)
        return _count(self._memory, limit, *key)


class SignInLimit(RateLimit):
    """Counts the attempts of an e-mail and of an address, in windows of a minute."""

    def attempt(self, *, email: str, address: str) -> int:
        """Count an attempt; 0 when it is allowed, otherwise the seconds to wait."""
        # Redis learns no e-mail.
        person = hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]
        waits = [
            self.hit(PER_ACCOUNT, "sign-in", "account", person),
            self.hit(PER_ADDRESS, "sign-in", "address", address),
        ]
        return max(waits)


class ModelLimit(RateLimit):
    """Counts the requests of an account that make the encoder work, in windows of an hour."""

    def attempt(self, account_id: int) -> int:
        """Count a request; 0 when it is allowed, otherwise the seconds to wait."""
        return self.hit(MODEL_PER_ACCOUNT, "model", str(account_id))


def _count(limiter: FixedWindowRateLimiter, limit: RateLimitItem, *key: str) -> int:
    if limiter.hit(limit, *key):
        return 0
    return max(1, round(limiter.get_window_stats(limit, *key).reset_time - time.time()))


def _redis_storage(url: str) -> Storage:
    storage = storage_from_string(url, socket_timeout=1, socket_connect_timeout=1)
    assert isinstance(storage, Storage)
    return storage
