"""Doing in the background what Lightsail does after it has answered, in order for each resource."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

log = structlog.get_logger(__name__)


class Work:
    """Steps of one resource run one after another; steps of different resources side by side."""

    def __init__(self, threads: int = 8) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="lightsail")
        self._last: dict[str, Future[None]] = {}
        self._lock = threading.Lock()

    def submit(self, resource: str, step: Callable[[], None]) -> Future[None]:
        """Run the step after the resource's earlier steps, whether those succeeded or not."""
        with self._lock:
            previous = self._last.get(resource)
            # No deadlock in a full pool: a step waits only for steps that were submitted before it.
            future = self._pool.submit(_run, resource, previous, step)
            self._last[resource] = future
        return future

    def is_idle(self) -> bool:
        """Whether every step submitted so far is over."""
        with self._lock:
            return all(future.done() for future in self._last.values())

    def close(self) -> None:
        """Wait for what runs; steps not yet begun are left to the next start."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _run(resource: str, previous: Future[None] | None, step: Callable[[], None]) -> None:
    if previous is not None and not previous.cancelled():
        previous.exception()
    try:
        step()
    except Exception:
        log.exception("step failed", resource=resource)
        raise
