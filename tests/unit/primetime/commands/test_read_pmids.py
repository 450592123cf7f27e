from pathlib import Path

import pytest

from primetime.commands.analysis import read_pmids
from primetime.errors import BadInput


def test_pmids_are_read_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "pmids.txt"
    file.write_text("123\n\n 456 \n")
    assert read_pmids(file) == [123, 456]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"123\nabc\n", "line 2: 'abc' is no PMID"),
        (b"0\n", "line 1"),
        (b"\n\n", "has no PMID"),
        (b"\xff\xfe", "cannot read"),
    ],
)
def test_what_is_no_list_of_pmids_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "pmids.txt"
    file.write_bytes(content)
    with pytest.raises(BadInput, match=said):
        read_pmids(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cannot read .*absent"):
        read_pmids(tmp_path / "absent")
