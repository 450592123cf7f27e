"""The command `primetime` as it is laid on a server, with another program in Docker's place."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment, StrictUndefined


@pytest.fixture
def command(repository: Path, tmp_path: Path) -> Path:
    role = repository / "roles" / "cron"
    variables = yaml.safe_load((role / "defaults" / "main.yml").read_text())
    template = (role / "templates" / "primetime.sh.j2").read_text()
    jinja = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)
    text = jinja.from_string(template).render(variables)
    script = tmp_path / "primetime"
    script.write_text(text.replace("/etc/prime-time/environment", str(tmp_path / "environment")))
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 5\n')
    docker.chmod(0o755)
    return script


def run(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(script), *arguments],
        env={**os.environ, "PATH": f"{script.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_work_that_nobody_waits_for_is_capped_and_gives_way_to_the_site(command: Path) -> None:
    (command.parent / "environment").write_text("PRIMETIME_RELEASE_ID=r-7\nPRIMETIME_LOG_LEVEL=info\n")
    done = run(command, "analyse", "--plan now")
    words = done.stdout.splitlines()
    assert done.returncode == 5, "the status is the platform's own"
    assert words[:2] == ["run", "--rm"]
    assert words[-3:] == ["prime-time/app:r-7", "analyse", "--plan now"]

    def given(option: str) -> str:
        return words[words.index(option) + 1]

    assert int(given("--cpu-shares")) < 1024, "fewer than the site's containers have"
    # Equal: no swap beyond, so that what needs more is ended and told of, and the server does not thrash.
    assert given("--memory") == given("--memory-swap") == "1280m"
    assert {"--read-only", "--init"} <= set(words)


def test_before_the_first_release_it_says_so(command: Path) -> None:
    done = run(command, "nightly")
    assert (done.returncode, done.stdout) == (7, "")
    assert "no release on this server yet" in done.stderr
