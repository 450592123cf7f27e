"""The one way to ask a source: in turn, with patience, and no more than its reply is worth."""

import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType

import anyio
import httpx
import structlog

from primetime.errors import SourceUnavailable
from primetime.sources.shared import LongWaitError, Shared, reply_key

ATTEMPTS = 5
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds
# A source that asks for more patience than this is told as unavailable: a job comes back to it later.
LONGEST_WAIT = 120.0
# A source that asks for more is asked again after an hour all the same: nobody else could end so long a wait.
LONGEST_HOLD = 3600.0
# 200 articles with all their affiliations and references are about 4 MB.
LARGEST_REPLY = 64 << 20
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_ALLOWED = frozenset({401, 402, 403})

# httpx logs whole addresses, keys included, at INFO.
logging.getLogger("httpx").setLevel(logging.WARNING)
log = structlog.get_logger(__name__)


class BadReplyError(Exception):
    """A reply that is none: cut short, an error page, or in another format. Worth asking again."""


class RefusedError(SourceUnavailable):
    """The source does not take the request as it was put, and would not take it the next time."""

    def __init__(self, source: "Source", status: int, said: str) -> None:
        super().__init__(
            f"{source.name} refuses the request ({status}): {said or 'without a reason'}",
            remedy="check its key and the e-mail in the settings",
        )
        self.said = said
        self.not_allowed = status in _NOT_ALLOWED


@dataclass(frozen=True, kw_only=True)
class Source:
    """Somebody who is asked."""

    name: str  # as it is said to people, and counted under: PubMed
    base_url: str
    per_second: float  # requests, over all processes
    # Said with every request, and no part of what is asked: key, e-mail, tool.
    credentials: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    # What stands in a refusal that is none: a fault behind the source, which passes.
    passing: bytes | None = None

    @property
    def spacing(self) -> float:
        """Seconds between two requests: 5 % more than the limit asks, as the network delays some more than others."""
        return 1.05 / self.per_second


Check = Callable[[bytes], object]
"""Reads a body, and raises BadReplyError where it cannot."""


class Transport:
    """Asks the sources. Safe to share between tasks of one event loop."""

    def __init__(
        self,
        shared: Shared,
        client: httpx.AsyncClient,
        *,
        attempts: int = ATTEMPTS,
        longest_wait: float = LONGEST_WAIT,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._shared = shared
        self._client = client
        self._attempts = attempts
        self._longest_wait = longest_wait
        self._sleep = sleep

    async def ask(
        self,
        source: Source,
        path: str,
        parameters: Mapping[str, str],
        *,
        post: bool = False,
        keep_seconds: float = 0,
        check: Check | None = None,
    ) -> bytes:
        """The body of the source's reply.

        `keep_seconds`: how long the same question need not be asked again. `check` raises BadReplyError for a body
        that is no good, which is asked for again like a fault of the network. Raises SourceUnavailable when the source
        refuses, or gives no good reply in so many attempts (five, where nobody waits for it).
        """
        key = reply_key(source.name, path, parameters)
        if keep_seconds and (kept := await self._shared.kept(key)) is not None:
            return kept
        body = await self._patiently(source, path, parameters, post=post, check=check)
        if keep_seconds:
            await self._shared.keep(key, body, keep_seconds)
        return body

    async def _patiently(
        self, source: Source, path: str, parameters: Mapping[str, str], *, post: bool, check: Check | None
    ) -> bytes:
        cause = ""
        for attempt in range(self._attempts):
            try:
                turn = await self._shared.take_turn(source.name, source.spacing, self._longest_wait)
            except LongWaitError as error:
                # Somebody else was asked to wait long, which holds for all.
                raise SourceUnavailable(
                    f"{source.name} is to be asked again in {error.seconds:.0f} seconds", remedy="try again after that"
                ) from error
            await self._sleep(turn)
            asked_to_wait: float | None = None
            try:
                status, headers, body = await self._once(source, path, parameters, post=post)
                if status not in _AGAIN and not _passes(source, status, body):
                    if status >= httpx.codes.MULTIPLE_CHOICES:
                        raise RefusedError(source, status, _said(source, body))
                    if check is not None:
                        check(body)
                    return body
                cause = f"it answered {status}"
                asked_to_wait = retry_after(headers.get("retry-after", ""), datetime.now(UTC))
                if status == httpx.codes.TOO_MANY_REQUESTS:
                    await self._shared.hold_back(source.name, min(asked_to_wait or FIRST_PAUSE, LONGEST_HOLD))
            except httpx.TransportError as error:
                cause = f"the connection failed ({type(error).__name__})"
            except BadReplyError as error:
                cause = _without_keys(source, str(error))
            if asked_to_wait is not None and asked_to_wait > self._longest_wait:
                raise SourceUnavailable(
                    f"{source.name} asks to wait {asked_to_wait:.0f} seconds", remedy="try again after that"
                )
            log.warning("source asked again", source=source.name, cause=cause, attempt=attempt + 1)
            if attempt + 1 < self._attempts:
                await self._sleep(asked_to_wait if asked_to_wait is not None else pause(attempt, random.random()))  # noqa: S311
        raise SourceUnavailable(
            f"{source.name} gave no answer in {self._attempts} attempts: {cause}",
            remedy=f"try again later, or check that {httpx.URL(source.base_url).host} can be reached",
        )

    async def _once(
        self, source: Source, path: str, parameters: Mapping[str, str], *, post: bool
    ) -> tuple[int, httpx.Headers, bytes]:
        said = {**parameters, **source.credentials}
        request = self._client.build_request(
            "POST" if post else "GET",
            f"{source.base_url.rstrip('/')}/{path}",
            **({"data": said} if post else {"params": said}),  # type: ignore[arg-type]
        )
        response = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > LARGEST_REPLY:
                    raise SourceUnavailable(
                        f"{source.name} answered with more than {LARGEST_REPLY >> 20} MB", remedy="ask for less at once"
                    )
        finally:
            await response.aclose()
        return response.status_code, response.headers, bytes(body)


def pause(attempt: int, chance: float) -> float:
    """Seconds before attempt `attempt` + 2: any moment up to twice as long as before, so that many do not return at
    once ("full jitter", Brooker 2015). `chance` is 0..1.
    """
    return chance * min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**attempt)


def retry_after(text: str, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or a date; None when it says nothing usable."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _passes(source: Source, status: int, body: bytes) -> bool:
    return status >= httpx.codes.BAD_REQUEST and source.passing is not None and source.passing in body


def _said(source: Source, body: bytes) -> str:
    """The beginning of a refusal, for people."""
    return " ".join(_without_keys(source, body[:4096].decode("utf-8", "replace")).split())[:300]


def _without_keys(source: Source, text: str) -> str:
    # NCBI repeats the key that it does not take.
    for name, value in source.credentials.items():
        if "key" in name and value:
            text = text.replace(value, "…")
    return text
