"""The night's script as it is laid on a server, with another command in the platform's place."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment, StrictUndefined

DAY = 24 * 3600
Night = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def stamp(tmp_path: Path) -> Path:
    path = tmp_path / "stamp"
    path.touch()
    return path


@pytest.fixture
def night(repository: Path, tmp_path: Path, stamp: Path) -> Night:
    """Runs the script; STATUSES are what the platform's command ends with, one after the other."""
    role = repository / "roles" / "cron"
    command = tmp_path / "primetime"
    command.write_text(
        f'#!/bin/sh\necho "$@" >>{tmp_path}/called\nn=$(wc -l <{tmp_path}/called)\n'
        f'exit "$(sed -n "${{n}}p" {tmp_path}/statuses)"\n'
    )
    command.chmod(0o755)
    variables = yaml.safe_load((role / "defaults" / "main.yml").read_text()) | {
        "cron__primetime": str(command),
        "cron__stamp": str(stamp),
        "cron__lock": str(tmp_path / "lock"),
        "cron__attempt_wait_seconds": 0,
    }
    script = tmp_path / "nightly"
    template = (role / "templates" / "nightly.sh.j2").read_text()
    script.write_text(Environment(undefined=StrictUndefined, autoescape=False).from_string(template).render(variables))

    def run(*arguments: str, statuses: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        (tmp_path / "statuses").write_text("\n".join(map(str, statuses)) + "\n")
        (tmp_path / "called").write_text("")
        done = subprocess.run(["sh", str(script), *arguments], capture_output=True, text=True, timeout=60, check=False)
        done.args = (tmp_path / "called").read_text().splitlines()
        return done

    return run


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_a_night_runs_once_and_leaves_its_stamp(night: Night, stamp: Path) -> None:
    age(stamp, 3 * DAY)
    done = night()
    assert (done.returncode, done.args) == (0, ["nightly --asked-by cron"])
    assert time.time() - stamp.stat().st_mtime < DAY


def test_a_failure_that_may_pass_is_tried_again(night: Night) -> None:
    done = night(statuses=(4, 1, 0))
    assert (done.returncode, len(done.args)) == (0, 3)
    assert "attempt 3 of 3 follows" in done.stderr
    assert (night(statuses=(4, 4, 4, 0)).returncode, len(night(statuses=(4, 4, 4, 0)).args)) == (4, 3)


def test_somebody_who_waits_gets_one_attempt(night: Night) -> None:
    done = night("--once", statuses=(4, 0))
    assert (done.returncode, done.args) == (4, ["nightly --asked-by hand"])


@pytest.mark.parametrize("status", [3, 5, 7])
def test_a_failure_that_would_come_again_is_not(night: Night, status: int) -> None:
    done = night(statuses=(status, 0))
    assert (done.returncode, len(done.args)) == (status, 1)


@pytest.mark.parametrize(("hours", "runs"), [(1, 0), (24, 0), (26, 1), (24 * 9, 1)])
def test_only_a_missed_night_is_made_up(night: Night, stamp: Path, hours: int, runs: int) -> None:
    age(stamp, hours * 3600)
    assert len(night("--if-missed").args) == runs
    assert len(night("--if-missed").args) == 0


def test_a_failed_night_is_not_a_missed_one(night: Night, stamp: Path) -> None:
    age(stamp, 2 * DAY)
    assert night(statuses=(3,)).returncode == 3
    assert night("--if-missed").args == []


@pytest.mark.parametrize("status", [4, 6])
def test_a_night_that_found_no_database_or_another_run_is_a_missed_one(night: Night, stamp: Path, status: int) -> None:
    age(stamp, 2 * DAY)
    assert night(statuses=(status,) * 3).returncode == status
    assert len(night("--if-missed").args) == 1
    assert night("--if-missed").args == []


def test_one_night_at_a_time(night: Night, tmp_path: Path, stamp: Path) -> None:
    age(stamp, 2 * DAY)
    with subprocess.Popen(
        ["flock", str(tmp_path / "lock"), "sh", "-c", "echo held; cat"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        done = night()
        assert (done.returncode, done.args) == (6, [])
        assert "gives way" in done.stderr
        holder.communicate()
    assert night("--if-missed").args == ["nightly --asked-by cron"]
