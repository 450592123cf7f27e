"""Patience: what is asked again, when, and what is not. The network is httpx's own seam, time is recorded."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from primetime.errors import SourceUnavailable
from primetime.sources.shared import LongWaitError, reply_key
from primetime.sources.transport import (
    ATTEMPTS,
    LONGEST_HOLD,
    BadReplyError,
    RefusedError,
    Source,
    Transport,
    pause,
    retry_after,
)

SOURCE = Source(
    name="PubMed",
    base_url="http://source.test/eutils",
    per_second=3,
    credentials={"api_key": "secret", "tool": "prime-time"},
    passing=b"proxy_stream()",
)


class Turns:
    """What the database does for all processes, for one."""

    def __init__(self) -> None:
        self.taken = 0
        self.held_back: list[float] = []
        self.turn = 0.0
        self.replies: dict[str, bytes] = {}

    async def take_turn(self, source: str, spacing: float, longest: float) -> float:
        if self.turn > longest:
            raise LongWaitError(self.turn)
        self.taken += 1
        return self.turn

    async def hold_back(self, source: str, seconds: float) -> None:
        self.held_back.append(seconds)

    async def kept(self, key: str) -> bytes | None:
        return self.replies.get(key)

    async def keep(self, key: str, body: bytes, seconds: float) -> None:
        self.replies[key] = body


class Asked:
    """A transport over a list of replies, and what became of it."""

    def __init__(self, *replies: httpx.Response | Exception) -> None:
        self._replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.slept: list[float] = []
        self.turns = Turns()
        self.patience: dict[str, float] = {}

    def ask(self, *, check: Callable[[bytes], object] | None = None, **options: object) -> bytes:
        async def run() -> bytes:
            async with httpx.AsyncClient(transport=httpx.MockTransport(self._answer)) as client:
                transport = Transport(self.turns, client, sleep=self._sleep, **self.patience)  # type: ignore[arg-type]
                return await transport.ask(SOURCE, "esearch.fcgi", {"term": "asthma"}, check=check, **options)  # type: ignore[arg-type]

        return asyncio.run(run())

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def test_a_fault_of_the_moment_is_asked_again() -> None:
    asked = Asked(httpx.Response(503), httpx.ConnectError("gone"), httpx.Response(200, content=b"good"))
    assert asked.ask() == b"good"
    assert asked.turns.taken == 3


def test_what_the_source_asks_for_is_waited_for_by_everybody() -> None:
    asked = Asked(httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(200, content=b"good"))
    assert asked.ask() == b"good"
    assert 7.0 in asked.slept
    assert asked.turns.held_back == [7.0]


def test_too_long_a_wait_is_not_waited() -> None:
    asked = Asked(httpx.Response(429, headers={"Retry-After": "3600"}))
    with pytest.raises(SourceUnavailable, match="asks to wait 3600 seconds"):
        asked.ask()
    assert asked.turns.held_back == [3600.0]


def test_a_page_does_not_wait_as_long_as_a_job() -> None:
    asked = Asked(httpx.Response(503, headers={"Retry-After": "21"}))
    asked.patience = {"longest_wait": 20}
    with pytest.raises(SourceUnavailable, match="asks to wait 21 seconds"):
        asked.ask()
    assert asked.slept == [0.0]


def test_nobody_is_held_back_for_years() -> None:
    asked = Asked(httpx.Response(429, headers={"Retry-After": "999999999"}))
    with pytest.raises(SourceUnavailable, match="asks to wait"):
        asked.ask()
    assert asked.turns.held_back == [LONGEST_HOLD]


def test_nor_by_those_who_come_after() -> None:
    asked = Asked()
    asked.turns.turn = 3599.0
    with pytest.raises(SourceUnavailable, match="PubMed is to be asked again in 3599 seconds"):
        asked.ask()
    assert (asked.requests, asked.slept) == ([], [])


def test_a_bad_body_is_asked_again() -> None:
    def check(body: bytes) -> None:
        if body != b"whole":
            raise BadReplyError("its articles were cut short")

    asked = Asked(httpx.Response(200, content=b"who"), httpx.Response(200, content=b"whole"))
    assert asked.ask(check=check) == b"whole"


def test_five_attempts_are_enough() -> None:
    asked = Asked(*[httpx.Response(500)] * ATTEMPTS)
    with pytest.raises(SourceUnavailable, match="no answer in 5 attempts: it answered 500"):
        asked.ask()
    assert len(asked.requests) == ATTEMPTS


def test_a_refusal_is_final_and_told() -> None:
    asked = Asked(httpx.Response(400, json={"error": "API key invalid"}))
    with pytest.raises(SourceUnavailable, match="API key invalid"):
        asked.ask()
    assert len(asked.requests) == 1


def test_a_key_that_a_refusal_repeats_is_not_told() -> None:
    said = {"error": "API key invalid", "api-key": "secret", "tool": "prime-time"}
    with pytest.raises(RefusedError) as refused:
        Asked(httpx.Response(400, json=said)).ask()
    assert "secret" not in refused.value.one_line + refused.value.said
    assert '"api-key":"…","tool":"prime-time"' in refused.value.one_line


def test_nor_one_in_a_reply_that_is_none() -> None:
    def check(body: bytes) -> None:
        raise BadReplyError(f"it sent no articles: {body.decode()}")

    asked = Asked(*[httpx.Response(200, content=b"what of secret")] * ATTEMPTS)
    with pytest.raises(SourceUnavailable, match="it sent no articles: what of …"):
        asked.ask(check=check)


def test_a_fault_behind_the_source_is_asked_again_whatever_its_status() -> None:
    relayed = b"<eFetchResult><ERROR>Error: CEFetchPApplication::proxy_stream(): 502 Bad Gateway</ERROR></eFetchResult>"
    asked = Asked(httpx.Response(400, content=relayed), httpx.Response(200, content=b"about proxy_stream()"))
    assert asked.ask() == b"about proxy_stream()"


def test_a_redirection_is_not_followed() -> None:
    asked = Asked(httpx.Response(302, headers={"Location": "http://169.254.169.254/"}))
    with pytest.raises(SourceUnavailable, match="302"):
        asked.ask()
    assert len(asked.requests) == 1


def test_an_endless_reply_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("primetime.sources.transport.LARGEST_REPLY", 10)
    with pytest.raises(SourceUnavailable, match="more than"):
        Asked(httpx.Response(200, content=b"x" * 11)).ask()


def test_the_same_question_is_asked_once() -> None:
    asked = Asked(httpx.Response(200, content=b"good"))
    assert asked.ask(keep_seconds=60) == asked.ask(keep_seconds=60) == b"good"
    assert len(asked.requests) == 1


def test_a_key_is_sent_but_neither_kept_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        asked = Asked(httpx.Response(503), httpx.Response(200, content=b"good"))
        asked.ask(keep_seconds=60)
    assert asked.requests[0].url.params["api_key"] == "secret"
    assert list(asked.turns.replies) == [reply_key("PubMed", "esearch.fcgi", {"term": "asthma"})]
    assert "secret" not in caplog.text
    assert "secret" not in repr(SOURCE)


def test_a_long_query_goes_into_the_body() -> None:
    asked = Asked(httpx.Response(200, content=b"good"))
    asked.ask(post=True)
    assert asked.requests[0].method == "POST"
    assert asked.requests[0].url.query == b""
    assert b"term=asthma" in asked.requests[0].content


def test_pauses_grow_and_have_an_end() -> None:
    assert [pause(attempt, 1.0) for attempt in range(6)] == [1, 2, 4, 8, 16, 30]
    assert pause(4, 0.0) == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12", 12.0), ("Wed, 25 Nov 2026 00:01:00 GMT", 60.0), ("", None), ("soon", None), ("-3", None), ("٣", None)],
)
def test_retry_after_is_a_number_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after(text, datetime(2026, 11, 25, tzinfo=UTC)) == seconds


def test_nothing_of_this_room_sleeps_a_fixed_time(repository: Path) -> None:
    for file in (repository / "app" / "primetime" / "sources").glob("*.py"):
        assert "time.sleep" not in file.read_text()
