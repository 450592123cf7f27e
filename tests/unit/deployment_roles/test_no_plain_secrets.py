"""No file of the deployment holds a secret in plain text: what is called one is asked for, made up or encrypted."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

SECRET = re.compile(r"(password|secret|token|api[-_/]?key|access[-_/]?key|private[-_/]?key)s?$", re.IGNORECASE)
# localcloud's own, which open nothing: any pair of keys and any key of OpenAlex's will do there.
OPENS_NOTHING = {"any-pair-opens-it", "stand-in-for-openalex"}


class Loader(yaml.SafeLoader):
    """YAML with ansible-vault's tag, whose values are encrypted."""


Loader.add_constructor("!vault", lambda _loader, _node: None)


def plain(value: Any, name: str = "") -> Iterator[str]:
    """The names of what is called a secret and is written out, in variables however deep."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from plain(item, str(key))
    elif isinstance(value, list):
        for item in value:
            yield from plain(item, name)
    elif isinstance(value, str) and SECRET.search(name) and value and "{{" not in value and value not in OPENS_NOTHING:
        yield name


def variable_files(repository: Path) -> list[Path]:
    patterns = ("inventory/**/*.yml", "roles/*/defaults/*.yml", "roles/*/vars/*.yml", "playbooks/vars/*.yml")
    return [path for pattern in patterns for path in repository.glob(pattern)]


def test_no_variable_holds_a_secret(repository: Path) -> None:
    files = variable_files(repository)
    assert len(files) > 20
    encrypted = [path for path in files if path.read_text().startswith("$ANSIBLE_VAULT;")]
    found = {path: list(plain(yaml.load(path.read_text(), Loader))) for path in files if path not in encrypted}
    assert {str(path): names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("database_password: hunter2", ["database_password"]),
        ("vault_secrets:\n  jwt/secret: hunter2", ["jwt/secret"]),
        ("settings:\n- {smtp_password: hunter2}\n- {pubmed_api_key: x}", ["smtp_password", "pubmed_api_key"]),
        ("AWS_SECRET_ACCESS_KEY: x", ["AWS_SECRET_ACCESS_KEY"]),
        ("tokens: [a, b]", ["tokens", "tokens"]),
        ("database_password: \"{{ lookup('ansible.builtin.env', 'PASSWORD') }}\"", []),
        ("database_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162", []),
        ("smtp_password: ''\npassword_length: 40\nsecrets__prefix: /prime-time", []),
    ],
)
def test_a_secret_that_is_written_out_would_be_found(text: str, names: list[str]) -> None:
    assert list(plain(yaml.load(text, Loader))) == names
