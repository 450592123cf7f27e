"""Every environment has the same variables, and production is read in one screen."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ENVIRONMENTS = ("local", "development", "staging", "production")
SCREEN_LINES = 50


def main_file(repository: Path, environment: str) -> Path:
    return repository / "inventory" / environment / "group_vars" / "all" / "main.yml"


def variables(repository: Path, environment: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(main_file(repository, environment).read_text())
    return found


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_has_productions_variables(repository: Path, environment: str) -> None:
    assert set(variables(repository, environment)) == set(variables(repository, "production"))
    assert variables(repository, environment)["environment_name"] == environment


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_has_one_screen_and_what_all_share(repository: Path, environment: str) -> None:
    lines = main_file(repository, environment).read_text().splitlines()
    assert len(lines) <= SCREEN_LINES
    shared = repository / "inventory" / "shared"
    beside = {path.name: path for path in main_file(repository, environment).parent.iterdir()}
    assert {path.name for path in shared.iterdir()} <= set(beside)
    for file in shared.iterdir():
        assert beside[file.name].resolve() == file
    # What only the local cloud has is in a file of its own.
    assert set(beside) - {"main.yml", *(path.name for path in shared.iterdir())} == (
        {"localcloud.yml"} if environment == "local" else set()
    )


def test_every_role_says_what_it_takes(repository: Path) -> None:
    roles = sorted(path.name for path in (repository / "roles").iterdir())
    assert roles
    for role in roles:
        folder = repository / "roles" / role
        specs = yaml.safe_load((folder / "meta" / "argument_specs.yml").read_text())["argument_specs"]
        options = {name for spec in specs.values() for name in spec.get("options") or {}}
        defaults = folder / "defaults" / "main.yml"
        settable = set(yaml.safe_load(defaults.read_text())) if defaults.exists() else set()
        assert settable <= options, f"{role} has defaults that its argument specs do not name"
        for option in options:
            assert option.startswith(f"{role}__"), f"{option} is not named as its role"
