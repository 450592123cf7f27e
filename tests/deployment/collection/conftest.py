"""Runs the collection's modules and inventory with ansible-playbook against a small cloud with real machines."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import SmallCloud


class Player:
    """Runs tasks and inventories against a small cloud, and counts the changing calls."""

    def __init__(self, cloud: "SmallCloud", repository: Path, directory: Path) -> None:
        self.cloud, self.directory = cloud, directory
        self._seen = 0
        (directory / "ansible.cfg").write_text("[defaults]\n")  # none of the checkout's or the user's
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
        self.environment = kept | {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": cloud.url,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "ANSIBLE_COLLECTIONS_PATH": str(repository / "collections"),
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "ANSIBLE_CONFIG": str(directory / "ansible.cfg"),
            "ANSIBLE_TRANSPORT": "local",
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        executable = str(Path(sys.executable).parent / command[0])
        return subprocess.run(
            [executable, *command[1:]],
            env=self.environment | environment,
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def play(self, *tasks: tuple[str, dict[str, Any]], check: bool = False, fails: bool = False) -> Any:
        """Results in order, up to the failed one if it is to fail. A name without dots is this collection's module."""
        named = [(name if "." in name else f"primetime.lightsail.{name}", options) for name, options in tasks]
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": sys.executable},
            "tasks": [{name: options} for name, options in named],
        }
        file = self.directory / "playbook.yml"
        file.write_text(yaml.safe_dump([play]))
        run = self.run("ansible-playbook", "--diff", "-i", "localhost,", *(["--check"] if check else []), str(file))
        assert (run.returncode != 0) == fails, run.stdout + run.stderr
        report = json.loads(run.stdout[run.stdout.index("{") :])
        return [task["hosts"]["localhost"] for task in report["plays"][0]["tasks"]]

    def changing(self) -> list[str]:
        """The changing calls since the last look."""
        calls = [json.loads(line) for line in self.cloud.calls.read_text().splitlines()]
        fresh, self._seen = calls[self._seen :], len(calls)
        return [call["operation"] for call in fresh if call["mutating"]]

    def inventory(self, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("ansible-inventory", "-i", str(self.directory / name), "--list", **environment)


@pytest.fixture
def player(cloud: "SmallCloud", repository: Path, tmp_path: Path) -> Player:
    """For the small cloud that the module starts; it counts from here on."""
    made = Player(cloud, repository, tmp_path)
    if cloud.calls.exists():
        made.changing()
    return made
