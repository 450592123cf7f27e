"""A release that cannot start: the deployment says so and stops, and the former release goes on answering."""

import json
import shutil
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Platform

BROKEN = "this release is broken on purpose"


def release_that_answers(platform: "Platform") -> str:
    with urllib.request.urlopen(f"{platform.url}/api/health", timeout=20) as reply:
        return str(json.load(reply)["release_id"])


def test_a_release_that_cannot_start_takes_nobody_down(platform: "Platform", repository: Path, tmp_path: Path) -> None:
    before = release_that_answers(platform)
    tree = tmp_path / "tree"
    ignored = shutil.ignore_patterns("node_modules", "build", ".svelte-kit", "__pycache__")
    for part in ("app", "docker", "localcloud", "requirements"):
        shutil.copytree(repository / part, tree / part, ignore=ignored)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(repository / file, tree / file)
    with (tree / "app/primetime/api/__init__.py").open("a") as module:
        module.write(f'\nraise RuntimeError("{BROKEN}")\n')

    variables = {"artifacts__repository": str(tree), "artifacts__build_directory": str(repository / "build")}
    run = platform.run(
        "ansible-playbook", "playbooks/release.yml", "-i", "inventory/local", "-e", json.dumps(variables)
    )

    assert run.returncode != 0
    assert BROKEN in run.stdout, run.stdout[-3000:]
    assert "did not become healthy" in run.stdout
    assert "it ended again and again" in run.stdout
    assert release_that_answers(platform) == before
    status = platform.run("ansible-playbook", "playbooks/verify.yml", "-i", "inventory/local")
    assert status.returncode == 0, status.stdout[-3000:]
