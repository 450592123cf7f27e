"""The cursor of a list's pages."""

import base64

import orjson
import pytest
from pydantic import ValidationError

from primetime.api.pages import LONGEST_PAGE, ListQuestion
from primetime.errors import BadInput


def packed(key: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def test_pages_follow_one_another() -> None:
    everything = [("a", 1), ("a", 2), ("ü, b", 3)]
    cursor, seen = None, []
    for _ in everything:
        question = ListQuestion(limit=1, cursor=cursor)
        after = question.key(str, int)
        left = [one for one in everything if after is None or one > after]
        shown, cursor = question.page(left[: question.limit + 1], lambda one: one)
        seen += shown
    assert (seen, cursor) == (everything, None)


def test_a_page_that_is_just_full_is_the_last() -> None:
    assert ListQuestion(limit=2).page([1, 2], lambda one: (one,)) == ([1, 2], None)
    assert ListQuestion(limit=2).page([], lambda one: (one,)) == ([], None)


def test_a_key_is_what_the_list_goes_by() -> None:
    assert ListQuestion().key(int) is ListQuestion().number() is ListQuestion().text() is None
    assert ListQuestion(cursor=packed([7])).number() == 7
    assert ListQuestion(cursor=packed(["a@example.org"])).text() == "a@example.org"


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "ä", "%%%", "====", packed(None), packed({}), packed([]), packed(["7"]), packed([7.0]), packed([True]),
     packed([-1]), packed([2**63]), packed([7, 7]), packed([[7]]), "[" * 4000],
)  # fmt: skip
def test_a_cursor_that_no_page_has_given_is_refused(cursor: str) -> None:
    with pytest.raises(BadInput, match="none that a page has given"):
        ListQuestion(cursor=cursor).number()


def test_a_text_that_no_database_holds_is_refused() -> None:
    with pytest.raises(BadInput, match="none that a page has given"):
        ListQuestion(cursor=packed(["a\0b"])).text()


@pytest.mark.parametrize("limit", [0, -1, LONGEST_PAGE + 1])
def test_a_limit_has_its_limits(limit: int) -> None:
    with pytest.raises(ValidationError):
        ListQuestion(limit=limit)
