"""The plans of the module key_pair, and its private key's file."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.key_pair import (
    DIGEST_TAG,
    key_digest,
    plan,
    write_private_key,
)

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample one@here"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOther one@here"


def described(public_key: str | None = None) -> dict[str, Any]:
    tags = [{"key": DIGEST_TAG, "value": key_digest(public_key)}] if public_key else []
    return {"name": "web", "fingerprint": "aa:bb", "tags": tags}


def wanted(**options: Any) -> dict[str, Any]:
    return {
        "name": "web",
        "state": "present",
        "public_key": None,
        "private_key_file": None,
        "replace": False,
        **options,
    }


def operations(description: Any, *, file_exists: bool = False, **options: Any) -> list[str]:
    return [step.operation for step in plan(description, wanted(**options), file_exists=file_exists).steps]


def test_import_remembers_which_key() -> None:
    assert operations(None, public_key=KEY) == ["import_key_pair", "tag_resource"]
    assert operations(described(KEY), public_key=KEY) == []


def test_the_comment_is_no_part_of_the_key() -> None:
    assert operations(described(KEY), public_key=KEY.replace("one@here", "another name")) == []


def test_another_key_is_refused_or_replaced() -> None:
    with pytest.raises(RefusedError, match=r"another public key.*replace: true"):
        operations(described(OTHER), public_key=KEY)
    calls = operations(described(OTHER), public_key=KEY, replace=True)
    assert calls == ["delete_key_pair", "import_key_pair", "tag_resource"]


def test_the_tags_of_a_key_that_is_replaced_are_kept() -> None:
    there = described(OTHER)
    there["tags"].append({"key": "cost", "value": "7"})
    tag = plan(there, wanted(public_key=KEY, replace=True)).steps[-1]
    assert tag.arguments == {
        "resourceName": "web",
        "tags": [{"key": "cost", "value": "7"}, {"key": DIGEST_TAG, "value": key_digest(KEY)}],
    }
    made = plan(there, wanted(private_key_file="/key", replace=True)).steps
    assert [step.operation for step in made] == ["delete_key_pair", "create_key_pair", "tag_resource"]


def test_a_key_of_unknown_origin_is_refused() -> None:
    with pytest.raises(RefusedError, match="didn't import"):
        operations(described(), public_key=KEY)


@pytest.mark.parametrize("text", ["", "ssh-rsa", "-----BEGIN PRIVATE KEY-----\nabc\n", KEY + "\n" + OTHER])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="no OpenSSH public key"):
        key_digest(text)


def test_a_made_pair_needs_its_file() -> None:
    assert operations(None, private_key_file="/keys/web") == ["create_key_pair"]
    assert operations(described(), private_key_file="/keys/web", file_exists=True) == []
    with pytest.raises(RefusedError, match="once"):
        operations(described(), private_key_file="/keys/web")
    with pytest.raises(RefusedError, match="overwrite"):
        operations(None, private_key_file="/keys/web", file_exists=True)


def test_delete() -> None:
    assert operations(described(KEY), state="absent") == ["delete_key_pair"]
    assert operations(None, state="absent") == []


def test_private_key_is_the_owners_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "key"
    write_private_key(file, "secret")
    assert file.read_text() == "secret\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["key"]


def test_a_private_key_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir()
    with pytest.raises(OSError, match="key"):
        write_private_key(tmp_path / "key", "secret")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
