import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.analysis import phrases as counting
from primetime.analysis.phrases import used_phrases
from primetime.analysis.words import END, Words

HEART = "Heart failure, enalapril 25 mg daily versus captopril"


def by_hand(texts: list[str], least: int) -> dict[str, list[int]]:
    """Which texts use which phrase of up to three of their words, which stand a space apart; / ends a run."""
    uses: dict[str, set[int]] = {}
    for place, text in enumerate(texts):
        for run in text.split("/"):
            words = run.split()
            for first in range(len(words)):
                for last in range(first + 1, min(first + 3, len(words)) + 1):
                    uses.setdefault(" ".join(words[first:last]), set()).add(place)
    return {phrase: sorted(found) for phrase, found in uses.items() if len(found) >= least}


def found_in(texts: list[str]) -> dict[str, list[int]]:
    phrases, matrix = used_phrases(Words(texts))
    assert phrases == sorted(phrases)
    assert set(matrix.data.tolist()) <= {1.0}
    columns = matrix.tocsc()
    return {phrase: np.sort(columns[:, place].indices).tolist() for place, phrase in enumerate(phrases)}


def test_phrases_do_not_reach_across_stop_words_marks_or_numbers() -> None:
    assert set(found_in([HEART, HEART])) == {"heart", "failure", "heart failure", "enalapril", "captopril"}


def test_words_end_their_runs_and_their_texts() -> None:
    words = Words(["Heart failure of children", "", "children"])
    assert words.vocabulary == ["heart", "failure", "children"]
    assert words.runs.tolist() == [0, 1, END, 2, END, 2, END]
    assert words.ends.tolist() == [0, 5, 5, 7]


TEXTS = st.lists(st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "/"]), max_size=12).map(" ".join),
                 min_size=1, max_size=30)  # fmt: skip


@given(TEXTS)
def test_every_phrase_that_two_texts_use_is_counted_once_a_text(texts: list[str]) -> None:
    assert found_in(texts) == by_hand(texts, least=2)


@given(TEXTS, st.integers(1, 9))
def test_counting_part_by_part_does_not_change_what_is_found(texts: list[str], part: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "_PART", part)
        patch.setattr(counting, "_WAITING", 3)
        assert found_in(texts) == by_hand(texts, least=2)


@given(TEXTS, st.integers(1, 12))
def test_of_too_many_phrases_the_most_used_are_kept(texts: list[str], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "MOST", most)
        found = found_in(texts)
    every = by_hand(texts, least=2)
    ranked = sorted(every, key=lambda phrase: (-len(every[phrase]), phrase))[:most]
    assert found == {phrase: every[phrase] for phrase in ranked}


def test_of_a_hundred_texts_three_must_use_a_phrase() -> None:
    texts = ["alpha beta"] * 2 + ["gamma delta"] * 3 + [""] * 95
    assert set(found_in(texts)) == {"gamma", "delta", "gamma delta"}
    assert set(found_in(texts[:99])) == {"gamma", "delta", "gamma delta", "alpha", "beta", "alpha beta"}


@pytest.mark.parametrize("texts", [[], [""], ["the of", "123 !"]])
def test_texts_without_words_have_no_phrases(texts: list[str]) -> None:
    phrases, matrix = used_phrases(Words(texts))
    assert phrases == []
    assert matrix.shape == (len(texts), 0)
