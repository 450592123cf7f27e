"""Runs one playbook as a person at a terminal wants to see it: where it is, how long each play took, why it stopped."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
ANSIBLE_PLAYBOOK = Path(sys.executable).parent / "ansible-playbook"


@dataclass(frozen=True, kw_only=True)
class Recap:
    """How a playbook ended."""

    status: int  # ansible-playbook's exit status; 0 is success
    seconds: float
    changed: int  # tasks that changed something, over all hosts
    changes: tuple[str, ...]  # theirs: "name (host)"
    plays: Mapping[str, float]  # seconds of each play, in order
    failure: str | None  # "task: cause", one line


def run_playbook(
    playbook: Path,
    *,
    inventory: Path,
    log: Path,
    variables: Mapping[str, str] | None = None,
    check: bool = False,
    quiet: bool = False,
) -> Recap:
    """Run PLAYBOOK; every event goes to LOG as a line of JSON, what a person needs to standard error.

    CHECK runs it in check mode with differences: the recap then tells what would change.

    Raises OSError when ansible-playbook cannot be started.
    """
    command = [str(ANSIBLE_PLAYBOOK), str(playbook), "--inventory", str(inventory)]
    if variables:
        command += ["--extra-vars", json.dumps(dict(variables))]
    if check:
        command += ["--check", "--diff"]
    environment = os.environ | {
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.jsonl",
        "ANSIBLE_CONFIG": str(REPOSITORY / "ansible.cfg"),
        "PATH": f"{ANSIBLE_PLAYBOOK.parent}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "PYTHONWARNINGS": "ignore",  # the callback itself uses a deprecated clock
    }
    started = time.monotonic()
    story = _Story(quiet=quiet)
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as journal,
        subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            journal.write(line)
            journal.flush()
            story.hear(line)
    seconds = time.monotonic() - started
    story.end()
    failure = None
    if process.returncode != 0:
        failure = story.failure or story.last_words or f"ansible-playbook ended with status {process.returncode}"
    return Recap(
        status=process.returncode,
        seconds=seconds,
        changed=story.changed,
        changes=tuple(story.changes),
        plays=story.plays,
        failure=failure,
    )


class _Story:
    """What has been heard so far of a run."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.changed = 0
        self.changes: list[str] = []
        self.plays: dict[str, float] = {}
        self.failure: str | None = None
        self.last_words: str | None = None
        self._play: str | None = None
        self._since = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def hear(self, line: str) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            # Ansible's own errors (a playbook that doesn't parse) come before the first event, as plain text.
            if text := line.strip():
                self.last_words = (
                    text if text.startswith(("ERROR", "[ERROR]")) or not self.last_words else self.last_words
                )
            return
        match event.get("_event"):
            case "v2_playbook_on_play_start":
                self._turn(event["play"]["name"])
            case "v2_playbook_on_task_start":
                self._show_task(event["task"]["name"])
            case "v2_runner_on_ok":
                changed = (host for host, result in event["hosts"].items() if result.get("changed"))
                self.changes.extend(f"{event['task']['name']} ({host})" for host in changed)
            case "v2_runner_on_failed" | "v2_runner_on_unreachable":
                for host, result in event["hosts"].items():
                    self.failure = f"{event['task']['name']} ({host}): {' '.join(_causes(result))[:1000]}"
            case "v2_playbook_on_stats":
                self.changed = sum(host["changed"] for host in event["stats"].values())

    def end(self) -> None:
        self._turn(None)

    def _turn(self, play: str | None) -> None:
        now = time.monotonic()
        if self._play is not None:
            self.plays[self._play] = self.plays.get(self._play, 0.0) + now - self._since
            self._say(f"  {self._play} ({now - self._since:.0f} s)", last=True)
        self._play, self._since = play, now
        if play is not None and self._terminal:
            self._say(f"  {play} …")

    def _show_task(self, name: str) -> None:
        if self._terminal:
            self._say(f"  {self._play}: {name}"[: os.get_terminal_size(sys.stderr.fileno()).columns - 1])

    def _say(self, text: str, *, last: bool = False) -> None:
        if self.quiet:
            return
        start = "\r\x1b[2K" if self._terminal else ""
        print(f"{start}{text}", end="\n" if last or not self._terminal else "", file=sys.stderr, flush=True)


def _causes(result: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a failed result that say why, the most telling first."""
    for item in result.get("results", []):
        if item.get("failed"):
            yield from _causes(item)
            return
    for key in ("msg", "stderr", "module_stderr"):
        if text := " ".join(str(result.get(key) or "").split()):
            yield text
            if key == "msg" and text not in ("non-zero return code", "MODULE FAILURE"):
                return
