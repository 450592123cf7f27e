"""Suggestions with the real encoder over stored articles; counts at the stand-in."""

from collections.abc import Iterator

import psycopg
import pytest

from primetime.articles.record import Article, MeshHeading
from primetime.articles.storing import store_articles
from primetime.encoder.serving import Encoder
from primetime.errors import BadInput
from primetime.keywords.counting import count
from primetime.keywords.mesh import entry_terms, learn
from primetime.keywords.query import Concept, Limits, Term
from primetime.keywords.suggesting import add_translated, suggest
from primetime.settings import Settings
from primetime.sources.eutils_replies import Translation
from primetime.sources.opening import Sources, open_sources
from primetime.vectors.storing import encode_missing

IDEA = "side effects of blood pressure drugs in elderly patients"


def heading(name: str) -> MeshHeading:
    return MeshHeading(ui="", name=name, major=False)


@pytest.fixture
def corpus(connection: psycopg.Connection, encoder: Encoder) -> None:
    drugs = [
        Article(
            pmid=pmid,
            title=f"Adverse reactions to antihypertensive medication among older adults, cohort {pmid}",
            mesh=(heading("Antihypertensive Agents"), heading("Humans")),
            keywords=("falls in old age",),
        )
        for pmid in range(1, 6)
    ]
    odd = Article(pmid=9, title="Falls of elderly patients on amlodipine", mesh=(heading("Accidental Falls"),))
    store_articles(connection, [*drugs, odd])
    connection.commit()
    encode_missing(connection, encoder)


def test_keywords_come_from_the_idea_and_from_what_is_near(
    connection: psycopg.Connection, encoder: Encoder, corpus: None
) -> None:
    found = suggest(connection, encoder, IDEA)
    assert 3 <= len(found.keywords) <= 7
    assert {"idea", "mesh"} <= {keyword.origin for keyword in found.keywords}
    scores = [keyword.score for keyword in found.keywords]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    # A heading of one article only, and the check tag on all, say nothing of the field.
    assert [one.name for one in found.mesh] == ["Antihypertensive Agents"]
    together = next(concept for concept in found.concepts if "Antihypertensive Agents" in concept)
    assert len(together) > 1


def test_without_any_article_the_idea_speaks_for_itself(connection: psycopg.Connection, encoder: Encoder) -> None:
    found = suggest(connection, encoder, IDEA)
    assert (found.nearest, found.mesh) == (0, [])
    assert {keyword.origin for keyword in found.keywords} == {"idea"}


@pytest.mark.parametrize("idea", ["too short", " " * 400, "x" * 1001, "of the and in but", "?!?!?!?!?!?!"])
def test_an_idea_that_is_none_is_refused(connection: psycopg.Connection, encoder: Encoder, idea: str) -> None:
    with pytest.raises(BadInput):
        suggest(connection, encoder, idea)


def test_what_pubmed_translated_is_an_entry_term_ever_after(
    connection: psycopg.Connection, encoder: Encoder, corpus: None
) -> None:
    meaning = '"antihypertensive agents"[MeSH Terms] OR ("blood"[All Fields] AND "drugs"[All Fields])'
    learn(connection, [Translation(words="Blood Pressure Drugs", meaning=meaning)])
    assert entry_terms(connection, ["Antihypertensive Agents"]) == {"Antihypertensive Agents": ["blood pressure drugs"]}
    found = add_translated(connection, encoder, suggest(connection, encoder, IDEA))
    assert found.mesh[0].entry_terms == ["blood pressure drugs"]


def test_a_translation_brings_a_heading_that_no_near_article_has(
    connection: psycopg.Connection, encoder: Encoder
) -> None:
    suggestions = suggest(connection, encoder, IDEA)
    words = suggestions.keywords[0].text
    learn(connection, [Translation(words=words, meaning='"myocardial infarction"[MeSH Terms]')])
    assert [one.name for one in add_translated(connection, encoder, suggestions).mesh] == ["Myocardial Infarction"]


@pytest.fixture
def sources(literature_settings: Settings) -> Iterator[Sources]:
    with open_sources(literature_settings) as sources:
        yield sources


HYPERTENSION = Concept(name="hypertension", terms=(Term(text="Hypertension", field="mesh"), Term(text="hypertens*")))
NONSENSE = Concept(name="nonsense", terms=(Term(text="qwertzuiop"),))
ASTHMA = Concept(name="asthma", terms=(Term(text="Asthma", field="mesh"),))


def test_the_whole_and_each_concept_are_counted(sources: Sources) -> None:
    counted = sources.portal.call(count, sources.pubmed, [HYPERTENSION, ASTHMA], Limits())
    alone = {one.name: one.count for one in counted.concepts}
    assert alone["hypertension"] > 30
    assert alone["asthma"] > 30
    assert counted.found.count <= min(alone.values())


def test_no_hits_and_what_gives_some(sources: Sources) -> None:
    counted = sources.portal.call(count, sources.pubmed, [HYPERTENSION, NONSENSE], Limits())
    assert (counted.found.count, counted.concepts[1].count) == (0, 0)
    (helpful,) = counted.relaxations
    assert helpful.relaxed.dropped == ("nonsense",)
    assert helpful.count == counted.concepts[0].count > 0


def test_where_no_one_part_is_to_blame_several_are_left_out(sources: Sources) -> None:
    other = Concept(name="other", terms=(Term(text="asdfghjkl"),))
    counted = sources.portal.call(count, sources.pubmed, [NONSENSE, other, ASTHMA], Limits())
    (helpful,) = counted.relaxations
    assert set(helpful.relaxed.dropped) == {"nonsense", "other"}


def test_limits_may_be_what_is_too_narrow(sources: Sources) -> None:
    counted = sources.portal.call(count, sources.pubmed, [ASTHMA], Limits(languages=("icelandic",)))
    assert [one.relaxed.dropped for one in counted.relaxations] == [("limits",)]
