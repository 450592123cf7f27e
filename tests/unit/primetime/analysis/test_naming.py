import numpy as np
import pytest

from primetime.analysis.naming import Uses, name_topics
from primetime.analysis.words import Words

HEART = "Effects of ACE inhibitors in patients with heart failure. The ACE inhibitor enalapril improved survival."
LUNG = "A randomized study of inhaled corticosteroids for asthma: results in children with asthma exacerbations."
SKIN = "Psoriasis and phototherapy: plaque psoriasis treated with narrowband phototherapy in this trial."


def names(texts: list[str], labels: list[int], mesh: list[list[str]] | None = None):
    return name_topics(Uses.of(Words(texts), mesh), np.asarray(labels))


def test_topics_are_named_by_what_sets_them_apart() -> None:
    heart, lung, skin = names([HEART] * 5 + [LUNG] * 5 + [SKIN] * 5, [0] * 5 + [1] * 5 + [2] * 5)
    assert "heart failure" in heart.terms
    assert "asthma" in " ".join(lung.terms)
    assert "psoriasis" in skin.name.lower()


@pytest.mark.parametrize("word", ["patients", "study", "results", "trial", "effects", "the", "randomized"])
def test_words_of_every_abstract_name_nothing(word: str) -> None:
    for topic in names([HEART] * 5 + [LUNG] * 5 + [SKIN] * 5, [0] * 5 + [1] * 5 + [2] * 5):
        assert word not in " ".join(topic.terms).split()


def test_no_term_repeats_another_ones_words() -> None:
    for topic in names([HEART] * 5 + [LUNG] * 5, [0] * 5 + [1] * 5):
        words = [word.rstrip("s") for term in topic.terms for word in term.split()]
        assert len(words) == len(set(words)), topic.terms


def test_over_represented_mesh_headings_lead_the_name() -> None:
    mesh = [["Humans", "Heart Failure", "Aged"]] * 5 + [["Humans", "Asthma", "Child"]] * 5
    heart, lung = names([HEART] * 5 + [LUNG] * 5, [0] * 5 + [1] * 5, mesh)
    assert heart.mesh == ["Heart Failure"]
    assert heart.name.startswith("Heart Failure")
    assert lung.name.startswith("Asthma")


def test_a_heading_common_to_all_topics_names_none() -> None:
    mesh = [["Hypertension"]] * 10
    assert [topic.mesh for topic in names([HEART] * 5 + [LUNG] * 5, [0] * 5 + [1] * 5, mesh)] == [[], []]


def test_topics_with_the_same_words_have_different_names() -> None:
    found = [topic.name for topic in names([HEART] * 12, [0] * 4 + [1] * 4 + [2] * 4)]
    assert len(set(found)) == 3


def test_texts_without_words_are_numbered() -> None:
    assert [topic.name for topic in names(["the of", "123 !", "", ""], [0, 0, 1, 1])] == ["Topic 1", "Topic 2"]


def test_outliers_name_nothing() -> None:
    (only,) = names([HEART] * 5 + [LUNG] * 5, [0] * 5 + [-1] * 5)
    assert "asthma" not in " ".join(only.terms)
