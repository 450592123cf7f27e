"""A release's name: the same for the same tree, another for another."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

TREE = {
    "app/primetime/__init__.py": "",
    "app/primetime/encoder/building.py": "def build(): ...\n",
    "app/primetime/articles/queries.sql": "-- name: find\nselect 1;\n",
    "app/web/src/app.html": "<title>Prime Time</title>\n",
    "docker/app/Dockerfile": "FROM scratch\n",
    "requirements/serve.txt": "numpy==2\n",
    "requirements/dev.txt": "pytest==8\n",
    "requirements/torch.txt": "torch==2\n",
    "pyproject.toml": "[project]\n",
}


@pytest.fixture
def identity(role_module: Callable[[str], ModuleType]) -> ModuleType:
    return role_module("artifacts/files/release_identity.py")


def plant(root: Path) -> Path:
    for name, content in TREE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path / "repository")


def name_of(identity: ModuleType, tree: Path, **changed: str) -> str:
    return str(identity.release_id(tree, **({"base_image": "debian:12-slim", "model_hash": "40a59b63"} | changed)))


def test_the_same_tree_elsewhere_and_later_has_the_same_name(identity: ModuleType, tree: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(tree, copy)
    for path in copy.rglob("*"):
        os.utime(path, (0, 0))
    assert name_of(identity, copy) == name_of(identity, tree)
    assert len(name_of(identity, tree)) == 12


@pytest.mark.parametrize(
    "source", [name for name in TREE if name not in ("requirements/dev.txt", "requirements/torch.txt")]
)
def test_every_source_decides_the_name(identity: ModuleType, tree: Path, source: str) -> None:
    before = name_of(identity, tree)
    with (tree / source).open("a") as file:
        file.write("another line\n")
    assert name_of(identity, tree) != before


def test_a_renamed_file_is_another_release(identity: ModuleType, tree: Path) -> None:
    before = name_of(identity, tree)
    (tree / "app/primetime/articles/queries.sql").rename(tree / "app/primetime/articles/other.sql")
    assert name_of(identity, tree) != before


def test_model_and_base_image_decide_the_name(identity: ModuleType, tree: Path) -> None:
    names = {
        name_of(identity, tree),
        name_of(identity, tree, model_hash="other"),
        name_of(identity, tree, base_image="localcloud/debian:bookworm"),
    }
    assert len(names) == 3


@pytest.mark.parametrize(
    "product",
    [
        "app/primetime/__pycache__/x.cpython-311.pyc",
        "app/primetime/stale.pyc",
        "app/web/node_modules/vite/index.js",
        "app/web/build/index.html",
        "app/web/.svelte-kit/output.js",
    ],
)
def test_what_builds_leave_behind_does_not_count(identity: ModuleType, tree: Path, product: str) -> None:
    before = name_of(identity, tree), identity.keys(tree)
    (tree / product).parent.mkdir(parents=True, exist_ok=True)
    (tree / product).write_text("made by a build")
    assert (name_of(identity, tree), identity.keys(tree)) == before


def test_each_part_has_a_name_of_its_own(identity: ModuleType, tree: Path) -> None:
    before = identity.keys(tree)
    (tree / "app/web/src/app.html").write_text("<title>Prime Time 2</title>\n")
    after = identity.keys(tree)
    assert {part for part in before if before[part] != after[part]} == {"site"}


def test_the_encoder_is_built_again_for_another_source_or_other_packages(identity: ModuleType, tree: Path) -> None:
    default = identity.keys(tree)["encoder"]
    other_source = identity.keys(tree, model_source="NeuML/pubmedbert-base-embeddings")["encoder"]
    (tree / "requirements/torch.txt").write_text("torch==3\n")
    assert len({default, other_source, identity.keys(tree)["encoder"]}) == 3


def test_a_missing_source_is_said_in_one_line(repository: Path, tree: Path) -> None:
    (tree / "docker/app/Dockerfile").unlink()
    (tree / "docker/app").rmdir()
    script = repository / "roles/artifacts/files/release_identity.py"
    run = subprocess.run(
        [sys.executable, str(script), "keys", "--repository", str(tree)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 3
    assert run.stdout == ""
    assert run.stderr.count("\n") == 1
    assert "docker/app" in run.stderr


def test_the_command_prints_what_the_functions_say(repository: Path, identity: ModuleType, tree: Path) -> None:
    script = repository / "roles/artifacts/files/release_identity.py"
    command = [sys.executable, str(script), "release", f"--repository={tree}"]
    options = ["--base-image=debian:12-slim", "--model-hash=40a59b63"]
    run = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == {"release_id": name_of(identity, tree)}


@given(parts=st.dictionaries(st.text(), st.text(), max_size=6))
def test_the_order_of_parts_never_counts(parts: dict[str, str]) -> None:
    import importlib.util

    path = Path(__file__).resolve().parents[3] / "roles/artifacts/files/release_identity.py"
    spec = importlib.util.spec_from_file_location("identity_for_properties", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    backwards = dict(reversed(list(parts.items())))
    assert module.combined_hash(parts) == module.combined_hash(backwards)
