"""Suggestions with the real encoder over stored articles; counts at the stand-in."""

from collections.abc import Iterator

import psycopg
import pytest

from primetime.articles.record import Article, MeshHeading
from primetime.articles.storing import store_articles
from primetime.encoder.serving import Encoder
from primetime.errors import BadInput
from primetime.keywords.counting import count, count_written
from primetime.keywords.mesh import EntryTerms, entry_terms, headings_to_ask, learn, learn_headings
from primetime.keywords.query import Concept, Limits, Term
from primetime.keywords.suggesting import add_translated, suggest, with_entry_terms
from primetime.settings import Settings
from primetime.sources.eutils_replies import Translation
from primetime.sources.mesh import Descriptor, WantedHeading
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
    expected = EntryTerms(terms=["blood pressure drugs"], known=False)
    assert entry_terms(connection, ["Antihypertensive Agents"]) == {"Antihypertensive Agents": expected}
    found = with_entry_terms(connection, suggest(connection, encoder, IDEA))
    assert found.mesh[0].entry_terms == ["blood pressure drugs"]
    assert not found.mesh[0].entry_terms_known  # MeSH may have others


AGENTS = "Antihypertensive Agents"


def told(connection: psycopg.Connection, *terms: str) -> None:
    answers = {AGENTS: Descriptor(identifier="D000959", terms=(AGENTS, *terms))} if terms else {}
    learn_headings(connection, [WantedHeading(name=AGENTS)], answers)


def test_what_mesh_says_comes_first_and_is_not_asked_for_again(
    connection: psycopg.Connection, encoder: Encoder, corpus: None
) -> None:
    learn(connection, [Translation(words="pressure drugs", meaning='"antihypertensive agents"[MeSH Terms]')])
    told(connection, "Agents, Antihypertensive", "Antihypertensives", "Pressure Drugs")
    (found,) = with_entry_terms(connection, suggest(connection, encoder, IDEA)).mesh
    assert (found.entry_terms, found.entry_terms_known) == (["Antihypertensives", "Pressure Drugs"], True)
    assert headings_to_ask(connection, [AGENTS, AGENTS.upper(), "Asthma"]) == [WantedHeading(name="Asthma")]


def test_a_heading_that_has_no_entry_terms_is_told_from_one_that_nobody_was_asked_about(
    connection: psycopg.Connection,
) -> None:
    learn_headings(
        connection,
        [WantedHeading(name="Asthma"), WantedHeading(name="Gone")],
        {"Asthma": Descriptor(identifier="D001249", terms=("Asthma",))},
    )
    found = entry_terms(connection, ["Asthma", "Gone", "Never Asked"])
    assert [(one.terms, one.known) for one in found.values()] == [([], True), ([], False), ([], False)]
    assert [one.name for one in headings_to_ask(connection, list(found))] == ["Never Asked"]


def test_a_year_later_mesh_is_asked_again_and_where_it_is_silent_the_terms_stay(
    connection: psycopg.Connection,
) -> None:
    told(connection, "Antihypertensives")
    connection.execute("UPDATE mesh_headings SET asked_at = now() - interval '1 year', told_at = asked_at")
    assert [one.name for one in headings_to_ask(connection, [AGENTS])] == [AGENTS]
    told(connection)
    assert entry_terms(connection, [AGENTS])[AGENTS] == EntryTerms(terms=["Antihypertensives"], known=True)
    assert headings_to_ask(connection, [AGENTS]) == []
    told(connection, "Antihypertensive Drugs")
    assert entry_terms(connection, [AGENTS])[AGENTS].terms == ["Antihypertensive Drugs"]


def test_a_stored_article_tells_meshs_identifier(connection: psycopg.Connection) -> None:
    mesh = (MeshHeading(ui="D001249", name="Asthma", major=False), heading("Nameless"))
    store_articles(connection, [Article(pmid=1, title="Asthma", mesh=mesh)])
    assert headings_to_ask(connection, ["Asthma", "Nameless"]) == [
        WantedHeading(name="Asthma", identifier="D001249"), WantedHeading(name="Nameless"),
    ]  # fmt: skip


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


def written(sources: Sources, query: str) -> list[tuple[tuple[str, ...], int, str]]:
    counted = sources.portal.call(count_written, sources.pubmed, query)
    return [(one.relaxed.dropped, one.count, one.relaxed.query) for one in counted.relaxations]


def test_a_written_query_without_hits_is_offered_what_gives_some(sources: Sources) -> None:
    (offer,) = written(sources, '"Asthma"[mh] AND qwertzuiop[tiab]')
    asthma = sources.portal.call(sources.pubmed.count, '"Asthma"[mh]').count
    assert offer == (("qwertzuiop[tiab]",), asthma, '"Asthma"[mh]')
    assert written(sources, '"Asthma"[mh]') == []  # it has hits


def test_its_limits_are_left_out_together_or_one_by_one(sources: Sources) -> None:
    query = '("Asthma"[mh] AND 1850:1860[dp] AND english[la])'
    offers = {dropped: said for dropped, _, said in written(sources, query)}
    assert offers == {("limits",): '"Asthma"[mh]', ("1850:1860[dp]",): '"Asthma"[mh] AND english[la]'}


def test_where_no_one_part_is_to_blame_several_are_left_out_of_a_written_query(sources: Sources) -> None:
    query = "qwertzuiop AND asthma[mh] AND asdfghjkl[tiab] AND 1850:1860[dp] NOT asthma"
    ((dropped, number, said),) = written(sources, query)
    assert set(dropped) == {"qwertzuiop", "asdfghjkl[tiab]", "NOT asthma", "limits"}
    assert (number > 20, said) == (True, "asthma[mh]")


@pytest.mark.parametrize(
    "query", ["qwertzuiop", "qwertzuiop OR asdfghjkl", "qwertzuiop AND (asthma", "asthma[mh] AND " * 12 + "1850[dp]"]
)
def test_what_is_one_part_or_too_many_or_cannot_be_read_is_offered_nothing(sources: Sources, query: str) -> None:
    assert written(sources, query) == []
