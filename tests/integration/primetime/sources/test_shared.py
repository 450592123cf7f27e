"""Turns and replies on a real PostgreSQL, taken by several processes at once."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import anyio
import psycopg
import pytest

from primetime.database.connection import open_pool
from primetime.settings import Settings
from primetime.sources.shared import LongWaitError, Shared

# Each process says the moments of its turns, by the database's clock. It reads them in the transaction that took
# the turn, which holds the row: afterwards another may have taken the next.
TAKE = """
import sys, psycopg
from primetime.sources.shared import QUERIES
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    for _ in range(10):
        with connection.transaction():
            connection.execute(QUERIES["take_turn"], {"source": "PubMed", "spacing": 0.35, "longest": 60})
            print(connection.execute("SELECT extract(epoch FROM next_at) FROM source_turns").fetchone()[0])
"""


def test_turns_of_several_processes_are_as_far_apart_as_those_of_one(database_url: str, repository: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TAKE, database_url],
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(repository / "app"), "PATH": "/usr/bin"},
        )
        for _ in range(3)
    ]
    ended = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    turns = sorted(float(line) for out in ended for line in out.split())
    assert len(turns) == 30
    assert min(later - earlier for earlier, later in pairwise(turns)) >= 0.35 - 0.001


def test_the_first_turn_is_now_and_the_second_waits(settings: Settings) -> None:
    async def run() -> tuple[float, float, float]:
        with open_pool(settings) as pool:
            shared = Shared(pool)
            first, second = await shared.take_turn("PubMed", 10, 60), await shared.take_turn("PubMed", 10, 60)
            return first, second, await shared.take_turn("Crossref", 10, 60)

    first, second, other = anyio.run(run)
    assert (first, other) == (0.0, 0.0) or max(first, other) < 0.01
    assert second == pytest.approx(10, abs=1)


def test_a_source_that_asked_for_patience_gets_it_from_everybody(settings: Settings) -> None:
    async def run() -> float:
        with open_pool(settings) as pool:
            shared = Shared(pool)
            await shared.hold_back("PubMed", 60)
            await shared.hold_back("PubMed", 5)  # a shorter one does not end a longer one
            return await shared.take_turn("PubMed", 1, 120)

    assert anyio.run(run) == pytest.approx(60, abs=2)


def test_turns_that_nobody_waits_for_put_off_no_other(settings: Settings) -> None:
    async def run() -> tuple[int, float, float]:
        refused, told = 0, 0.0
        with open_pool(settings) as pool:
            shared = Shared(pool)
            await shared.hold_back("PubMed", 60)
            for _ in range(30):
                try:
                    await shared.take_turn("PubMed", 10, 20)
                except LongWaitError as error:
                    refused, told = refused + 1, error.seconds
            return refused, told, await shared.take_turn("PubMed", 10, 120)

    refused, told, turn = anyio.run(run)
    assert refused == 30
    assert 0 < turn <= told


def test_turns_that_were_taken_and_not_used_end_by_themselves(settings: Settings) -> None:
    async def run() -> tuple[int, float]:
        taken = 0
        with open_pool(settings) as pool:
            shared = Shared(pool)
            for _ in range(30):
                try:
                    await shared.take_turn("PubMed", 100, 350)
                except LongWaitError:
                    continue
                taken += 1
            return taken, await shared.take_turn("PubMed", 100, 1000)

    taken, turn = anyio.run(run)
    assert taken == 4  # now, and after 100, 200 and 300 seconds
    assert turn == pytest.approx(400, abs=50)


def test_a_kept_reply_expires(settings: Settings, connection: psycopg.Connection) -> None:
    async def run() -> tuple[bytes | None, bytes | None]:
        with open_pool(settings) as pool:
            shared = Shared(pool)
            await shared.keep("a", b"\x00reply", 60)
            kept = await shared.kept("a")
            connection.execute("UPDATE source_replies SET expires_at = now() - interval '1 second'")
            connection.commit()
            return kept, await shared.kept("a")

    assert anyio.run(run) == (b"\x00reply", None)
