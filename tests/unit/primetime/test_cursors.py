"""What a client hands back is what it was given, or is refused in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.cursors import read_cursor, write_cursor
from primetime.errors import BadInput

PARTS = st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"])))


@given(PARTS)
def test_a_key_comes_back_as_it_was(key: list[int | str | None]) -> None:
    assert read_cursor(write_cursor(key)) == key


@given(st.text(max_size=40))
def test_whatever_else_is_handed_in_is_a_list_or_refused(cursor: str) -> None:
    try:
        assert isinstance(read_cursor(cursor), list)
    except BadInput as error:
        assert str(error) == "the cursor is none that a page has given"


@pytest.mark.parametrize("cursor", ["", "-", "ä", "e30", "MQ", "WzE"])
def test_what_is_no_key_is_refused(cursor: str) -> None:
    with pytest.raises(BadInput, match="none that a page"):
        read_cursor(cursor)
