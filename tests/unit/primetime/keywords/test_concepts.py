"""What a query begins with, for suggestions as the encoder and MeSH may give them."""

from dataclasses import replace

from primetime.keywords.concepts import MOST_TERMS, first_concepts, with_their_entry_terms
from primetime.keywords.query import build
from primetime.keywords.suggesting import Heading, Suggestions

INHIBITORS = "Angiotensin-Converting Enzyme Inhibitors"


def suggestions(concepts: list[list[str]], **entry_terms: list[str]) -> Suggestions:
    mesh = [Heading(name=name, score=0.5, articles=2, entry_terms=terms) for name, terms in entry_terms.items()]
    return Suggestions(idea="", keywords=[], mesh=mesh, concepts=concepts, nearest=0, model_hash="")


def test_a_heading_stands_with_the_word_that_mesh_has_for_it() -> None:
    concepts = [["receptor blockers", INHIBITORS, "angiotensin"], ["ace inhibitors"], ["elderly"]]
    found = first_concepts(suggestions(concepts, **{INHIBITORS: ["ACE Inhibitors", "Kininase II Inhibitors"]}))
    assert build(found) == (
        '("receptor blockers"[tiab] OR "angiotensin"[tiab]) AND '
        f'("ace inhibitors"[tiab] OR "{INHIBITORS}"[mh] OR "Kininase II Inhibitors"[tiab])'
    )
    assert [concept.name for concept in found] == ["receptor blockers", "ace inhibitors", "elderly"]
    assert [any(term.on for term in concept.terms) for concept in found] == [True, True, False]


def test_words_for_one_heading_are_one_concept() -> None:
    heading = Heading(name="Myocardial Infarction", score=0.5, articles=2, entry_terms=["Heart Attack"])
    concepts = [["aspirin"], ["heart attack"], ["myocardial infarction", "prevention"], ["Myocardial Infarction"]]
    together = ["heart attack", "myocardial infarction", "Myocardial Infarction"]
    assert with_their_entry_terms(concepts, [heading]) == [["aspirin"], together, ["prevention"]]
    alone = replace(heading, entry_terms=["Coronary"])
    assert with_their_entry_terms([["aspirin"], ["Myocardial Infarction"]], [alone]) == [
        ["aspirin"],
        ["Myocardial Infarction"],
    ]


def test_an_entry_term_stands_in_one_concept_alone() -> None:
    found = first_concepts(suggestions([["Asthma"], ["Wheezing"]], Asthma=["Wheeze"], Wheezing=["Wheeze", "wheezes"]))
    assert [[term.text for term in concept.terms] for concept in found] == [
        ["Asthma", "Wheeze"],
        ["Wheezing", "wheezes"],
    ]


def test_a_concept_has_room_for_its_own_words_first() -> None:
    entries = [f"entry {number}" for number in range(MOST_TERMS)]
    (found,) = first_concepts(suggestions([["Asthma", "childhood asthma"]], Asthma=entries))
    assert len(found.terms) == MOST_TERMS
    assert [term.text for term in found.terms[:3]] == ["Asthma", "childhood asthma", "entry 0"]
