"""One run at a time: whoever lives has the lock, and whoever was killed has it no more."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def lock(role_module: Callable[[str], ModuleType]) -> ModuleType:
    return role_module("lock/action_plugins/hold_lock.py")


def test_another_that_lives_is_told_and_one_that_was_killed_is_not(lock: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "new" / "production.lock"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert lock.take(path, other.pid) is None
        assert lock.take(path, other.pid) is None  # the next play of the same run
        assert lock.take(path, os.getpid())["process"] == other.pid
        other.kill()
    assert lock.take(path, os.getpid()) is None
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_one_that_was_killed_and_whose_end_nobody_asked_for_locks_nothing(lock: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        lock.take(path, other.pid)
        other.kill()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # it stays listed
        assert Path(f"/proc/{other.pid}").exists()
        assert lock.take(path, os.getpid()) is None


def test_a_process_with_a_number_that_was_anothers_is_not_taken_for_it(lock: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text(f'{{"process": {os.getpid()}, "began": "0", "since": "2026-11-25T12:00:00+00:00"}}')
    assert lock.take(path, 1) is None


@pytest.mark.parametrize("text", ["", "{", "not JSON"])
def test_a_file_that_was_cut_short_locks_nothing(lock: ModuleType, tmp_path: Path, text: str) -> None:
    path = tmp_path / "lock"
    path.write_text(text)
    assert lock.take(path, os.getpid()) is None
    assert lock.take(path, 1)["process"] == os.getpid()


def test_what_is_not_there_never_began(lock: ModuleType) -> None:
    assert lock.began(2**22 + 1) == ""
    assert lock.began(os.getpid()).isdecimal()
