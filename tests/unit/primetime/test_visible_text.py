"""What of a text a person can see."""

import pytest

from primetime.visible_text import hides, is_blank


@pytest.mark.parametrize(
    "text", ["a\u200bb", "a\u00adb", "\u202eab", "a\ufeff", "a\0", "a\u3164b", "a\ufe0f", "a\u034fb"]
)
def test_what_cannot_be_seen_is_found(text: str) -> None:
    assert hides(text)


@pytest.mark.parametrize("text", ["ada lovelace", "ελένη@παράδειγμα.gr", "o'neil+a/b@example.org", "日本", "हिन्दी"])
def test_what_people_write_hides_nothing(text: str) -> None:
    assert not hides(text)
    assert not is_blank(text)


@pytest.mark.parametrize("text", ["", "  ", "\t\u2003", "\u200b", " \u3164 ", "\u2800"])
def test_a_text_of_which_nothing_is_seen_is_blank(text: str) -> None:
    assert is_blank(text)


def test_a_joiner_within_a_word_leaves_it_visible() -> None:
    assert not is_blank("می\u200cخواهم")
