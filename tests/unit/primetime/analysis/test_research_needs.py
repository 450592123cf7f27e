import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.analysis.research_needs import research_needs, sentences


@pytest.mark.parametrize(
    "sentence",
    [
        "Further studies are needed to confirm these findings.",
        "Larger randomized controlled trials with longer follow-up are therefore required.",
        "Additional research on the elderly is warranted.",
        "This question calls for further prospective research.",
        "These results should be confirmed in children.",
        "The mechanism remains largely unknown.",
        "Its effect on mortality is still controversial.",
        "Little is known about the long-term safety of these drugs.",
        "No randomised trials have compared the two.",
        "The optimal dose remains to be determined.",
        "The role of the receptor has yet to be elucidated.",
        "Its mechanism still needs to be clarified.",
        "Further studies are warranted.",
        "More research is required.",
        "More research needs to be done on polypharmacy.",
        "Future trials should include women.",
        "Comparative trials of anticonvulsants in the elderly are needed.",
        "Large randomised trials are needed.",
        "Evidence from randomised trials is lacking.",
        "Long-term safety data are lacking for most of them.",
        "The effects in children remain unclear.",
        "This association warrants investigation.",
        "There is an urgent need for trials.",
        "There is a paucity of data on children.",
        "There are only few controlled studies of this drug.",
        "The evidence remains inconclusive.",
        "Its efficacy has not yet been established.",
        "The pathogenesis is incompletely understood.",
        "Whether it helps remains the subject of much debate.",
        "Its effect should also be tested in larger trials.",
        "Further studies are not needed in adults, but the dose for children is unknown.",
    ],
)
def test_a_need_is_found_word_for_word(sentence: str) -> None:
    abstract = f"Asthma is common. We treated 30 patients (p = 0.03). {sentence} The drug was cheap."
    (found,) = research_needs([7], [abstract])
    assert (found.pmid, found.sentence) == (7, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Treatment is required in most patients.",
        "The study was needed for approval.",
        "It is known that zinc helps.",
        "Further treatment was given to 12 patients.",
        "The patients needed two more tablets.",
        "Further studies are not needed.",
        "No further research is needed.",
        "Additional trials are no longer necessary.",
        "This finding does not warrant further study.",
        "It can be told without the need for further studies.",
        "The test obviates the need for further investigations.",
        "The data show that the receptor is needed for growth.",
        "The effects are not limited to adults, as the data show.",
        "There is no evidence that it harms.",
        "All families should be examined for similar lesions.",
        "",
    ],
)
def test_what_is_no_need_is_not_taken_for_one(sentence: str) -> None:
    assert research_needs([7], [sentence]) == []


def test_an_article_has_two_at_most_and_the_list_an_end() -> None:
    abstract = "The cause is unknown. The cure remains unclear. Further studies are needed. More work is required."
    found = research_needs([1, 2, 3], [abstract] * 3, shown=5)
    assert [one.pmid for one in found] == [1, 1, 2, 2, 3]
    assert found[0].sentence == "Further studies are needed."


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = "Smith et al. Found no effect vs. Placebo of vitamin B. The end. (A note.) 12 were lost."
    assert list(sentences(text)) == [
        "Smith et al. Found no effect vs. Placebo of vitamin B. The end.", "(A note.) 12 were lost.",
    ]  # fmt: skip


@given(st.text(alphabet=st.sampled_from("Aa .!?\n(8'needs further studies"), max_size=200))
def test_sentences_are_parts_of_the_text_and_lose_nothing_but_space(text: str) -> None:
    found = list(sentences(text))
    assert all(one in text for one in found)
    assert "".join("".join(found).split()) == "".join(text.split())
