"""Limits: per account, else per address; in a real Redis, in memory while it is gone, and back again."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import Role
from primetime.api import shelf as shelves
from primetime.api.allowance import Allowance, Use
from primetime.api.shelf import Shelf
from primetime.settings import Settings

PASSWORD = "correct horse battery"


@pytest.fixture
def app_settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"limit_general": 4, "limit_export": 2})


def sign_in(client: TestClient, role: Role) -> None:
    credentials = {"email": f"{role}@example.org", "password": PASSWORD}
    assert client.post("/api/v1/session", json=credentials).status_code == 200


def test_an_account_is_told_how_it_stands_and_refused_beyond(client: TestClient) -> None:
    sign_in(client, Role.READER)
    answers = [client.get("/api/v1/session") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert answers[0].headers["ratelimit-policy"] == '"general";q=4;w=3600'
    assert [answer.headers["ratelimit"].partition(";t=")[0] for answer in answers] == [
        f'"general";r={left}' for left in (3, 2, 1, 0, 0)
    ]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert "retry-after" not in answers[0].headers
    sign_in(client, Role.RESEARCHER)
    assert client.get("/api/v1/session").status_code == 200


def test_each_use_has_a_count_of_its_own(client: TestClient) -> None:
    sign_in(client, Role.READER)
    statuses = [client.get("/api/v1/export/csv").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.get("/api/v1/session").status_code == 200


def test_who_has_no_account_is_counted_by_address(client: TestClient) -> None:
    assert [client.get("/api/v1/articles").status_code for _ in range(5)] == [401] * 4 + [429]
    sign_in(client, Role.READER)
    assert client.get("/api/v1/articles").status_code == 200


def test_whether_it_lives_is_told_as_often_as_somebody_asks(client: TestClient) -> None:
    answers = [client.get("/api/health") for _ in range(8)]
    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers


@contextmanager
def running_redis(folder: Path, port: int) -> Iterator[None]:
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_redis_counts_for_all_processes_and_memory_while_it_is_gone(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "_REDIS_AGAIN_SECONDS", 0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])

    async def count(*shelf: Shelf) -> list[int]:
        return [(await Allowance(one, settings).count(Use.EXPORT, "account:1")).remaining for one in shelf]

    async def life() -> None:
        one, two = Shelf(f"redis://127.0.0.1:{port}/0"), Shelf(f"redis://127.0.0.1:{port}/0")
        with running_redis(tmp_path, port):
            assert await count(one, two, one) == [9, 8, 7]
            await one.put("answer", b"kept", seconds=60)
            assert await two.get("answer") == b"kept"
        assert await count(one, two) == [9, 9]
        await one.put("answer", b"mine", seconds=60)
        assert (await one.get("answer"), await two.get("answer")) == (b"mine", None)
        with running_redis(tmp_path, port):
            assert await count(one, two) == [9, 8]
            assert await one.get("answer") is None
        await one.close()
        await two.close()

    anyio.run(life)


def test_memory_forgets_what_has_had_its_time_and_what_does_not_fit() -> None:
    async def life() -> None:
        shelf = Shelf(memory_bytes=10_000)
        await shelf.put("large", b"x" * 5_000, seconds=60)
        assert await shelf.get("large") is None
        await shelf.put("gone", b"x", seconds=0)
        assert await shelf.get("gone") is None
        for number in range(40):
            await shelf.put(str(number), b"x" * 500, seconds=60)
        kept = [number for number in range(40) if await shelf.get(str(number)) is not None]
        assert 0 < len(kept) <= 14
        assert 39 in kept

    anyio.run(life)
