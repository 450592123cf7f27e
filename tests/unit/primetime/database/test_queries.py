"""Named queries."""

import sys
from pathlib import Path

import pytest

from primetime.database.queries import load_queries


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "package_of_queries"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, folder.name, raising=False)
    return folder


def test_queries_are_found_by_name(package: Path) -> None:
    (package / "queries.sql").write_text("-- About.\n\n-- name: one\nSELECT 1;\n\n-- name: two\n-- Why.\nSELECT 2\n")
    queries = load_queries(package.name)
    assert {name: query.as_string() for name, query in queries.items()} == {
        "one": "SELECT 1",
        "two": "-- Why.\nSELECT 2",
    }


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("SELECT 1", "has no"),
        ("SELECT 1;\n-- name: one\nSELECT 1", "before its first"),
        ("-- name: one\nSELECT 1\n-- name: one\nSELECT 2", "twice"),
    ],
)
def test_a_file_that_cannot_be_told_apart_is_refused(package: Path, text: str, cause: str) -> None:
    (package / "queries.sql").write_text(text)
    with pytest.raises(ValueError, match=cause):
        load_queries(package.name)
