from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.commands.text_lines import read_texts
from primetime.errors import BadInput


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("lines") / "texts.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps({"text": text}) for text in texts))
    assert read_texts(path) == texts


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (b"heart failure", "not JSON"),
        (b'{"text": "caf\xe9"}', "not JSON in UTF-8"),
        (b'{"title": "heart"}', "has no text"),
        (b'{"text": null}', "has no text"),
        (b'["text"]', "has no text"),
        (b"", "is empty"),
        (b" \t\r", "is empty"),
    ],
)
def test_a_line_that_is_no_text_is_named(tmp_path: Path, line: bytes, cause: str) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_bytes(b'{"text": "good"}\n' + line + b"\n")
    with pytest.raises(BadInput, match=cause) as caught:
        read_texts(path)
    assert f"{path}:2" in caught.value.one_line


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_end_of_the_last_line_begins_no_other(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_bytes(b'{"text": "a"}\r\n{"text": ""}' + end)
    assert read_texts(path) == ["a", ""]
    path.write_bytes(b"")
    assert read_texts(path) == []


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot read"):
        read_texts(tmp_path / "none")
