from hypothesis import given
from hypothesis import strategies as st

from primetime.keywords.candidates import candidates, ngrams
from primetime.keywords.query import LONGEST_TERM


def test_ngrams_have_one_to_four_words_and_no_stop_word_at_their_ends() -> None:
    found = ngrams("Side effects of blood pressure drugs in the elderly")
    assert "blood pressure drugs" in found
    assert "effects of blood pressure drugs" not in found  # five words
    assert "drugs in the elderly" not in found  # as a phrase it would find those who write it so, and no others
    assert "side effects" in found
    assert "low back pain" in ngrams("exercise against low back pain")
    assert not {"effects", "effects of blood"} & set(found)
    assert "quality of life" in ngrams("quality of life")
    assert not [one for one in found if one.split()[0] in ("of", "in", "the") or one.split()[-1] in ("of", "in", "the")]


def test_what_is_said_of_terms_is_in_none() -> None:
    found = ngrams("Do angiotensin receptor blockers cause fewer falls than diuretics?")
    assert found[-2:] == ["falls", "diuretics"]
    assert "angiotensin receptor blockers" in found
    assert not [one for one in found if "cause" in one or "fewer" in one]
    assert "causes of death" in ngrams("causes of death in epilepsy")
    assert ngrams("what causes asthma") == ["asthma"]


def test_no_ngram_goes_over_punctuation() -> None:
    assert "asthma children" not in ngrams("asthma, children")
    assert ngrams("COVID-19 vaccines")[:2] == ["covid-19", "covid-19 vaccines"]


def test_numbers_alone_are_nothing() -> None:
    assert ngrams("2020 and 1") == []


@given(st.text(max_size=200))
def test_every_ngram_comes_from_the_text(text: str) -> None:
    for one in ngrams(text):
        assert 1 <= len(one.split()) <= 4
        assert all(word in text.lower() for word in one.split())


def test_a_heading_goes_before_the_same_words() -> None:
    filed_under = [("mesh", "Asthma", 9), ("keyword", "asthma", 3), ("mesh", "Humans", 50), ("keyword", "wheeze", 2)]
    found = candidates("asthma in children", filed_under)
    assert {(one.text, one.origin, one.articles) for one in found} >= {("Asthma", "mesh", 9), ("wheeze", "keyword", 2)}
    assert "Humans" not in [one.text for one in found]
    assert [one.text.lower() for one in found].count("asthma") == 1


def test_what_is_longer_than_a_term_may_be_is_left_out() -> None:
    long = "a" * (LONGEST_TERM + 1)
    filed_under = [("mesh", f"B{long}", 9), ("keyword", f"c{long}", 9), ("mesh", long[1:], 9)]
    assert [one.text for one in candidates(f"{long} and asthma", filed_under)] == ["asthma", long[1:]]
